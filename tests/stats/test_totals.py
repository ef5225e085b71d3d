"""Intervals of what is computed from totals: against the intervals of ratios, and the normal one of many rows."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from seqgan.errors import DataError
from seqgan.stats import totals
from seqgan.stats.bootstrap import ratio_interval

Floats = NDArray[np.float64]


def ratio(sums: Floats) -> Floats:
    return np.asarray(sums[:, 0] / sums[:, 1])


def rows(count: int) -> Floats:
    draws = np.random.default_rng(3)
    bottom = draws.integers(5, 15, count)
    return np.column_stack([draws.normal(2.0, 0.5, count) * bottom, bottom])


def test_a_ratio_has_about_the_interval_of_ratios() -> None:
    parts = rows(400)
    expected = ratio_interval(parts[:, 0], parts[:, 1])
    width = expected[1] - expected[0]
    assert totals.total_interval(parts, ratio) == pytest.approx(expected, abs=0.15 * width)
    assert totals.total_interval(parts, ratio) == totals.total_interval(parts, ratio)


def test_many_rows_have_the_normal_interval_of_ratios() -> None:
    parts = rows(50_000)
    expected = ratio_interval(parts[:, 0], parts[:, 1])
    assert totals.total_interval(parts, ratio) == pytest.approx(expected, abs=1e-5)


def test_no_rows_are_refused() -> None:
    with pytest.raises(DataError, match="numbers of rows"):
        totals.total_interval(np.zeros((0, 2)), ratio)
