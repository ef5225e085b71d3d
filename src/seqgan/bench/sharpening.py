"""Did a run do more than sharpen? Its point, and its curve over temperatures, against that of an MLE of its seed.

A lower temperature buys quality with diversity, and plain likelihood training has that for nothing. So a run counts as
progress only where its quality is better than the sharpened MLE's at equal diversity. Which MLE: its own at its best
epoch tells, where the run started from that one, what the stage after it did; the best that is known, tuned and
trained apart, tells what the whole run is worth.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from seqgan.errors import DataError
from seqgan.records import REFERENCES
from seqgan.results.aggregate import group, spread
from seqgan.results.record import Record, RecordedScore
from seqgan.stats.curves import Curve, Gap, advantage, gap
from seqgan.stats.seeds import Spread

MLE = ("mle_best", "mle_last")
FEWER = 0.02  # share of different samples, or word groups of them, that a run may have less than its MLE
VARIETY, LIKELIHOOD = "distinct_3", "nll_gen"  # what the one sees, the other does not


@dataclass(frozen=True)
class Plane:
    """Two metrics, and which way each is better."""

    quality: str
    diversity: str
    higher_quality: bool
    higher_diversity: bool

    def is_better(self, place: tuple[float, float], other: tuple[float, float]) -> bool:
        """Tell whether ``place`` (quality, diversity) is at least as good as ``other`` in both numbers."""
        signs = (1 if self.higher_quality else -1, 1 if self.higher_diversity else -1)
        return all(sign * one >= sign * two for sign, one, two in zip(signs, place, other, strict=True))


@dataclass(frozen=True)
class Verdict:
    """How the runs of one experiment stand to a sharpened MLE of the same seeds.

    ``by_seed`` maps a seed to (advantage in units of the quality, better?); an advantage is positive where the run is
    better, None outside the curve's range; better is None where that leaves it open. ``repeating`` are the seeds whose
    samples repeat each other: a few good sequences, written again and again, lower NLL_oracle and leave NLL_test
    almost where it was, so such a run is never better.
    ``unchecked`` are the better ones whose records do not count different groups of words, so that nobody knows,
    ``barred`` those that are not better than the MLE that they started from, ``dull`` those whose quality is not even
    better than that MLE's at temperature 1.
    ``gaps`` compare whole curves, one for every seed that was swept and does not repeat itself.
    """

    by_seed: dict[int, tuple[float | None, bool | None]]
    gaps: tuple[Gap, ...] = ()
    repeating: tuple[int, ...] = ()
    unchecked: tuple[int, ...] = ()
    barred: tuple[int, ...] = ()
    dull: tuple[int, ...] = ()
    alone: tuple[int, ...] = ()

    @property
    def values(self) -> dict[int, float]:
        """Return the advantages of the seeds that have one; who repeats itself has none."""
        found = {seed: value for seed, (value, _) in self.by_seed.items() if seed not in self.repeating}
        return {seed: value for seed, value in found.items() if value is not None}

    @property
    def spread(self) -> Spread | None:
        """Return the spread of ``values``, None where there is none."""
        return spread(self.values.values())

    @property
    def label(self) -> str:
        """Return what may be claimed."""
        told = {
            "repeats itself": self.repeating,
            "groups of words not counted": self.unchecked,
            "not better than its own MLE": self.barred,
            "its own MLE not swept": self.alone,
        }
        notes = [f"; {what} in seed {', '.join(map(str, seeds))}" for what, seeds in told.items() if seeds]
        return self._label + "".join(notes)

    @property
    def _label(self) -> str:
        """One seed claims nothing for others, and several only what their interval allows."""
        better = [beats if seed not in self.barred else False for seed, (_, beats) in self.by_seed.items()]
        if not better:
            return "not compared"
        if not any(better):
            worse = "no gain" if set(self.dull) >= self.by_seed.keys() else "sharpening only"
            return worse if False in better else f"beyond the curve{self._whole}"
        if len(better) == 1:
            return "better than a temperature, one seed"
        share = f"better than a temperature in {sum(map(bool, better))} of {len(better)} seeds"
        interval = None if self.spread is None else self.spread.interval
        if interval is not None and interval[0] <= 0:
            return f"{share}: {'no difference within the error' if interval[1] >= 0 else 'worse in the mean'}"
        return f"{share}{'' if all(better) else self._whole}"

    @property
    def _whole(self) -> str:
        better = sum(gap.mean > 0 for gap in self.gaps)
        return f"; whole curve better in {better} of {len(self.gaps)} seeds" if self.gaps else ""

    def only_with(self, own: Verdict) -> Verdict:
        """Return this verdict with no seed called better that ``own``, the verdict beside its own MLE, calls worse."""
        worse = {seed for seed, (_, beats) in own.by_seed.items() if beats is False}
        barred = tuple(seed for seed, (_, beats) in self.by_seed.items() if beats and seed in worse)
        alone = tuple(seed for seed, (_, beats) in self.by_seed.items() if beats and seed not in own.by_seed)
        unchecked = tuple(seed for seed in self.unchecked if seed not in barred)
        return replace(self, barred=barred, alone=alone, unchecked=unchecked)


def plane_of(records: Sequence[Record], quality: str, diversity: str) -> Plane | None:
    """Return the plane of two metrics with their directions as the records state them, None where one is missing."""
    every = [score for found in records for scores in found.scores.values() for score in scores]
    directions = {score.name: score.direction for score in every if score.name in (quality, diversity)}
    if len(directions) < 2:
        return None
    return Plane(quality, diversity, directions[quality] == "higher", directions[diversity] == "higher")


def point_of(scores: Sequence[RecordedScore], plane: Plane) -> tuple[float, float] | None:
    """Return (quality, diversity) among some scores, None where one is missing or not finite."""
    named = {score.name: score.value for score in scores}
    quality, diversity = named.get(plane.quality), named.get(plane.diversity)
    return None if quality is None or diversity is None else (quality, diversity)


def curve_of(found: Record, plane: Plane, checkpoints: Sequence[str]) -> list[tuple[float, float, float]]:
    """Return (temperature, quality, diversity) of the first of ``checkpoints`` that was swept, coldest first."""
    for checkpoint in checkpoints:
        swept = [point for point in found.temperatures if point.checkpoint == checkpoint]
        placed = [(point.temperature, point_of(point.scores, plane)) for point in swept]
        points = [(temperature, *place) for temperature, place in placed if place is not None]
        if points:
            return sorted(points)
    return []


def judge(records: Sequence[Record], checkpoint: str, controls: Sequence[Record], plane: Plane) -> Verdict:
    """Return how the runs in ``records`` stand, at ``checkpoint``, to the MLE of the same seed among ``controls``.

    Those are records of MLE (an equally large, early-stopped, tuned one) or ``records`` themselves, for the MLE that
    each started from. Seeds without one and values of different definitions are not compared.
    """
    others = {found.seed: found for found in controls}
    by_seed: dict[int, tuple[float | None, bool | None]] = {}
    gaps: list[Gap] = []
    repeating: list[int] = []
    for found in records:
        other = others.get(found.seed)
        control = None if other is None else _curve(curve_of(other, plane, MLE), plane)
        place = point_of(found.scores.get(checkpoint, ()), plane)
        point = None if place is None else _curve([(1.0, *place)], plane, least=1)
        if other is None or control is None or point is None or not _one_definition(found, other, plane):
            continue
        value, beats = _shown(point, control, noise(found, checkpoint, plane))
        repeated = repeats(found, checkpoint, plane)
        by_seed[found.seed] = (value, beats and not repeated)
        repeating += [found.seed] * repeated
        own = _curve(curve_of(found, plane, [checkpoint]), plane)
        if own is not None and not repeated:
            gaps += _gap(own, control)
    better = [found for found in records if found.seed in by_seed and by_seed[found.seed][1]]
    blind = plane.diversity == LIKELIHOOD
    unchecked = tuple(found.seed for found in better if blind and not _at(found, VARIETY, [checkpoint]))
    dull = tuple(found.seed for found in records if found.seed in by_seed and _is_dull(found, checkpoint, plane))
    return Verdict(by_seed, tuple(gaps), tuple(repeating), unchecked, dull=dull)


def stands(
    records: Sequence[Record], checkpoint: str, controls: Sequence[Record], plane: Plane
) -> tuple[Verdict, Verdict]:
    """Return how runs stand to the MLE of the same seeds among ``controls``, and to their own.

    No seed that is worse than its own MLE is called better than the control.
    """
    own = judge(records, checkpoint, records, plane)
    return judge(records, checkpoint, controls, plane).only_with(own), own


def above_published(
    records: Sequence[Record], checkpoint: str, plane: Plane, point: tuple[float, float]
) -> list[float | None]:
    """Return, a record, how much better its quality is than that of a published ``point`` at the point's diversity.

    None for a record whose curve over temperatures does not reach there.
    """
    alone = _curve([(1.0, *point)], plane, least=1)
    curves = [_curve(curve_of(found, plane, [checkpoint]), plane) for found in records]
    gains = [None if curve is None or alone is None else advantage(alone, curve).value for curve in curves]
    return [None if gain is None else -gain for gain in gains]


def noise(found: Record, checkpoint: str, plane: Plane) -> float:
    """Return half the width of the quality's own 95 % interval, 0 where the record has none: less is no advantage."""
    scores = [score for score in found.scores.get(checkpoint, ()) if score.name == plane.quality]
    return max(((score.interval[1] - score.interval[0]) / 2 for score in scores if score.interval), default=0.0)


