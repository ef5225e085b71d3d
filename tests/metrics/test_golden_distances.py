"""The golden values that the pages of the distances between sets state, each beside a computation of another kind.

On the COCO captions (Texygen's split, lower-cased, NLTK's word tokeniser); slow and obvious code, or sacreBLEU.
"""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from metrics.captions import captions
from metrics.slow_distances import counted, slow_divergence, slow_jaccard, slow_nearest
from seqgan.metrics import corpus_bleu, ms_jaccard, nearest_train, ngram_jsd, novelty, reverse_lm
from stats.slow_ngram_model import slow_model

Rows = list[list[str]]
Sides = tuple[Rows, Rows]
pytestmark = pytest.mark.thorough


@pytest.fixture
def sides(mirror: Path) -> Sides:
    """Return the 10,000 training and the 10,000 test captions."""
    return captions(mirror / "coco/image_coco.txt"), captions(mirror / "coco/test_coco.txt")


def by_sacrebleu(rows: Rows, references: Rows) -> float:
    """Return sacreBLEU's score of rows that share all references; its public way merges these anew for each row."""
    judge = pytest.importorskip("sacrebleu.metrics.bleu", reason="sacreBLEU is not installed").BLEU(tokenize="none")
    merged = judge._extract_reference_info([" ".join(row) for row in references])
    merged["ref_lens"] = sorted(set(merged["ref_lens"]))
    return float(
        judge._aggregate_and_compute([judge._compute_segment_statistics(" ".join(row), merged) for row in rows]).score
    )


def test_corpus_bleu(sides: Sides) -> None:
    ours = corpus_bleu.corpus_bleu(*sides)["corpus_bleu_4"]
    assert ours == pytest.approx(by_sacrebleu(*sides), abs=1e-9)
    assert ours == pytest.approx(38.99, abs=0.005)


def test_ngram_jsd(sides: Sides) -> None:
    ours = list(ngram_jsd.ngram_jsd(*sides).values())
    assert ours == pytest.approx(
        [slow_divergence(*(counted(side, n) for side in sides)) for n in (1, 2, 3, 4)], abs=1e-9
    )
    assert ours == pytest.approx((0.193, 0.490, 0.732, 0.880), abs=5e-4)


def test_ms_jaccard(sides: Sides) -> None:
    ours = list(ms_jaccard.ms_jaccard(*sides).values())
    assert ours == pytest.approx([slow_jaccard(*sides, n) for n in (2, 3, 4, 5)], abs=1e-9)
    assert ours == pytest.approx((0.349, 0.236, 0.158, 0.102), abs=5e-4)


def test_reverse_lm(sides: Sides) -> None:
    train, test = sides
    ours = reverse_lm.reverse_lm(train, test)["reverse_lm"]
    probability, known = slow_model(train, reverse_lm.ORDER), {token for row in train for token in row}
    strangers = [token for row in test for token in row if token not in known]
    # One of the strangers is as likely as another.
    nats = len(strangers) * math.log(len(set(strangers))) - sum(math.log(probability(row)) for row in test)
    assert ours == pytest.approx(nats / sum(len(row) + 1 for row in test), abs=1e-9)
    assert ours == pytest.approx(4.937, abs=5e-4)


def test_memorised(sides: Sides) -> None:
    train, test = sides
    copies = sum(row in known for known in [set(map(tuple, train))] for row in map(tuple, test))
    assert 1 - novelty.novelty(test, train) == pytest.approx(copies / len(test), abs=1e-12)
    assert copies / len(test) == pytest.approx(0.0015, abs=5e-5)


def test_nearest_train(sides: Sides) -> None:
    train, test = sides
    ours = nearest_train.per_sample(test[:1000], train)[0]
    assert ours.mean() == pytest.approx(0.5268, abs=5e-5)
    assert ours.tolist() == pytest.approx(slow_nearest(test[:1000], train), abs=1e-12)
