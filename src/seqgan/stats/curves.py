"""Comparing quality-diversity curves: the gap at equal diversity, the area between, what sharpening could have done.

A system sampled at several temperatures is a curve in a plane of quality (BLEU, NLL_oracle) and diversity (self-BLEU,
NLL_test). One point says nothing: a lower temperature buys quality with diversity. So two systems are compared where
their diversity is equal:

    g(d) = quality of the first at diversity d - quality of the second at d,   low <= d <= high, the shared range

with the sign turned so that **positive means that the first is better**, whichever way the metric points. Points that
another point of the same curve equals or beats in both numbers are left out first (a temperature nobody would choose);
between the others runs a monotone cubic (:mod:`seqgan.stats.monotone`), which keeps to the points and makes no new
maxima. Source of the comparison: Caccia et al. 2020, figures 2 to 4.

Shapes: P points of a curve, R bootstrap resamples, B rows, K columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from seqgan.errors import DataError
from seqgan.stats.bootstrap import RESAMPLES, Interval
from seqgan.stats.monotone import Lines
from seqgan.stats.seeds import over_seeds

Numbers = NDArray[np.float64]
Pair = tuple[Numbers, Numbers]  # diversity and quality
NAMES = ("mean", "largest", "smallest", "area")
_STEPS = 200  # places of the shared range at which the largest and the smallest gap are looked for
_CELLS = 4_000_000
_CONFIDENCE = 0.95
_FEWEST = 0.95  # share of resamples that must have a gap for an interval to be given


@dataclass(frozen=True)
class Curve:
    """The points of one system: ``quality`` (P,) and ``diversity`` (P,), one a temperature, in any order.

    ``quality_draws`` and ``diversity_draws`` (R, P) are the same numbers on resampled rows, resample r the same rows
    for both (see :func:`resampled_sums`); without them there are no intervals. The flags say whether a larger number
    is better: BLEU against self-BLEU is True, False; NLL_oracle against NLL_test is False, False.
    Raises DataError where the numbers do not fit together or are not finite.
    """

    quality: Numbers
    diversity: Numbers
    quality_draws: Numbers | None = None
    diversity_draws: Numbers | None = None
    higher_quality: bool = True
    higher_diversity: bool = False

    def __post_init__(self) -> None:
        """Turn lists into arrays and refuse what is no curve."""
        for name in ("quality", "diversity", "quality_draws", "diversity_draws"):
            value = getattr(self, name)
            object.__setattr__(self, name, None if value is None else np.asarray(value, dtype=np.float64))
        points = self.quality.shape
        if len(points) != 1 or not points[0] or self.diversity.shape != points:
            raise DataError(
                f"A curve has quality {points} and diversity {self.diversity.shape}.", "Give both for every point."
            )
        if not (np.isfinite(self.quality).all() and np.isfinite(self.diversity).all()):
            raise DataError("A curve holds numbers that are not finite.", "Leave such points out, and say so.")
        _check_draws(self.quality_draws, self.diversity_draws, points[0])

    def __len__(self) -> int:
        """Return P."""
        return len(self.quality)

    def take(self, places: Sequence[int] | NDArray[np.intp]) -> Curve:
        """Return the curve that has only the points at ``places``."""
        drawn, spread = (None if p is None else p[:, places] for p in (self.quality_draws, self.diversity_draws))
        return replace(
            self,
            quality=self.quality[places],
            diversity=self.diversity[places],
            quality_draws=drawn,
            diversity_draws=spread,
        )

    def front(self) -> Curve:
        """Return the points that no other point equals or beats in both numbers, sorted by diversity."""
        good, varied = _signed(self.quality, self.higher_quality), _signed(self.diversity, self.higher_diversity)
        kept, best = [], -np.inf
        for place in np.lexsort((-good, -varied)):  # the most diverse first: a later point must have more quality
            if good[place] > best:
                kept.append(int(place))
                best = good[place]
        return self.take(sorted(kept, key=lambda place: float(self.diversity[place])))


@dataclass(frozen=True)
class Gap:
    """What lies between two curves; positive means that the first is better, in units of the quality.

    ``low`` to ``high`` is the shared range of diversity, ``inside`` how many points of each curve lie in it. ``mean``
    is the mean gap over that range, ``area`` the mean times its width; ``largest`` and ``smallest`` are the extremes
    and ``extremes_at`` the two diversities where they lie. ``intervals`` has a 95 % interval by name, or None, those of
    the extremes for the gap at that place; ``method`` says how they were found.
    """

    low: float
    high: float
    inside: tuple[int, int]
    mean: float
    largest: float
    smallest: float
    area: float
    extremes_at: tuple[float, float] | None
    intervals: dict[str, Interval | None]
    method: str

    def as_dict(self) -> dict[str, Any]:
        """Return the gap as plain data for JSON."""
        return asdict(self)


@dataclass(frozen=True)
class Advantage:
    """One point against a curve: how much better its quality is at equal diversity, and whether that is shown.

    ``value`` is None where the curve does not reach the point's diversity; ``beats`` is None where that leaves the
    question open. With resamples, ``beats`` asks that the whole 95 % interval is above zero.
    """

    value: float | None
    interval: Interval | None
    beats: bool | None


def shared_range(first: Curve, second: Curve) -> tuple[float, float] | None:
    """Return the diversities (low, high) that both curves reach, or None where they have no range in common."""
    one, two = first.front().diversity, second.front().diversity
    low, high = max(one[0], two[0]), min(one[-1], two[-1])
    return (float(low), float(high)) if high > low else None


def gap(first: Curve, second: Curve) -> Gap:
    """Return the gap between two curves at equal diversity, with bootstrap intervals where both have resamples.

    The points that make up each curve are chosen once, on the estimates; in every resample both curves are drawn anew
    and compared on the range that they then share. Raises DataError where a curve has fewer than two points,
    the two share no range of diversity, are not of one kind or have different numbers of resamples.
    """
    _check_kind(first, second)
    one, two = first.front(), second.front()
    if min(len(one), len(two)) < 2:
        raise DataError(
            f"The curves have {len(one)} and {len(two)} points that no other point beats.",
            "A curve needs two: add temperatures.",
        )
    shared = shared_range(one, two)
    if shared is None:
        raise DataError(_apart(one, two), "Add temperatures until the ranges overlap.")
    inside = tuple(int(((shared[0] <= c.diversity) & (c.diversity <= shared[1])).sum()) for c in (one, two))
    places = _extremes(one, two, shared)
    values = dict(zip(NAMES, _between(_line(one), _line(two), places, one.higher_quality)[0].tolist(), strict=True))
    lines = [line for line in (_drawn_line(one), _drawn_line(two)) if line is not None]
    draws = _between(lines[0], lines[1], places, one.higher_quality) if len(lines) == 2 else None
    intervals = {name: None if draws is None else _percentiles(draws[:, k]) for k, name in enumerate(NAMES)}
    method = "no resamples, no interval" if draws is None else f"bootstrap over sequences, {len(draws)} resamples"
    return Gap(*shared, (inside[0], inside[1]), **values, extremes_at=places, intervals=intervals, method=method)


def gap_over_seeds(gaps: Sequence[Gap]) -> Gap:
    """Return the mean of gaps that were measured once a seed, with t intervals over seeds (None for one seed).

    Raises DataError for no gap. Each seed has its own shared range; ``low`` and ``high`` are the outermost ends.
    """
    if not gaps:
        raise DataError("There is no gap of any seed.", "Give one gap a seed.")
    columns = {name: np.array([getattr(gap, name) for gap in gaps]) for name in NAMES}
    return Gap(
        low=min(gap.low for gap in gaps),
        high=max(gap.high for gap in gaps),
        inside=(min(gap.inside[0] for gap in gaps), min(gap.inside[1] for gap in gaps)),
        **{name: float(values.mean()) for name, values in columns.items()},
        extremes_at=None,
        intervals={name: over_seeds(values.tolist()).interval for name, values in columns.items()},
        method=f"t interval over {len(gaps)} seeds" if len(gaps) > 1 else "one seed, no interval",
    )


def advantage(point: Curve, curve: Curve) -> Advantage:
    """Return by how much the one point of ``point`` is better than ``curve`` at its diversity; positive is better.

    For a point (NLL_oracle, NLL_test) of an adversarial model and the curve of maximum likelihood over temperatures
    this is the test that counts: a lower NLL_oracle that the same NLL_test also has after mere sharpening is no
    progress.

    Outside the range of the curve there is no value; the point still wins where it beats the nearest end in both
    numbers, and loses where that end beats it. Raises DataError where ``point`` has several points, or where the two
    are not of one kind or have different numbers of resamples.
    """
    _check_kind(point, curve)
    if len(point) != 1:
        raise DataError(f"{len(point)} points were given for one.", "Take one: curve.take([place]).")
    front = curve.front()
    if not front.diversity[0] <= point.diversity[0] <= front.diversity[-1]:
        nearest = front.take([0 if point.diversity[0] < front.diversity[0] else len(front) - 1])
        beats = True if _dominates(point, nearest) else False if _dominates(nearest, point) else None
        return Advantage(None, None, beats)
    value = float(_over(_estimates(point), _estimates(front), curve.higher_quality)[0])
    drawn, interval = (_draws(point), _draws(front)), None
    if drawn[0] is not None and drawn[1] is not None:
        interval = _percentiles(_over(drawn[0], drawn[1], curve.higher_quality))
    return Advantage(value, interval, (value if interval is None else interval[0]) > 0)


def resampled_sums(columns: ArrayLike, seed: int, resamples: int = RESAMPLES) -> Numbers:
    """Return the column sums (R, K) of ``columns`` (B, K) on R bootstrap resamples of the rows.

    All columns of a row are drawn together. Equal seeds and numbers of rows draw the same rows, so held-out rows that
    several models were scored on stay paired. Raises DataError for no rows or numbers that are not finite.
    """
    table = np.asarray(columns, dtype=np.float64)
    if table.ndim != 2 or not len(table) or not np.isfinite(table).all():
        raise DataError(f"Rows of the shape {table.shape} cannot be resampled.", "Give finite numbers (B, K).")
    draws, rows, parts = np.random.default_rng(seed), len(table), []
    size = max(1, _CELLS // rows)
    for start in range(0, resamples, size):
        block = min(size, resamples - start)
        chosen = draws.integers(0, rows, (block, rows)) + rows * np.arange(block)[:, None]
        times = np.bincount(chosen.ravel(), minlength=block * rows).reshape(block, rows)
        parts.append(times.astype(np.float64) @ table)
    return np.concatenate(parts)


def _signed(values: Numbers, higher: bool) -> Numbers:
    return values if higher else -values


def _check_draws(quality: Numbers | None, diversity: Numbers | None, points: int) -> None:
    if quality is None and diversity is None:
        return
    if quality is None or diversity is None or quality.shape != diversity.shape or quality.shape[1:] != (points,):
        raise DataError("The resamples of a curve do not fit its points.", "Give both as (R, P), or neither.")


def _check_kind(first: Curve, second: Curve) -> None:
    kinds = {(curve.higher_quality, curve.higher_diversity) for curve in (first, second)}
    if len(kinds) > 1:
        raise DataError("The two curves are not of one kind: their metrics point different ways.", "Compare like.")
    resamples = {len(curve.quality_draws) for curve in (first, second) if curve.quality_draws is not None}
    if len(resamples) > 1:
        raise DataError(
            f"The two curves have different numbers of resamples: {sorted(resamples)}.", "Draw both equally often."
        )


def _apart(one: Curve, two: Curve) -> str:
    ranges = " and ".join(f"{curve.diversity[0]:.4g} to {curve.diversity[-1]:.4g}" for curve in (one, two))
    return f"The curves share no range of diversity: they reach {ranges}."


def _estimates(curve: Curve) -> Pair:
    return curve.diversity[None], curve.quality[None]


def _draws(curve: Curve) -> Pair | None:
    if curve.quality_draws is None or curve.diversity_draws is None:
        return None
    return curve.diversity_draws, curve.quality_draws


def _line(curve: Curve) -> Lines:
    return Lines.through(*_estimates(curve))


def _drawn_line(curve: Curve) -> Lines | None:
    drawn = _draws(curve)
    return None if drawn is None else Lines.through(*drawn)


def _range(one: Lines, two: Lines) -> tuple[Numbers, Numbers]:
    """Return the shared range of every row, low (R,) and high (R,)."""
    return np.maximum(one.x[:, 0], two.x[:, 0]), np.minimum(one.x[:, -1], two.x[:, -1])


def _extremes(one: Curve, two: Curve, shared: tuple[float, float]) -> tuple[float, float]:
    """Return the diversities at which the gap is largest and smallest, among the points and a fine grid."""
    known = np.concatenate([one.diversity, two.diversity, np.linspace(*shared, _STEPS + 1)])
    at = np.sort(known[(known >= shared[0]) & (known <= shared[1])])
    gaps = _signed(_line(one).at(at[None]) - _line(two).at(at[None]), one.higher_quality)[0]
    return float(at[gaps.argmax()]), float(at[gaps.argmin()])


def _between(one: Lines, two: Lines, places: tuple[float, float], higher: bool) -> Numbers:
    """Return (R, 4): mean gap, the gaps at two places, area; NaN where a row's two lines share no range."""
    low, high = _range(one, two)
    none = ~(high > low)
    at = np.clip(np.array(places)[None], low[:, None], np.maximum(low, high)[:, None])
    area = one.area(low, np.maximum(low, high)) - two.area(low, np.maximum(low, high))
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.column_stack([area / (high - low), one.at(at) - two.at(at), area])
    return np.where(none[:, None], np.nan, _signed(found, higher))


