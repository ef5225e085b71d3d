"""Bootstrap 95 % intervals of means and of ratios of totals over hypotheses.

Rows are drawn with replacement and the statistic is computed anew (percentile interval; Efron and Tibshirani 1993,
chapter 13). The draws come from an own stream with a fixed seed, so the same rows give the same interval.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

from seqgan.errors import DataError

Interval = tuple[float, float]
RESAMPLES = 1000
_LARGE = 50_000
_CELLS = 4_000_000


def mean_interval(values: ArrayLike, *, confidence: float = 0.95, seed: int = 0) -> Interval:
    """Return the interval of the mean of ``values`` (B,).

    Raises DataError for an empty or non-finite input.
    """
    array = _checked(values)
    return ratio_interval(array, np.ones_like(array), confidence=confidence, seed=seed)


def ratio_interval(
    numerators: ArrayLike, denominators: ArrayLike, *, confidence: float = 0.95, seed: int = 0
) -> Interval:
    """Return the interval of total numerator / total denominator, rows drawn together; both (B,).

    Nats per token is such a ratio. From 50,000 rows on, the normal interval of the linearised ratio is used: it is
    then equal to the bootstrap's for every purpose and costs nothing. Raises DataError for empty or non-finite input.
    """
    top, bottom = _checked(numerators), _checked(denominators)
    if top.shape != bottom.shape:
        raise DataError(f"{len(top)} numerators have {len(bottom)} denominators.", "Give one of each for a row.")
    if bottom.sum() == 0:
        raise DataError("All denominators are zero.", "A ratio needs at least one counted token.")
    if len(top) >= _LARGE:
        return _normal(top, bottom, confidence)
    return _percentiles(_ratios(top, bottom, np.random.default_rng(seed)), confidence)


def difference_interval(
    first: Sequence[float], second: Sequence[float], *, confidence: float = 0.95, seed: int = 0
) -> Interval:
    """Return the interval of the mean of ``second - first`` for paired values (one pair a seed, or a sentence)."""
    return mean_interval(_checked(second) - _checked(first), confidence=confidence, seed=seed)


def _checked(values: ArrayLike) -> NDArray[np.float64]:
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 1 or not len(array):
        raise DataError(f"An interval needs a list of numbers, not shape {array.shape}.", "Pass one number a row.")
    if not np.isfinite(array).all():
        raise DataError("An interval needs finite numbers.", "Leave out rows that are NaN or infinite, and say so.")
    return array


def _ratios(top: NDArray[np.float64], bottom: NDArray[np.float64], draws: np.random.Generator) -> NDArray[np.float64]:
    count, parts, left = len(top), [], RESAMPLES
    while left:
        size = min(left, max(1, _CELLS // count))
        rows = draws.integers(0, count, (size, count))
        sums = bottom[rows].sum(axis=1)
        parts.append(top[rows].sum(axis=1)[sums > 0] / sums[sums > 0])
        left -= size
    return np.concatenate(parts)


def _percentiles(values: NDArray[np.float64], confidence: float) -> Interval:
    low, high = np.quantile(values, [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(low), float(high)


def _normal(top: NDArray[np.float64], bottom: NDArray[np.float64], confidence: float) -> Interval:
    ratio = top.sum() / bottom.sum()
    error = np.sqrt(np.sum((top - ratio * bottom) ** 2)) / bottom.sum()
    width = NormalDist().inv_cdf((1 + confidence) / 2) * error
    return float(ratio - width), float(ratio + width)