def repeats(found: Record, checkpoint: str, plane: Plane) -> bool:
    """Tell whether a run's samples repeat each other more than its own MLE's: whole, or in groups of three words.

    A part of the samples drawn from a few places lowers the mean NLL_oracle as far as one likes, and costs only
    -log(rest) nats a row of NLL_test. Colder samples have fewer different groups too, so those are compared with the
    MLE that is sharpened to an equal quality.
    """
    unique = _at(found, "uniqueness", (checkpoint, *MLE))
    before = [unique[name] for name in MLE if name in unique]
    fewer = checkpoint in unique and bool(before) and unique[checkpoint] < min(before) - FEWER
    return fewer or _concentrates(found, checkpoint, replace(plane, diversity=VARIETY, higher_diversity=True))


def _concentrates(found: Record, checkpoint: str, plane: Plane) -> bool:
    place, curve = point_of(found.scores.get(checkpoint, ()), plane), curve_of(found, plane, MLE)
    if place is None or not curve:
        return False
    qualities, groups = zip(*sorted((quality, groups) for _, quality, groups in curve), strict=True)
    return place[1] < float(np.interp(place[0], qualities, groups)) - FEWER


def _is_dull(found: Record, checkpoint: str, plane: Plane) -> bool:
    """Tell whether a run's quality is no better than that of the best MLE of its own; false where that is not known."""
    quality = _at(found, plane.quality, (checkpoint, *MLE))
    before = [quality[name] for name in MLE if name in quality and name != checkpoint]
    if checkpoint not in quality or not before:
        return False
    return quality[checkpoint] <= max(before) if plane.higher_quality else quality[checkpoint] >= min(before)


