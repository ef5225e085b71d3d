"""Ranks with shared places: equal numbers share a rank, the next one counts them all; no number, no rank.

Where nobody knows which way a metric is better, nothing beats anything and nothing has a rank.
"""

from __future__ import annotations

from collections.abc import Sequence

KNOWN = ("higher", "lower")


def better(a: float, b: float, direction: str) -> bool:
    """Tell whether ``a`` beats ``b``; never where the direction is unknown."""
    return a < b if direction == "lower" else direction == "higher" and a > b


def ranks(numbers: Sequence[float | None], direction: str) -> list[int | None]:
    """Return the rank of each number from 1: one more than the count of those that beat it; None has none."""
    if direction not in KNOWN:
        return [None] * len(numbers)
    present = sorted((n for n in numbers if n is not None), reverse=direction != "lower")
    first: dict[float, int] = {}
    for place, number in enumerate(present, 1):
        first.setdefault(number, place)
    return [None if number is None else first[number] for number in numbers]
