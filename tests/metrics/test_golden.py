"""The golden values that the pages of the metrics state, worked out by hand or measured on the COCO captions."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from metrics.captions import captions
from seqgan.checks import parentheses
from seqgan.metrics import bleu, distinct, lengths, nll_gen, nll_oracle, novelty, self_bleu, uniqueness, validity


def test_values_worked_out_by_hand() -> None:
    assert bleu.bleu(["a b x"], ["a b c d"], orders=(2,))["bleu_2"] == pytest.approx(math.exp(-1 / 3) * (1 / 3) ** 0.5)
    assert self_bleu.self_bleu(["a b c", "a b d", "e f"], orders=(2,))["self_bleu_2"] == pytest.approx(
        2 / 3 * (2 / 3 / 2) ** 0.5
    )
    assert distinct.distinct(["a b a b"], (1, 2)) == {"distinct_1": 1 / 2, "distinct_2": 2 / 3}
    assert uniqueness.uniqueness(["a b", "a  b", "b a"]) == 2 / 3
    assert validity.validity(["( )", "( (", "[ ( ) ]", ") ("], parentheses.check) == 1 / 2
    assert lengths.lengths(["a b", "", "a b c d"]) == pytest.approx(
        {"length_mean": 2, "length_sd": (8 / 3) ** 0.5, "empty_rate": 1 / 3}
    )


def test_likelihoods_worked_out_by_hand() -> None:
    assert nll_gen.nll_gen([-6.0, -2.0], [3, 2]) == 8 / 5
    assert nll_gen.nll_gen([-3 * math.log(5000)], [3]) == pytest.approx(8.517, abs=0.001)
    assert nll_oracle.nll_oracle([-6.0, -2.0, -math.inf], [3, 1, 2]) == 2.0


def test_counts_of_the_coco_captions(mirror: Path) -> None:
    train, test = captions(mirror / "coco/image_coco.txt"), captions(mirror / "coco/test_coco.txt")
    assert list(distinct.distinct(test).values()) == pytest.approx((0.0377, 0.2382, 0.5101), abs=5e-5)
    assert uniqueness.uniqueness(test) == pytest.approx(0.9870, abs=5e-5)
    assert novelty.novelty(test, train) == pytest.approx(0.9985, abs=5e-5)
    found = lengths.lengths(test)
    assert (found["length_mean"], found["length_sd"], found["empty_rate"]) == pytest.approx((11.21, 2.46, 0), abs=0.005)


def test_bleu_grows_with_the_references_and_self_bleu_with_the_samples(mirror: Path) -> None:
    train, test = captions(mirror / "coco/image_coco.txt"), captions(mirror / "coco/test_coco.txt")
    quality = [bleu.bleu(train[:2000], test[:count])["bleu_4"] for count in (1000, 5000, 10_000)]
    repetition = [self_bleu.self_bleu(test[:count])["self_bleu_4"] for count in (1000, 2000, 5000, 10_000)]
    assert quality == pytest.approx((0.196, 0.285, 0.34), abs=0.015)
    assert repetition == pytest.approx((0.37, 0.44, 0.54, 0.61), abs=0.015)
