"""From the points of a sweep to curves in planes of quality and diversity, and to what their comparison shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqgan.errors import DataError
from seqgan.reports.charts import pretty
from seqgan.reports.sweep_points import Point
from seqgan.stats.curves import Curve, Gap, advantage, gap, gap_over_seeds, resampled_sums

HELD_OUT_SEED = 0  # the same held-out rows are drawn for every model, so their likelihoods stay paired


@dataclass(frozen=True)
class Plane:
    """Two metrics that only count together, and whether a larger number is better for each."""

    quality: str
    diversity: str
    higher_quality: bool
    higher_diversity: bool = False

    @property
    def title(self) -> str:
        """Return ``BLEU-4 against self-BLEU-4``."""
        return f"{pretty(self.quality)} against {name_of(self.diversity)}"


PLANES = (
    Plane("nll_oracle", "nll_gen", higher_quality=False),
    Plane("validity", "nll_gen", higher_quality=True),
    *(Plane(f"bleu_{order}", f"self_bleu_{order}", higher_quality=True) for order in (2, 3, 4, 5)),
)


@dataclass(frozen=True)
class Subject:
    """A model that is swept: ``system`` is what seeds of the same thing share, ``seed`` that of its training.

    ``run`` names the run that it belongs to, ``data`` the digest of what it was measured on, ``model`` that of
    its file; ``baseline`` is true for a maximum-likelihood checkpoint.
    """

    system: str
    seed: int | None
    run: str
    model: str
    data: str
    baseline: bool

    @property
    def label(self) -> str:
        """Return the name that tells this model from the others."""
        return self.system if self.seed is None else f"{self.system}, seed {self.seed}"


@dataclass(frozen=True)
class Trace:
    """The points of one subject along ``along`` ("temperature" or "top_p"), in rising order."""

    subject: Subject
    along: str
    points: tuple[Point, ...]

    def settings(self) -> list[float]:
        """Return the temperatures, or the values of top-p."""
        return [getattr(point, self.along) for point in self.points]

    def on(self, plane: Plane) -> Trace:
        """Return the trace without points at which one of the plane's two metrics is missing or not finite."""
        kept = tuple(p for p in self.points if np.isfinite([p.value(plane.quality), p.value(plane.diversity)]).all())
        return Trace(self.subject, self.along, kept)

    def curve(self, plane: Plane) -> Curve | None:
        """Return the curve with its resamples, or None where no point is left."""
        points = self.on(plane).points
        if not points:
            return None
        drawn = [_draws(point, plane) for point in points]
        return Curve(
            quality=np.array([point.value(plane.quality) for point in points]),
            diversity=np.array([point.value(plane.diversity) for point in points]),
            quality_draws=np.stack([quality for quality, _ in drawn], axis=1),
            diversity_draws=np.stack([diversity for _, diversity in drawn], axis=1),
            higher_quality=plane.higher_quality,
            higher_diversity=plane.higher_diversity,
        )


@dataclass(frozen=True)
class Comparison:
    """One system against another in a plane: positive gaps mean that ``first`` is better at equal diversity.

    ``gap`` is over the seeds both have, ``by_seed`` each of them; ``beats`` counts the points of ``first``, of ``of``,
    that are shown to lie beyond the curve of ``second``, and ``open`` those that the curve does not reach.
    ``problem`` says why there is no gap.
    """

    plane: Plane
    along: str
    first: str
    second: str
    gap: Gap | None
    by_seed: tuple[tuple[int | None, Gap], ...]
    beats: int
    open: int
    of: int
    problem: str = ""


def name_of(metric: str) -> str:
    """Return a metric's name as a person writes it; the likelihood of held-out rows is NLL_test here."""
    return {"nll_gen": "NLL_test"}.get(metric, pretty(metric))


def planes_of(points: Sequence[Point]) -> list[Plane]:
    """Return the planes for which some point has both metrics."""
    return [p for p in PLANES if any(p.quality in point.scores and p.diversity in point.scores for point in points)]


def compare(first: Sequence[Trace], second: Sequence[Trace], plane: Plane) -> Comparison:
    """Compare two systems, each with one trace a seed, pair by pair in the order given."""
    gaps: list[tuple[int | None, Gap]] = []
    problems: list[str] = []
    judged: list[bool | None] = []
    for one, two in zip(first, second, strict=True):
        curves = one.curve(plane), two.curve(plane)
        if curves[0] is None or curves[1] is None:
            problems.append(f"{pretty(plane.quality)} or {name_of(plane.diversity)} is not finite at any point.")
            continue
        judged += [advantage(curves[0].take([place]), curves[1]).beats for place in range(len(curves[0]))]
        try:
            gaps.append((one.subject.seed, gap(curves[0], curves[1])))
        except DataError as error:
            problems.append(str(error))
    whole = gaps[0][1] if len(gaps) == 1 else gap_over_seeds([each for _, each in gaps]) if gaps else None
    counts = judged.count(True), judged.count(None), len(judged)
    names = first[0].subject.system, second[0].subject.system
    return Comparison(plane, first[0].along, *names, whole, tuple(gaps), *counts, " ".join(dict.fromkeys(problems)))


