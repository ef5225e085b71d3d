"""The golden values that the pages of the distances between sets state, measured on the COCO captions."""

from __future__ import annotations

from pathlib import Path

import pytest

from metrics.captions import captions
from seqgan.metrics import corpus_bleu, ms_jaccard, nearest_train, ngram_jsd, novelty, reverse_lm


@pytest.mark.thorough
def test_training_captions_against_test_captions(mirror: Path) -> None:
    train, test = captions(mirror / "coco/image_coco.txt"), captions(mirror / "coco/test_coco.txt")
    assert corpus_bleu.corpus_bleu(train, test)["corpus_bleu_4"] == pytest.approx(38.99, abs=0.005)
    assert list(ngram_jsd.ngram_jsd(train, test).values()) == pytest.approx((0.193, 0.490, 0.732, 0.880), abs=5e-4)
    assert list(ms_jaccard.ms_jaccard(train, test).values()) == pytest.approx((0.349, 0.236, 0.158, 0.102), abs=5e-4)
    assert reverse_lm.reverse_lm(train, test)["reverse_lm"] == pytest.approx(4.937, abs=5e-4)
    assert 1 - novelty.novelty(test, train) == pytest.approx(0.0015, abs=5e-5)
    assert nearest_train.nearest_train(test[:1000], train) == pytest.approx(0.5268, abs=5e-5)
