"""Gaps between quality-diversity curves against closed forms, a slow monotone cubic, and published points."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqgan.errors import DataError
from seqgan.stats.curves import (
    Advantage,
    Curve,
    advantage,
    gap,
    gap_over_seeds,
    resampled_sums,
    shared_range,
)

# Temperature-tuned MLE on the authors' oracle at T = 1, .79, .55, .40: NLL_oracle, NLL_test (Caccia et al. 2020).
MLE = Curve([9.400, 8.726, 7.061, 5.533], [7.610, 7.780, 8.502, 9.964], higher_quality=False)  # type: ignore[arg-type]


def curve(diversity, quality, **options) -> Curve:
    return Curve(np.asarray(quality, dtype=float), np.asarray(diversity, dtype=float), **options)


def slow_line(x: list[float], y: list[float], at: float) -> float:
    """The monotone cubic of Fritsch and Butland, point by point; ``x`` rises."""
    h = [b - a for a, b in pairwise(x)]
    d = [(b - a) / step for (a, b), step in zip(pairwise(y), h, strict=True)]
    slopes = [slow_end(h[0], h[1], d[0], d[1])] if len(d) > 1 else [d[0]]
    for k in range(1, len(d)):
        if d[k - 1] * d[k] <= 0:
            slopes.append(0.0)
        else:
            one, two = 2 * h[k] + h[k - 1], h[k] + 2 * h[k - 1]
            slopes.append((one + two) / (one / d[k - 1] + two / d[k]))
    slopes.append(slow_end(h[-1], h[-2], d[-1], d[-2]) if len(d) > 1 else d[0])
    k = next(k for k in range(len(h)) if at <= x[k + 1] or k == len(h) - 1)
    t = (at - x[k]) / h[k]
    return (
        (1 + 2 * t) * (1 - t) ** 2 * y[k]
        + t * (1 - t) ** 2 * h[k] * slopes[k]
        + t * t * (3 - 2 * t) * y[k + 1]
        + t * t * (t - 1) * h[k] * slopes[k + 1]
    )


def slow_end(h0: float, h1: float, d0: float, d1: float) -> float:
    slope = ((2 * h0 + h1) * d0 - h0 * d1) / (h0 + h1)
    if slope * d0 <= 0:
        return 0.0
    return 3 * d0 if d0 * d1 <= 0 and abs(slope) > 3 * abs(d0) else slope


def slow_mean(one: Curve, two: Curve) -> float:
    """The mean gap by the midpoint rule on rising fronts."""
    low, high = max(one.diversity[0], two.diversity[0]), min(one.diversity[-1], two.diversity[-1])
    places = [low + (high - low) * (k + 0.5) / 500 for k in range(500)]
    lists = [(c.diversity.tolist(), c.quality.tolist()) for c in (one, two)]
    return sum(slow_line(*lists[0], at) - slow_line(*lists[1], at) for at in places) / len(places)


def test_parallel_lines_are_apart_by_their_distance() -> None:
    found = gap(curve([0, 1, 3], [0.2, 0.4, 0.8]), curve([-1, 2], [-0.1, 0.5]))
    assert (found.low, found.high, found.inside) == (0, 2, (2, 1))
    assert found.mean == pytest.approx(0.1)
    assert found.largest == pytest.approx(0.1)
    assert found.smallest == pytest.approx(0.1)
    assert found.area == pytest.approx(0.2)


def test_crossing_lines_cancel_in_the_mean_and_show_in_the_extremes() -> None:
    found = gap(curve([0, 1], [0, 1]), curve([0, 1], [0.25, 0.75]))
    assert found.mean == pytest.approx(0, abs=1e-12)
    assert (found.largest, found.smallest) == (pytest.approx(0.25), pytest.approx(-0.25))
    assert found.extremes_at == (1, 0)


def test_a_finely_sampled_curve_has_its_integral() -> None:
    d = np.linspace(0.5, 1, 40)
    found = gap(curve(d, np.sqrt(d)), curve(d[::2], d[::2] ** 2 / 2))
    # The integral of sqrt(d) - d^2 / 2 over [.5, d[38]], by hand.
    top = d[38]
    exact = 2 / 3 * (top**1.5 - 0.5**1.5) - (top**3 - 0.5**3) / 6
    assert found.area == pytest.approx(exact, abs=2e-5)


def test_positive_means_that_the_first_is_better_where_lower_is_better() -> None:
    better = curve([1, 2, 3], [5, 4, 3], higher_quality=False)
    worse = curve([1, 2, 3], [5.5, 4.5, 3.5], higher_quality=False)
    assert gap(better, worse).mean == pytest.approx(0.5)
    assert gap(worse, better).largest == pytest.approx(-0.5)


rising = st.lists(st.tuples(st.floats(0.01, 1), st.floats(0.01, 1)), min_size=2, max_size=6)


@given(rising, rising)
def test_the_mean_gap_is_that_of_a_slow_monotone_cubic(first, second) -> None:
    one, two = (curve(*np.cumsum(np.array(steps), axis=0).T) for steps in (first, second))
    if shared_range(one, two) is None:
        with pytest.raises(DataError, match="share no range"):
            gap(one, two)
        return
    found = gap(one, two)
    assert found.mean == pytest.approx(slow_mean(one, two), abs=2e-3, rel=2e-3)
    assert found.smallest - 1e-9 <= found.mean <= found.largest + 1e-9
    assert gap(two, one).mean == pytest.approx(-found.mean)


def test_temperatures_that_another_one_beats_are_left_out() -> None:
    # NLL_test turns at T = 1: hotter points are worse in both numbers. Of two equal points one stays.
    hot = curve([7.61, 7.78, 7.9, 8.5, 7.61], [9.4, 8.7, 9.9, 7.1, 9.4], higher_quality=False)
    assert hot.front().diversity.tolist() == [7.61, 7.78, 8.5]
    assert gap(hot, hot).mean == 0


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=8), st.booleans(), st.booleans())
def test_the_front_is_what_comparing_all_pairs_leaves(points, up, wide) -> None:
    def beaten(point, others) -> bool:
        q, d = (1 if up else -1), (1 if wide else -1)
        return any(q * o[1] >= q * point[1] and d * o[0] >= d * point[0] and o != point for o in others)

    found = curve(*np.array(points, dtype=float).T, higher_quality=up, higher_diversity=wide).front()
    expected = sorted({point for point in points if not beaten(point, points)})
    assert list(zip(found.diversity.tolist(), found.quality.tolist(), strict=True)) == expected


def test_ranges_that_do_not_overlap_are_said() -> None:
    with pytest.raises(
        DataError, match=r"share no range of diversity: they reach 0 to 1 and 1 to 2\. Add temperatures"
    ):
        gap(curve([0, 1], [0, 1]), curve([1, 2], [0, 1]))


def test_one_point_is_no_curve() -> None:
    with pytest.raises(DataError, match="1 and 2 points"):
        gap(curve([0], [0]), curve([0, 2], [0, 1]))


@pytest.mark.parametrize(
    "parts",
    [
        {"quality": [1, 2], "diversity": [1]},
        {"quality": [], "diversity": []},
        {"quality": [1, float("nan")], "diversity": [1, 2]},
        {"quality": [1, 2], "diversity": [1, float("inf")]},
        {"quality": [1], "diversity": [1], "quality_draws": [[1]]},
        {"quality": [1], "diversity": [1], "quality_draws": [[1, 2]], "diversity_draws": [[1, 2]]},
    ],
)
def test_what_is_no_curve_is_refused(parts) -> None:
    with pytest.raises(DataError):
        Curve(**parts)


def test_curves_whose_metrics_point_different_ways_are_not_compared() -> None:
    with pytest.raises(DataError, match="not of one kind"):
        gap(curve([0, 1], [0, 1]), curve([0, 1], [0, 1], higher_quality=False))


def noisy(diversity, quality, spread: float, seed: int, resamples: int = 1000) -> Curve:
    rng, size = np.random.default_rng(seed), (resamples, len(diversity))
    quality, diversity = np.asarray(quality, dtype=float), np.asarray(diversity, dtype=float)
    return curve(
        diversity,
        quality,
        quality_draws=quality + spread * rng.standard_normal(size),
        diversity_draws=np.tile(diversity, (resamples, 1)),
    )


def test_the_interval_of_the_mean_gap_has_the_width_of_its_standard_error() -> None:
    # Two points a curve: the mean gap is the mean of two differences, its standard error spread * sqrt(2 / 2).
    found = gap(noisy([0, 1], [1, 2], 0.1, 0), noisy([0, 1], [0.5, 1.5], 0.1, 1))
    low, high = found.intervals["mean"]
    assert (high - low) / 2 == pytest.approx(1.96 * 0.1, rel=0.1)
    assert found.mean == pytest.approx(0.5)
    assert low < 0.5 < high
    assert found.intervals["largest"][0] < found.largest < found.intervals["largest"][1]
    assert "1000 resamples" in found.method


def test_without_resamples_there_is_no_interval() -> None:
    assert gap(curve([0, 1], [0, 1]), noisy([0, 1], [0, 1], 0.1, 0)).intervals["mean"] is None


def test_curves_that_were_resampled_unequally_often_are_refused() -> None:
    one, two = noisy([0, 1], [0, 1], 0.1, 0), noisy([0, 1], [0, 1], 0.1, 0, resamples=500)
    with pytest.raises(DataError, match=r"numbers of resamples: \[500, 1000\]"):
        gap(one, two)
    with pytest.raises(DataError, match="numbers of resamples"):
        advantage(one.take([0]), two)


def test_seeds_are_paired_and_have_a_t_interval() -> None:
    base = curve([0, 1], [0, 1])
    gaps = [gap(curve([0, 1], [rise, 1 + rise]), base) for rise in (0.1, 0.2, 0.3)]
    found = gap_over_seeds(gaps)
    assert found.mean == pytest.approx(0.2)
    # Student's t with 2 degrees of freedom: 4.3027 standard errors, each 0.1 / sqrt(3).
    assert found.intervals["mean"] == pytest.approx((0.2 - 4.302653 * 0.1 / 3**0.5, 0.2 + 4.302653 * 0.1 / 3**0.5))
    assert found.method == "t interval over 3 seeds"
    assert gap_over_seeds(gaps[:1]).intervals["mean"] is None
    with pytest.raises(DataError):
        gap_over_seeds([])


def beats_mle(nll_oracle: float, nll_test: float) -> bool | None:
    return advantage(curve([nll_test], [nll_oracle], higher_quality=False), MLE).beats


def test_the_published_points_that_sharpening_explains_are_no_progress() -> None:
    assert beats_mle(9.617, 9.215) is False  # the same authors' SeqGAN
    assert beats_mle(8.62, 7.85) is False  # a small LSTM whose logits were multiplied by 1.27
    assert beats_mle(8.2, 7.85) is True


def test_beyond_the_curve_only_a_point_that_beats_or_loses_to_its_end_is_decided() -> None:
    assert beats_mle(9.3, 7.5) is True
    assert beats_mle(9.5, 7.5) is None
    assert beats_mle(5.6, 10.5) is False
    assert beats_mle(5.0, 10.5) is None


def test_an_advantage_counts_only_with_its_whole_interval() -> None:
    line = noisy([0, 1], [0, 1], 0.001, 0)
    clear, unclear = (advantage(noisy([0.5], [0.6], spread, 2), line) for spread in (0.01, 0.2))
    assert clear.value == unclear.value == pytest.approx(0.1)
    assert (clear.beats, unclear.beats) == (True, False)
    assert unclear.interval[0] < 0 < unclear.interval[1]
    with pytest.raises(DataError, match="2 points"):
        advantage(line, line)


@pytest.mark.parametrize("higher", [True, False])
def test_a_point_as_diverse_as_a_curve_of_one_point_differs_from_it_in_quality(higher: bool) -> None:
    one = curve([0.5], [0.4], higher_quality=higher)
    found = advantage(curve([0.5], [0.2], higher_quality=higher), one)
    assert found.value == pytest.approx(-0.2 if higher else 0.2)
    assert found.beats is not higher
    assert advantage(one, one) == Advantage(0.0, None, False)


def test_a_point_beside_one_point_counts_only_with_its_whole_interval() -> None:
    line = noisy([0.5], [0.5], 0.001, 0)
    clear, unclear = (advantage(noisy([0.5], [0.6], spread, 2), line) for spread in (0.01, 0.2))
    assert clear.value == unclear.value == pytest.approx(0.1)
    assert (clear.beats, unclear.beats) == (True, False)
    assert clear.interval == pytest.approx((0.1 - 1.96 * 0.01, 0.1 + 1.96 * 0.01), abs=0.002)


def test_a_win_beyond_the_end_must_be_clear_of_the_noise() -> None:
    line = noisy([1, 2], [1, 2], 0.05, 0)
    assert advantage(noisy([0.9], [1.5], 0.05, 2), line).beats is True
    assert advantage(noisy([0.9], [1.05], 0.05, 2), line).beats is None


def test_resampled_sums_are_joint_repeatable_and_spread_like_a_mean() -> None:
    values = np.random.default_rng(0).normal(3, 2, (500, 2))
    columns = np.column_stack([values, values[:, 0]])
    sums = resampled_sums(columns, seed=5)
    assert sums.shape == (1000, 3)
    assert np.allclose(sums[:, 0], sums[:, 2])
    assert np.array_equal(sums, resampled_sums(columns, seed=5))
    assert not np.array_equal(sums, resampled_sums(columns, seed=6))
    assert (sums[:, 1] / 500).std() == pytest.approx(values[:, 1].std() / 500**0.5, rel=0.1)
    assert np.allclose(resampled_sums(np.ones((7, 1)), seed=0), 7)
    with pytest.raises(DataError):
        resampled_sums(np.full((2, 1), np.nan), seed=0)
