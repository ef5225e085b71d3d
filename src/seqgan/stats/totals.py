"""Bootstrap 95 % intervals of anything that is computed from totals over rows (corpus BLEU, for instance).

Rows are drawn with replacement and their numbers summed anew; the draws have an own stream with a fixed seed, so the
same rows give the same interval. Source: Koehn 2004 (bootstrap of corpus BLEU); Efron and Tibshirani 1993, chapter 13.
Shapes: B rows, K numbers a row, S sums.
"""

from __future__ import annotations

from collections.abc import Callable
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

from seqgan.errors import DataError
from seqgan.stats.bootstrap import RESAMPLES, Interval

Floats = NDArray[np.float64]
Statistic = Callable[[Floats], Floats]
_LARGE = 50_000
_STEP = 1e-4


def total_interval(parts: ArrayLike, statistic: Statistic, *, confidence: float = 0.95, seed: int = 0) -> Interval:
    """Return the interval of ``statistic`` of the column sums of ``parts`` (B, K).

    ``statistic`` maps sums (S, K) to values (S,). From 50,000 rows on, the normal interval of the linearised statistic
    is used. Raises DataError where there is no row.
    """
    array = np.asarray(parts, np.float64)
    if array.ndim != 2 or not len(array):
        raise DataError(f"An interval needs numbers of rows, not the shape {array.shape}.", "Pass (B, K), B above 0.")
    if len(array) >= _LARGE:
        return _normal(array, statistic, confidence)
    draws = np.random.default_rng(seed)
    count = len(array)
    sums = np.stack([np.bincount(draws.integers(0, count, count), minlength=count) @ array for _ in range(RESAMPLES)])
    low, high = np.quantile(statistic(sums), [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(low), float(high)


def _normal(array: Floats, statistic: Statistic, confidence: float) -> Interval:
    """Return the interval from the influence of every row: the slope of the statistic times the row's deviation."""
    total = array.sum(axis=0)
    steps = np.diag(np.maximum(total, 1.0) * _STEP)
    slopes = (statistic(total + steps) - statistic(total - steps)) / (2 * np.diag(steps))
    error = float(np.sqrt(np.sum(((array - total / len(array)) @ slopes) ** 2)))
    value = float(statistic(total[None, :])[0])
    width = NormalDist().inv_cdf((1 + confidence) / 2) * error
    return value - width, value + width
