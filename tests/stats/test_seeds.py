"""The t interval over seeds, against scipy and by hand."""

from __future__ import annotations

import math

import pytest
from scipy import stats as scipy_stats

from seqgan.errors import DataError
from seqgan.stats.seeds import over_seeds


def test_mean_spread_and_interval_by_hand() -> None:
    found = over_seeds([1.0, 2.0, 3.0])
    assert (found.count, found.mean, found.sd) == (3, 2.0, 1.0)
    half = 4.302652729911275 / math.sqrt(3)  # t(0.975, 2 degrees of freedom), from a printed table
    assert found.interval == pytest.approx((2 - half, 2 + half), rel=1e-9)


def test_other_confidences_are_those_of_scipy() -> None:
    values = [0.5, 0.7, 0.4, 0.9, 0.1]
    found = over_seeds(values, confidence=0.9)
    expected = scipy_stats.t.interval(0.9, 4, loc=found.mean, scale=scipy_stats.sem(values))
    assert found.interval == pytest.approx(expected)


def test_one_seed_has_no_spread_and_none_is_an_error() -> None:
    assert over_seeds([0.3]).interval is None
    assert over_seeds([0.3]).sd is None
    with pytest.raises(DataError, match="every seed"):
        over_seeds([])
    with pytest.raises(DataError, match="failed"):
        over_seeds([0.1, float("nan")])
