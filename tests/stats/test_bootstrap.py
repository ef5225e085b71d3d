"""Bootstrap intervals: coverage, closed forms, determinism, refusals."""

from __future__ import annotations

import numpy as np
import pytest

from seqgan.errors import DataError
from seqgan.stats import bootstrap


def test_the_width_is_that_of_the_normal_interval() -> None:
    values = np.random.default_rng(3).normal(5.0, 2.0, 2000)
    low, high = bootstrap.mean_interval(values)
    error = values.std() / np.sqrt(len(values))
    # The percentile interval of 1,000 resamples is itself uncertain by a few per cent.
    assert high - low == pytest.approx(2 * 1.96 * error, rel=0.12)
    assert low < values.mean() < high


def test_it_covers_the_truth_about_as_often_as_it_says() -> None:
    draws = np.random.default_rng(7)
    hits = 0
    for trial in range(200):
        low, high = bootstrap.mean_interval(draws.exponential(1.0, 80), seed=trial)
        hits += low <= 1.0 <= high
    # 95 % of 200 is 190; a percentile interval of 80 skewed values covers a little less.
    assert 176 <= hits <= 199


def test_a_ratio_weighs_rows_by_their_length() -> None:
    nats, tokens = np.array([10.0, 1.0] * 500), np.array([10.0, 1.0] * 500)
    assert bootstrap.ratio_interval(nats, tokens) == pytest.approx((1.0, 1.0), abs=1e-12)


def test_many_rows_take_the_normal_interval_and_agree_with_the_bootstrap(monkeypatch: pytest.MonkeyPatch) -> None:
    draws = np.random.default_rng(1)
    tokens = draws.integers(1, 20, 4000).astype(float)
    nats = tokens * draws.normal(3.0, 1.0, 4000)
    by_draws = bootstrap.ratio_interval(nats, tokens)
    monkeypatch.setattr(bootstrap, "_LARGE", 10)
    assert bootstrap.ratio_interval(nats, tokens) == pytest.approx(by_draws, abs=0.01)


def test_equal_input_gives_equal_intervals_and_another_seed_another() -> None:
    values = np.arange(50.0)
    assert bootstrap.mean_interval(values) == bootstrap.mean_interval(values)
    assert bootstrap.mean_interval(values) != bootstrap.mean_interval(values, seed=1)


def test_a_narrower_confidence_gives_a_narrower_interval() -> None:
    values = np.arange(50.0)
    wide, narrow = bootstrap.mean_interval(values), bootstrap.mean_interval(values, confidence=0.5)
    assert wide[0] < narrow[0] < narrow[1] < wide[1]


def test_paired_differences_remove_what_the_pairs_share() -> None:
    level = np.random.default_rng(2).normal(0, 10, 30)
    low, high = bootstrap.difference_interval(list(level), list(level - 0.5))
    assert (low, high) == pytest.approx((-0.5, -0.5), abs=1e-9)


@pytest.mark.parametrize("values", [[], [[1.0]], [1.0, float("nan")], [float("inf")]])
def test_what_has_no_interval_is_refused(values: list[float]) -> None:
    with pytest.raises(DataError):
        bootstrap.mean_interval(values)


def test_a_ratio_over_nothing_is_refused() -> None:
    with pytest.raises(DataError):
        bootstrap.ratio_interval([1.0], [0.0])
    with pytest.raises(DataError):
        bootstrap.ratio_interval([1.0], [1.0, 2.0])
