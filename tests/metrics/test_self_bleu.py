"""Self-BLEU against BLEU with the row left out, fast-bleu, and the golden figures of the COCO captions."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.captions import captions
from metrics.peers import agreed
from seqgan.errors import DataError
from seqgan.metrics import bleu, self_bleu
from seqgan.records import References, Samples

ORDERS = (2, 3, 4, 5)
ROWS = st.lists(st.lists(st.sampled_from("abcd"), max_size=8), min_size=2, max_size=7)


@given(ROWS)
def test_equals_bleu_against_the_others(rows: list[list[str]]) -> None:
    ours = self_bleu.per_sentence(rows)
    for b, row in enumerate(rows):
        others = rows[:b] + rows[b + 1 :]
        assert ours[b].tolist() == pytest.approx(bleu.per_sentence([row], others)[0].tolist(), abs=1e-12)


def test_equals_fast_bleu() -> None:
    fast_bleu = pytest.importorskip("fast_bleu", reason="fast-bleu is not installed")
    draws = random.Random(6)
    rows = [draws.choices("abcdefgh", k=draws.randint(1, 12)) for _ in range(80)]
    theirs = agreed(lambda: fast_bleu.SelfBLEU(rows, {n: [1 / n] * n for n in ORDERS}).get_score())
    ours = self_bleu.per_sentence(rows)
    for column, order in enumerate(ORDERS):
        assert ours[:, column].tolist() == pytest.approx(theirs[order], abs=1e-6)


def test_equals_nltk_on_random_captions(mirror: Path) -> None:
    from nltk.translate.bleu_score import SmoothingFunction, sentence_bleu

    rows = random.Random(9).sample(captions(mirror / "coco/test_coco.txt"), 60)
    ours, smoothing = self_bleu.per_sentence(rows), SmoothingFunction().method1
    for b, row in enumerate(rows):
        others = rows[:b] + rows[b + 1 :]
        theirs = [sentence_bleu(others, row, (1 / n,) * n, smoothing) for n in ORDERS]
        assert ours[b].tolist() == pytest.approx(theirs, abs=1e-9)


def test_golden_test_captions(mirror: Path) -> None:
    ours = self_bleu.self_bleu(captions(mirror / "coco/test_coco.txt"))
    assert list(ours.values()) == pytest.approx((0.906, 0.774, 0.609, 0.452), abs=0.001)


def test_identical_samples_have_one_and_disjoint_ones_nothing() -> None:
    assert list(self_bleu.self_bleu(["a b c d e"] * 4).values()) == pytest.approx([1.0] * 4)
    assert list(self_bleu.self_bleu(["a b c", "d e f", "g h i"]).values()) == [0.0] * 4


def test_a_second_call_forgets_the_first() -> None:
    assert self_bleu.self_bleu(["a b", "c d"], orders=(2,)) == {"self_bleu_2": 0.0}
    assert self_bleu.self_bleu(["a b", "a b"], orders=(2,)) == {"self_bleu_2": pytest.approx(1.0)}


@pytest.mark.parametrize("rows", [[], ["alone"]])
def test_one_sample_has_no_others(rows: list[str]) -> None:
    with pytest.raises(DataError):
        self_bleu.self_bleu(rows)


def test_the_number_of_samples_is_part_of_the_signature() -> None:
    samples = Samples([[1, 2], [2, 1]], [[True, True], [True, True]])
    scores = self_bleu.score(samples, References())
    assert [score.name for score in scores] == [f"self_bleu_{n}" for n in ORDERS]
    assert all("hypotheses:2" in s.signature and "self:excluded" in s.signature for s in scores)
    assert {score.direction for score in scores} == {"lower"}