def _over(point: Pair, curve: Pair, higher: bool) -> Numbers:
    """Return how much better each point, two of (R, 1), is than its curve, two of (R, P), where that is as diverse.

    At an end where the point lies beyond it; a curve of one point is nothing but its end.
    """
    (diversity, quality), (x, y) = point, curve
    if x.shape[1] == 1:
        return _signed(quality - y, higher)[:, 0]
    line = Lines.through(x, y)
    there = np.clip(diversity, line.x[:, :1], line.x[:, -1:])
    return _signed(quality - line.at(there), higher)[:, 0]


def _percentiles(values: Numbers) -> Interval | None:
    """Return the 95 % interval of resampled values; None where too many resamples had none."""
    found = values[np.isfinite(values)]
    if len(found) < _FEWEST * len(values):
        return None
    low, high = np.quantile(found, [(1 - _CONFIDENCE) / 2, (1 + _CONFIDENCE) / 2])
    return float(low), float(high)


def _dominates(first: Curve, second: Curve) -> bool:
    """Tell whether one point is better than another in both numbers, in 97.5 % of the resamples where there are any."""
    pairs = []
    for name, higher in (("quality", first.higher_quality), ("diversity", first.higher_diversity)):
        one, two = getattr(first, f"{name}_draws"), getattr(second, f"{name}_draws")
        if one is None or two is None:
            one, two = getattr(first, name)[None], getattr(second, name)[None]
        pairs.append(_signed(one - two, higher)[:, 0] > 0)
    return bool((pairs[0] & pairs[1]).mean() >= (1 + _CONFIDENCE) / 2)
