"""Permutation tests of a difference of means between two systems, and Holm's correction for several of them.

Two tests, because two questions are asked. :func:`permutation_test` is for values that do not correspond (sentences
that two models drew by themselves, runs with unrelated seeds): under the null hypothesis every split of all values
into groups of these sizes is equally likely. :func:`paired_permutation_test` is for values that do (the same prompt,
the same seed): the two values of a pair may change places. Both are two-sided; exact where few arrangements exist,
else from 2,000 drawn ones with a fixed seed. From 10,000 values on they take the normal distribution to which the drawn
one has come by then; but not where a group has fewer than 1,000 values, nor where a few values make up the spread (rare
events: three rows of 10,000 that are copies), for there it has not. Sources: Fisher 1935; Phipson and Smyth 2010 (one
added to both counts); Holm 1979.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from seqgan.errors import DataError

Floats = NDArray[np.float64]
DRAWS = 2_000
_EXACT = 5_000
_LARGE = 10_000
_LARGE_GROUP = 1_000
_SPREAD = 100  # of how many values like the largest one the squares must sum up for the normal limit
_CELLS = 2_000_000
_SLACK = 1e-9  # of the largest value: equal sums differ in the last digits by the order in which they were added


class Permutation(NamedTuple):
    """What a test found: mean of the second less mean of the first, two-sided p-value, and how it was computed."""

    difference: float
    p_value: float
    method: str


def permutation_test(first: ArrayLike, second: ArrayLike, *, seed: int = 0) -> Permutation:
    """Return whether the means of two unrelated lists of values, (B,) and (C,), differ.

    Raises DataError where one is empty or not finite.
    """
    one, two = _checked(first), _checked(second)
    values, size = np.concatenate([one, two]), len(one)
    observed = float(two.mean() - one.mean())
    centred = values - values.mean()  # then the sum of one group says all about the difference
    if min(size, len(two)) >= _LARGE_GROUP and _is_normal(centred):
        return Permutation(observed, _normal_p(observed, _pooled_error(values, size)), "unpaired, normal limit")
    slack = _SLACK * float(np.abs(values).max())
    if math.comb(len(values), size) <= _EXACT:
        sums = np.array([centred[list(chosen)].sum() for chosen in combinations(range(len(values)), size)])
        return Permutation(observed, _share(sums, centred[:size].sum(), slack, added=0), "unpaired, exact")
    sums = _group_sums(centred, size, np.random.default_rng(seed))
    return Permutation(observed, _share(sums, centred[:size].sum(), slack, added=1), f"unpaired, {DRAWS:,} draws")


def paired_permutation_test(first: ArrayLike, second: ArrayLike, *, seed: int = 0) -> Permutation:
    """Return whether the means of two lists (B,) differ whose values at one place belong together.

    Raises DataError where they are of different length, empty or not finite.
    """
    one, two = _checked(first), _checked(second)
    if len(one) != len(two):
        raise DataError(f"{len(one)} values cannot be paired with {len(two)}.", "Give one of each for a pair.")
    change = two - one
    observed = float(change.mean())
    if _is_normal(change):
        error = math.sqrt(float(np.sum(change**2))) / len(change)
        return Permutation(observed, _normal_p(observed, error), "paired, normal limit")
    slack = _SLACK * float(np.maximum(np.abs(one), np.abs(two)).max())
    if 2 ** len(change) <= _EXACT:
        signs = 1 - 2 * ((np.arange(2 ** len(change))[:, None] >> np.arange(len(change))) & 1)
        return Permutation(observed, _share(signs @ change, change.sum(), slack, added=0), "paired, exact")
    sums = _signed_sums(change, np.random.default_rng(seed))
    return Permutation(observed, _share(sums, change.sum(), slack, added=1), f"paired, {DRAWS:,} draws")


def least_p(first: int, second: int, *, paired: bool) -> float:
    """Return the smallest p-value that so few values can reach: what says that no test could find anything."""
    count = 2**first if paired else math.comb(first + second, first)
    return (2 if paired or first == second else 1) / count if count <= _EXACT else 1 / (DRAWS + 1)


def holm(p_values: Sequence[float]) -> list[float]:
    """Return the p-values of several tests, raised so that all of them together err with the stated probability."""
    found, highest = [0.0] * len(p_values), 0.0
    for rank, place in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[place]))
        found[place] = highest
    return found


def _checked(values: ArrayLike) -> Floats:
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 1 or not len(array) or not np.isfinite(array).all():
        raise DataError("A permutation test needs finite numbers, one a row.", "Leave out rows without a number.")
    return array


def _share(sums: Floats, observed: float, slack: float, added: int) -> float:
    reached = np.abs(sums) >= abs(observed) - slack
    return (int(reached.sum()) + added) / (len(sums) + added)


def _is_normal(values: Floats) -> bool:
    """Tell whether sums over drawn arrangements of ``values`` are normal: they are many, and no few outweigh."""
    squares = values**2
    return len(values) >= _LARGE and bool(squares.sum() >= _SPREAD * squares.max())


def _group_sums(values: Floats, size: int, draws: np.random.Generator) -> Floats:
    """Return the sum of one group in every drawn split of centred ``values``, whatever its sign."""
    few = min(size, len(values) - size)
    if len(values) >= _LARGE:  # a split of so many takes long to draw whole: the smaller group says it too
        chosen = (draws.choice(len(values), few, replace=False, shuffle=False) for _ in range(DRAWS))
        return np.array([values[places].sum() for places in chosen])
    each = max(1, _CELLS // len(values))
    parts = [
        draws.permuted(np.tile(values, (min(each, DRAWS - start), 1)), axis=1)[:, :size].sum(axis=1)
        for start in range(0, DRAWS, each)
    ]
    return np.concatenate(parts)


def _signed_sums(change: Floats, draws: np.random.Generator) -> Floats:
    if len(change) >= _LARGE:  # most of so many are 0 where the normal limit does not hold
        change = change[change != 0]
    each = max(1, _CELLS // len(change))
    parts = [
        (1.0 - 2.0 * draws.integers(0, 2, (min(each, DRAWS - start), len(change)))) @ change
        for start in range(0, DRAWS, each)
    ]
    return np.concatenate(parts)


def _pooled_error(values: Floats, size: int) -> float:
    """Return the standard deviation of the difference of means over all splits of ``values``."""
    return math.sqrt(float(values.var(ddof=1)) * (1 / size + 1 / (len(values) - size)))


def _normal_p(observed: float, error: float) -> float:
    if error == 0:
        return 1.0
    return math.erfc(abs(observed) / error / math.sqrt(2))
