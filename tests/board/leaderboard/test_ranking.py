"""Ranks, records over time and Pareto fronts against slow, obvious versions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqgan.board.leaderboard.history import records
from seqgan.board.leaderboard.pareto import front, pair
from seqgan.board.leaderboard.ranking import better, ranks

NUMBERS = st.integers(0, 5).map(float)
DIRECTIONS = st.sampled_from(["higher", "lower", "unknown"])


def test_equal_numbers_share_a_rank_and_nothing_has_none() -> None:
    assert ranks([0.5, 0.9, 0.5, None, 0.1], "higher") == [2, 1, 2, None, 4]
    assert ranks([0.5, 0.9, 0.5, None, 0.1], "lower") == [2, 4, 2, None, 1]
    assert ranks([], "higher") == []


@given(numbers=st.lists(st.none() | NUMBERS, max_size=12), direction=DIRECTIONS)
def test_a_rank_is_one_more_than_those_that_beat_it(numbers: list[float | None], direction: str) -> None:
    slow = [None if a is None else 1 + sum(b is not None and better(b, a, direction) for b in numbers) for a in numbers]
    slow = [None] * len(numbers) if direction == "unknown" else slow
    assert ranks(numbers, direction) == slow


@given(
    points=st.lists(
        st.tuples(st.none() | st.sampled_from(["2019-01-01", "2019-06-01", "2020-01-01"]), st.none() | NUMBERS)
    ),
    direction=DIRECTIONS,
)
def test_a_record_beats_all_earlier_days_and_ties_only_with_its_own(
    points: list[tuple[str | None, float | None]], direction: str
) -> None:
    def sets_a_record(day: str | None, number: float | None) -> bool:
        known = [(d, n) for d, n in points if d and n is not None]
        if not day or number is None or direction == "unknown":
            return False
        before = [n for d, n in known if d < day]
        same = [n for d, n in known if d == day]
        return all(better(number, n, direction) for n in before) and not any(better(n, number, direction) for n in same)

    assert records(points, direction) == [sets_a_record(*point) for point in points]


@given(
    points=st.lists(st.tuples(NUMBERS, NUMBERS), max_size=12),
    directions=st.tuples(st.sampled_from(["higher", "lower"]), st.sampled_from(["higher", "lower"])),
)
def test_the_front_holds_what_nothing_dominates(points: list[tuple[float, float]], directions: tuple[str, str]) -> None:
    def dominated(p: tuple[float, float]) -> bool:
        return any(
            q != p and all(a == b or better(a, b, way) for a, b, way in zip(q, p, directions, strict=True))
            for q in points
        )

    assert front(points, directions) == [not dominated(point) for point in points]


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["BLEU-2", "BLEU-4", "Self-BLEU-4"], ("BLEU-4", "Self-BLEU-4")),
        (["NLL_test", "NLL_oracle"], ("NLL_oracle", "NLL_test")),
        (["BLEU-2 (A)", "BLEU-2 (B)", "self_bleu_2 (B)"], ("BLEU-2 (B)", "self_bleu_2 (B)")),
        (["NLL_oracle (n 5)", "NLL_test"], ("NLL_oracle (n 5)", "NLL_test")),
        (["Accuracy", "F1"], None),
        (["BLEU-2", "Self-BLEU-3"], None),
    ],
)
def test_quality_finds_its_diversity(names: list[str], found: tuple[str, str] | None) -> None:
    assert pair(names) == found
