"""BLEU against NLTK and fast-bleu, the golden figures of the COCO captions, and awkward input."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from metrics.captions import captions
from metrics.peers import agreed
from seqgan.errors import ConfigError, DataError
from seqgan.metrics import bleu
from seqgan.records import References, Samples

ORDERS = (2, 3, 4, 5)
WORDS = "a cat dog sits on the mat red".split()
GOLDEN = {
    "texygen": (0.740, 0.520, 0.337, 0.218),
    "legacy": (0.743, 0.604, 0.570, 0.597),
    "strict": (0.740, 0.496, 0.259, 0.106),
}


def by_nltk(row: list[str], references: list[list[str]], order: int) -> float:
    from nltk.translate.bleu_score import SmoothingFunction, sentence_bleu

    weights = (1 / order,) * order
    return float(sentence_bleu(references, row, weights, SmoothingFunction().method1))


def sentences(seed: int, count: int) -> list[list[str]]:
    draws = random.Random(seed)
    return [draws.choices(WORDS, k=draws.randint(1, 12)) for _ in range(count)]


@given(
    st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=9), min_size=1, max_size=4),
    st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=9), min_size=1, max_size=6),
)
@hypothesis_settings(max_examples=50)
def test_equals_nltk(rows: list[list[str]], references: list[list[str]]) -> None:
    ours = bleu.per_sentence(rows, references)
    for row, values in zip(rows, ours, strict=True):
        assert values.tolist() == pytest.approx([by_nltk(row, references, n) for n in ORDERS], abs=1e-9)


def test_equals_nltk_on_random_subsets_of_captions(mirror: Path) -> None:
    draws = random.Random(5)
    rows = draws.sample(captions(mirror / "coco/image_coco.txt"), 25)
    references = draws.sample(captions(mirror / "coco/test_coco.txt"), 300)
    ours = bleu.bleu(rows, references)
    for order in ORDERS:
        theirs = sum(by_nltk(row, references, order) for row in rows) / len(rows)
        assert ours[f"bleu_{order}"] == pytest.approx(theirs, abs=1e-9)


def test_equals_fast_bleu() -> None:
    fast_bleu = pytest.importorskip("fast_bleu", reason="fast-bleu is not installed")
    rows, references = sentences(1, 60), sentences(2, 90)
    theirs = agreed(lambda: fast_bleu.BLEU(references, {n: [1 / n] * n for n in ORDERS}).get_score(rows))
    ours = bleu.per_sentence(rows, references)
    for column, order in enumerate(ORDERS):
        assert ours[:, column].tolist() == pytest.approx(theirs[order], abs=1e-6)


@pytest.mark.parametrize("definition", GOLDEN)
def test_golden_training_captions_against_test_captions(mirror: Path, definition: str) -> None:
    rows, references = captions(mirror / "coco/image_coco.txt"), captions(mirror / "coco/test_coco.txt")
    ours = bleu.bleu(rows, references, definition)
    assert list(ours.values()) == pytest.approx(GOLDEN[definition], abs=0.001)


def test_identical_rows_score_one_and_disjoint_rows_nothing() -> None:
    rows = ["a b c d e", "f g h i j"]
    assert bleu.bleu(rows, rows) == pytest.approx(dict.fromkeys((f"bleu_{n}" for n in ORDERS), 1.0))
    assert bleu.bleu(rows, ["v w x y z"]) == dict.fromkeys((f"bleu_{n}" for n in ORDERS), 0.0)


def test_the_order_of_rows_and_references_does_not_matter() -> None:
    rows, references = sentences(3, 20), sentences(4, 20)
    expected = bleu.bleu(rows, references)
    assert bleu.bleu(rows[::-1], references[::-1]) == pytest.approx(expected, abs=1e-12)


def test_a_second_call_forgets_the_first() -> None:
    first = bleu.bleu(["a b c"], ["a b c"], orders=(2,))
    second = bleu.bleu(["a b c"], ["c b a"], orders=(2,))
    assert first["bleu_2"] == pytest.approx(1.0)
    assert second["bleu_2"] < 0.4


def test_blank_and_short_rows_have_their_stated_values() -> None:
    assert bleu.bleu([""], ["a b"], orders=(2,)) == {"bleu_2": 0.0}
    assert bleu.bleu(["a"], ["a"], orders=(2,))["bleu_2"] == pytest.approx(0.1**0.5)
    assert bleu.bleu(["a"], ["a"], "legacy", (2,)) == {"bleu_2": pytest.approx(1.0)}
    assert bleu.bleu(["a"], ["a"], "strict", (2,)) == {"bleu_2": 0.0}
    assert bleu.bleu(["unseen words"], ["a b"], orders=(2,)) == {"bleu_2": 0.0}


@pytest.mark.parametrize(
    ("rows", "references"),
    [
        ([], ["a"]),
        (["a"], []),
        ([[1, 2]], [["1", "2"]]),
        ("a b", ["a"]),
        (["a", None], ["a"]),
        (5, ["a"]),
        ([5], [[5]]),
        ([["1", "2"], [1, 2]], [["1", "2"]]),
        ([[["a"]]], [["a"]]),
    ],
)
def test_what_cannot_be_scored_is_refused(rows: object, references: object) -> None:
    with pytest.raises(DataError):
        bleu.bleu(rows, references)


@pytest.mark.parametrize("orders", [(), (0,), (2, 99), 2, (2.5,), ("2",)])
def test_impossible_orders_are_refused(orders: object) -> None:
    with pytest.raises(ConfigError):
        bleu.bleu(["a"], ["a"], orders=orders)


def test_scores_carry_everything_that_changes_them() -> None:
    samples = Samples([[0]] * 3, [[True]] * 3, tokens=(("a", "b"), ("b", "c"), ("a", "a")))
    details = {"tokenizer": "word", "lower": "yes", "definition": "strict", "orders": "2,3"}
    scores = bleu.score(samples, References(test=[["a", "b"], ["b", "c", "d"]], details=details))
    assert [score.name for score in scores] == ["bleu_2", "bleu_3"]
    assert (scores[0].direction, scores[0].n) == ("higher", 3)
    for part in ("bleu_2|", "definition:strict", "references:2:", "hypotheses:3", "tokenizer:word", "temperature:1.0"):
        assert part in scores[0].signature
    low, high = scores[0].interval or (9, 9)
    assert low <= scores[0].value <= high


def test_the_reference_hash_sees_a_changed_reference_but_not_their_order() -> None:
    def signature(*references: list[str]) -> str:
        samples = Samples([[0]], [[True]], tokens=(("a", "b"),))
        return bleu.score(samples, References(test=references))[0].signature

    assert signature(["a", "b"], ["c"]) == signature(["c"], ["a", "b"])
    assert signature(["a", "b"], ["c"]) != signature(["a"], ["b", "c"])
