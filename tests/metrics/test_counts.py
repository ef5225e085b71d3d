"""Uniqueness, distinct-n, novelty, validity and lengths: by hand, and on awkward rows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from seqgan.errors import ConfigError, DataError
from seqgan.metrics import distinct, lengths, novelty, uniqueness, validity
from seqgan.records import References, Samples

ROWS = ["a b a", "a b a", "c", ""]


def test_uniqueness_by_hand() -> None:
    assert uniqueness.uniqueness(ROWS) == 3 / 4
    assert uniqueness.uniqueness(["same"] * 8) == 1 / 8
    assert uniqueness.uniqueness(np.array([[1, 2], [1, 2], [2, 1]])) == pytest.approx(2 / 3)


def test_uniqueness_ignores_what_stands_in_the_padding() -> None:
    mask = np.array([[True, False], [True, False]])
    (score,) = uniqueness.score(Samples(np.array([[1, 7], [1, 8]]), mask), References())
    assert score.value == 1 / 2
    assert (score.direction, score.n, score.unit) == ("higher", 2, "share")


def test_distinct_by_hand() -> None:
    # a b a | a b a | c: 3 words of 7, 2 bigrams (ab, ba) of 4, 1 trigram of 2.
    assert distinct.distinct(ROWS) == {"distinct_1": 3 / 7, "distinct_2": 2 / 4, "distinct_3": 1 / 2}


def test_an_order_longer_than_every_row_is_not_defined() -> None:
    with pytest.raises(DataError, match="distinct_4"):
        distinct.distinct(ROWS, orders=(1, 4))
    with pytest.raises(ConfigError):
        distinct.distinct(ROWS, orders=(0,))


def test_distinct_scores_leave_undefined_orders_out() -> None:
    samples = Samples(np.zeros((2, 0)), np.zeros((2, 0)), tokens=(("a", "b"), ("c",)))
    scores = distinct.score(samples, References())
    assert {score.name: (score.value, score.n) for score in scores} == {"distinct_1": (1.0, 3), "distinct_2": (1.0, 1)}


def test_novelty_by_hand() -> None:
    assert novelty.novelty(ROWS, ["c", "a b"]) == 3 / 4
    assert novelty.novelty(["a  b "], [["a", "b"]]) == 0.0
    samples = Samples(np.zeros((2, 0)), np.zeros((2, 0)), tokens=(("a", "b"), ("c",)))
    new, memorised = novelty.score(samples, References(train=[("a", "b"), ("d",), ("e",)]))
    assert (new.name, new.value, new.direction) == ("novelty", 1 / 2, "higher")
    assert (memorised.name, memorised.value, memorised.direction) == ("memorised", 1 / 2, "lower")
    assert "train:3:" in new.signature


def test_the_golden_value_of_novelty() -> None:
    assert novelty.novelty(["a b", "a b", "c"], ["a b", "d"]) == pytest.approx(1 / 3)


def test_novelty_refuses_words_against_ids() -> None:
    with pytest.raises(DataError, match="one kind"):
        novelty.novelty([["1", "2"]], [[1, 2]])


def short(rows: Sequence[Sequence[str]]) -> list[bool]:
    return [len(row) < 3 for row in rows]


def test_validity_by_hand() -> None:
    assert validity.validity(ROWS, short) == 2 / 4
    samples = Samples(np.zeros((2, 0)), np.zeros((2, 0)), tokens=(("a", "b"), ("c", "d", "e")))
    (score,) = validity.score(samples, References(check=short, details={"check": "short"}))
    assert (score.value, score.n) == (1 / 2, 2)
    assert "check:short" in score.signature


def test_a_checker_that_does_not_answer_for_each_row_is_refused() -> None:
    with pytest.raises(DataError, match="1 answers for 4 rows"):
        validity.validity(ROWS, lambda rows: [True])


def test_lengths_by_hand() -> None:
    found = lengths.lengths(ROWS)
    assert found == pytest.approx({"length_mean": 7 / 4, "length_sd": np.std([3, 3, 1, 0]), "empty_rate": 1 / 4})
    scores = lengths.score(Samples([[0]] * 4, [[True]] * 4, strings=tuple(ROWS)), References())
    assert [(score.name, score.direction) for score in scores] == [
        ("length_mean", "none"),
        ("length_sd", "none"),
        ("empty_rate", "lower"),
    ]


@pytest.mark.parametrize("measure", [uniqueness.uniqueness, distinct.distinct, lengths.lengths])
def test_no_samples_are_refused(measure: object) -> None:
    with pytest.raises(DataError):
        measure([])  # type: ignore[operator]


@pytest.mark.parametrize(
    "rows", [[[["a"]]], [[["a"], ["b"]]], [[None, float("nan")]], [["1", "2"], [1, 2]], ["a", [1]]]
)
def test_what_is_no_token_and_mixed_kinds_are_refused(rows: object) -> None:
    for measure in (
        uniqueness.uniqueness,
        distinct.distinct,
        lambda rows: novelty.novelty(rows, ["a"]),
        lambda rows: validity.validity(rows, short),
    ):
        with pytest.raises(DataError, match=r"no token|one kind"):
            measure(rows)


def test_blank_rows_are_of_either_kind() -> None:
    assert uniqueness.uniqueness(["", " ", [1], [2]]) == 3 / 4
    assert novelty.novelty([" ", ""], [[1]]) == 1


def test_missing_references_are_named() -> None:
    samples = Samples([[0]], [[True]], tokens=(("a",),))
    with pytest.raises(DataError, match="training rows"):
        novelty.score(samples, References())
    with pytest.raises(DataError, match="checker"):
        validity.score(samples, References())