def _at(found: Record, metric: str, checkpoints: Sequence[str]) -> dict[str, float]:
    """Return the values of a metric by checkpoint, where there is one."""
    return {
        name: score.value
        for name in checkpoints
        for score in found.scores.get(name, ())
        if score.name == metric and score.value is not None
    }


def _shown(point: Curve, control: Curve, within: float) -> tuple[float | None, bool | None]:
    """Return the advantage of a point, and whether it is better also where its quality is ``within`` units worse."""
    found = advantage(point, control)
    worse = replace(point, quality=point.quality + (-within if point.higher_quality else within))
    if found.beats and not advantage(worse, control).beats:
        return found.value, None if found.value is None else False
    return found.value, found.beats


def _gap(own: Curve, control: Curve) -> list[Gap]:
    try:
        return [gap(own, control)]
    except DataError:  # no shared range, or a curve of one point: nothing to compare
        return []


def _curve(points: Sequence[tuple[float, float, float]], plane: Plane, least: int = 2) -> Curve | None:
    if len(points) < least:
        return None
    quality, diversity = np.array([q for _, q, _ in points]), np.array([d for _, _, d in points])
    return Curve(quality, diversity, None, None, plane.higher_quality, plane.higher_diversity)


def _one_definition(found: Record, other: Record, plane: Plane) -> bool:
    """Tell whether a run's scores, its curve and the curve of an MLE were all measured in one way."""
    for metric in (plane.quality, plane.diversity):
        curves = [score for one in (found, other) for point in one.temperatures for score in point.scores]
        if not _definitions(curves, metric) <= _definitions(_table(found), metric) & _definitions(
            _table(other), metric
        ):
            return False
    return True


def _table(found: Record) -> list[RecordedScore]:
    return [score for name, scores in found.scores.items() if name not in REFERENCES for score in scores]


def _definitions(scores: Iterable[RecordedScore], metric: str) -> set[str]:
    """Return the definitions under which a metric was measured, the run's own data and its temperature apart."""
    named = [group(score.signature) for score in scores if score.name == metric]
    return {"|".join(field for field in name.split("|") if not field.startswith("temperature:")) for name in named}
