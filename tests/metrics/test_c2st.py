"""The classifier two-sample test: equal sets cannot be told apart, different ones can; exact intervals."""

from __future__ import annotations

import random

import pytest

from seqgan.errors import DataError
from seqgan.metrics import c2st
from seqgan.metrics.c2st import Verdict
from seqgan.records import References, Samples


def rows(seed: int, words: str, count: int = 80) -> list[list[str]]:
    draws = random.Random(seed)
    return [draws.choices(words, k=draws.randint(3, 7)) for _ in range(count)]


def test_sets_without_a_common_word_are_always_told_apart() -> None:
    found = c2st.c2st(rows(1, "abcd"), rows(2, "efgh"))
    assert found["c2st"] == 1.0
    assert found["c2st_p"] < 1e-9


def test_two_draws_of_one_source_cannot_be_told_apart() -> None:
    found = c2st.verdict(rows(1, "abcdef"), rows(2, "abcdef"))
    low, high = found.interval
    assert low < 0.5 < high
    assert found.judged == 80


def test_other_order_of_the_same_words_is_seen() -> None:
    ordered = [sorted(row) for row in rows(1, "abcdef", 160)]
    assert c2st.c2st(ordered, rows(2, "abcdef", 160))["c2st"] > 0.7


def test_the_same_each_time() -> None:
    first, again = (c2st.verdict(rows(1, "abcd", 40), rows(2, "abce", 60)) for _ in range(2))
    assert first == again
    assert first.judged == 40


def test_interval_and_p_value_by_hand() -> None:
    # 3 of 4 or more heads: (4 + 1) / 16. No row right of n: the upper end is 1 - 0.025^(1/n).
    assert Verdict(3, 4).p_value == pytest.approx(5 / 16)
    assert Verdict(0, 10).interval == pytest.approx((0.0, 1 - 0.025**0.1))


def test_what_cannot_be_scored_is_refused() -> None:
    enough = [["a"]] * 20
    for samples, real in (([["a"]] * 19, enough), (enough, [["a"]] * 19), ([[1]] * 20, [["1"]] * 20)):
        with pytest.raises(DataError):
            c2st.c2st(samples, real)
    with pytest.raises(DataError):
        c2st.score(Samples([[0]], [[True]], tokens=(("a",),)), References())


def test_blank_rows_and_scores() -> None:
    drawn = [*rows(1, "ab", 25), *[[]] * 5]
    samples = Samples([[0]] * 30, [[True]] * 30, tokens=tuple(map(tuple, drawn)))
    accuracy, p_value = c2st.score(samples, References(test=rows(2, "cd", 40)))
    assert (accuracy.name, accuracy.direction, accuracy.n) == ("c2st", "lower", 30)
    assert (p_value.name, p_value.direction, p_value.interval) == ("c2st_p", "higher", None)
    for part in ("classifier:cnn_highway", "seed:0", "judged:30", "references:40:", "hypotheses:30"):
        assert part in accuracy.signature
