"""The nearest row by edit distance: every pair compared in the slow obvious way gives the same."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from seqgan.stats import edit_distance

ROWS = st.lists(st.lists(st.sampled_from("abcde"), max_size=9), min_size=1, max_size=12)


def slow_distance(first: list[str], second: list[str]) -> int:
    table = {(0, j): j for j in range(len(second) + 1)} | {(i, 0): i for i in range(len(first) + 1)}
    for i, token in enumerate(first, 1):
        for j, other in enumerate(second, 1):
            table[i, j] = min(table[i - 1, j] + 1, table[i, j - 1] + 1, table[i - 1, j - 1] + (token != other))
    return table[len(first), len(second)]


def slow_nearest(row: list[str], known: list[list[str]]) -> float:
    return min(slow_distance(row, other) / max(len(row), len(other), 1) for other in known)


@given(ROWS, ROWS)
@hypothesis_settings(max_examples=150)
def test_equals_comparing_every_pair(rows: list[list[str]], known: list[list[str]]) -> None:
    distances, places = edit_distance.nearest(rows, known)
    assert distances.tolist() == pytest.approx([slow_nearest(row, known) for row in rows], abs=1e-12)
    for row, distance, place in zip(rows, distances, places, strict=True):
        longest = max(len(row), len(known[place]), 1)
        assert distance == pytest.approx(slow_distance(row, known[place]) / longest, abs=1e-12)


def test_equals_comparing_every_pair_of_many_rows_of_unequal_length() -> None:
    draws = random.Random(2)
    words = [f"w{i}" for i in range(60)]
    weights = [1 / (i + 1) for i in range(60)]

    def rows(count: int, longest: int) -> list[list[str]]:
        return [draws.choices(words, weights, k=draws.randint(0, longest)) for _ in range(count)]

    mine, known = rows(40, 30), rows(150, 12)
    distances, _ = edit_distance.nearest(mine, known)
    assert distances.tolist() == pytest.approx([slow_nearest(row, known) for row in mine], abs=1e-12)


def test_pairs_of_padded_rows() -> None:
    first, second = np.array([[1, 2, 3, 9], [1, 9, 9, 9], [9, 9, 9, 9]]), np.array([[1, 3], [2, 9], [2, 3]])
    found = edit_distance.edit_distance(first, np.array([3, 1, 0]), second, np.array([2, 1, 2]))
    assert found.tolist() == [1, 1, 2]


def test_it_tells_how_far_it_is() -> None:
    told: list[int] = []
    edit_distance.nearest([["a"]] * 300, [["a"]], told.append)
    assert told == [256, 300]


def test_rows_of_more_tokens_than_sixteen_bits_count() -> None:
    distances, _ = edit_distance.nearest([["a"] * 40_000], [["a"], ["b", "a"]])
    assert distances.tolist() == [39_999 / 40_000]