def comparisons(traces: Sequence[Trace], planes: Sequence[Plane]) -> list[Comparison]:
    """Return every adversarial system against its own maximum likelihood, then the first system against the others.

    Traces are paired by run, else by seed where they were measured on the same data.
    """
    found = []
    for along in dict.fromkeys(trace.along for trace in traces):
        here = [trace for trace in traces if trace.along == along]
        for first, second in _matches(here):
            found += [compare(first, second, plane) for plane in planes]
    return found


def _matches(traces: Sequence[Trace]) -> Iterator[tuple[list[Trace], list[Trace]]]:
    """Yield two lists of paired traces for every two systems that are worth comparing."""
    systems: dict[str, list[Trace]] = {}
    for trace in traces:
        systems.setdefault(trace.subject.system, []).append(trace)
    seen: set[tuple[str, str]] = set()
    given = list(systems)
    wanted = [(one, two) for one in given for two in given if not _base(systems[one]) and _base(systems[two])]
    for one, two in [*wanted, *((given[0], other) for other in given[1:])]:
        if one == two or {(one, two), (two, one)} & seen:
            continue
        pairs = _pairs(systems[one], systems[two])
        if pairs:
            seen.add((one, two))
            yield [pair[0] for pair in pairs], [pair[1] for pair in pairs]


def _base(traces: Sequence[Trace]) -> bool:
    return traces[0].subject.baseline


def _pairs(first: Sequence[Trace], second: Sequence[Trace]) -> list[tuple[Trace, Trace]]:
    pairs = []
    for one in first:
        same_run = [two for two in second if two.subject.run == one.subject.run]
        same_seed = [
            two for two in second if (two.subject.seed, two.subject.data) == (one.subject.seed, one.subject.data)
        ]
        other = [two for two in second if two.subject.data == one.subject.data and len(first) == len(second) == 1]
        pairs += [(one, two) for two in (same_run or same_seed or other)[:1]]
    return pairs


def _draws(point: Point, plane: Plane) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return quality and diversity (R,) each, on resampled rows: samples with their own draws, held-out rows shared."""
    own = int(point.digest[:8], 16)
    return tuple(  # type: ignore[return-value]
        _means(point.rows[name], HELD_OUT_SEED if name == "nll_gen" else own)
        for name in (plane.quality, plane.diversity)
    )


def _means(rows: NDArray[np.float32], seed: int) -> NDArray[np.float64]:
    """Return resampled means (R,) of (B,), or nats a token of log-probabilities and tokens (B, 2).

    Rows that an oracle cannot make are left out, as ``nll_oracle`` does.
    """
    if rows.ndim == 1:
        return resampled_sums(rows[:, None], seed)[:, 0] / len(rows)
    sums = resampled_sums(rows[np.isfinite(rows[:, 0])], seed)
    return np.asarray(-sums[:, 0] / sums[:, 1])


def judgement(found: Gap) -> str:
    """Return better, worse, or no evidence of a difference, by the interval of the mean gap."""
    spread = found.intervals["mean"]
    if spread is None or spread[0] <= 0 <= spread[1]:
        return "no evidence of a difference"
    return "better" if found.mean > 0 else "worse"


def reading(comparison: Comparison) -> str:
    """Return a comparison as sentences that claim no more than the numbers do."""
    plane, first, second = comparison.plane, comparison.first, comparison.second
    quality, diversity = pretty(plane.quality), name_of(plane.diversity)
    lead = f"{quality} at equal {diversity} ({comparison.along.replace('_', '-')} curves), {first} against {second}:"
    found = comparison.gap
    if found is None:
        return f"{lead} not comparable. {comparison.problem}"
    spread, word = found.intervals["mean"], judgement(found)
    interval = "no interval" if spread is None else f"95 % interval {spread[0]:+.4f} to {spread[1]:+.4f}"
    seeds = "one seed, " if len(comparison.by_seed) == 1 else ""
    text = (
        f"{lead} {word}, by {found.mean:+.4f} on average ({interval}; {seeds}{found.method}) over {diversity} "
        f"{found.low:.3f} to {found.high:.3f}; between {found.smallest:+.4f} and {found.largest:+.4f}; "
        f"area {found.area:+.5f}. {_counted(comparison)}"
    )
    few = "Fewer than two points of a curve lie in the shared range: add temperatures." if min(found.inside) < 2 else ""
    return " ".join(part for part in (text, few, comparison.problem) if part)


def _counted(comparison: Comparison) -> str:
    """Say how many points lie beyond the other curve, and how many cannot be judged because it does not reach there."""
    text = f"Points of {comparison.first} beyond that curve: {comparison.beats} of {comparison.of}"
    return f"{text}, outside its range: {comparison.open}." if comparison.open else f"{text}."


def as_dict(comparison: Comparison) -> dict[str, Any]:
    """Return a comparison as plain data for JSON, its reading included."""
    counted: Mapping[str, Any] = {name: getattr(comparison, name) for name in ("beats", "open", "of", "problem")}
    return {
        "quality": comparison.plane.quality,
        "diversity": comparison.plane.diversity,
        "along": comparison.along,
        "first": comparison.first,
        "second": comparison.second,
        "gap": None if comparison.gap is None else comparison.gap.as_dict(),
        "by_seed": [{"seed": seed, **each.as_dict()} for seed, each in comparison.by_seed],
        **counted,
        "reading": reading(comparison),
    }
