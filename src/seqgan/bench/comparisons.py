"""The comparisons of the page of results: with a sharpened MLE, with the controls, with the published points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from seqgan.bench.cells import label_of, markdown, signed
from seqgan.bench.sharpening import MLE, Plane, Verdict, above_published, judge, plane_of, point_of, stands
from seqgan.bench.tables import Row, Sources, Table, checkpoint_of, published_points
from seqgan.records import NGRAM, REAL
from seqgan.reports.tables import number
from seqgan.results import aggregate
from seqgan.results.record import Record
from seqgan.stats.curves import Gap
from seqgan.stats.seeds import Spread

NO_CLAIM = "a reference"
TABLES, OWN = "the table's", "its own"  # whose MLE a system is compared with
BOTH = "the table's, which is its own"


def plane_in(table: Table, rows: Sequence[Row], sources: Sources) -> Plane | None:
    """Return the plane of a table, None where it has none or no record holds both metrics."""
    records = [found for row in rows for found in sources.of(row.experiment)]
    return plane_of(records, table.quality, table.diversity) if table.quality else None


def sharpening(table: Table, rows: Sequence[Row], sources: Sources) -> list[str]:
    """Return how every system beyond MLE stands to the sharpened MLE of the table, and to its own."""
    plane = plane_in(table, rows, sources)
    if plane is None:
        return []
    lines = []
    for row in rows:
        found = verdicts(row, table, sources, plane)
        if found and row.checkpoint != NGRAM and starts_from(row, table, sources):
            found = {BOTH: found[TABLES]}
        label = NO_CLAIM if row.checkpoint == NGRAM else ""
        lines += [
            [label_of(row), whose, *_numbers(one), label or one.label] for whose, one in found.items() if one.by_seed
        ]
    header = ("system", "MLE", f"advantage in {plane.quality}", "every seed", "whole curves", "label")
    return markdown(header, lines)


def verdicts(row: Row, table: Table, sources: Sources, plane: Plane) -> dict[str, Verdict]:
    """Return how a system stands to "the table's" MLE and to "its own", nothing for MLE itself and real rows."""
    records = sources.of(row.experiment)
    checkpoint = checkpoint_of(row, records)
    if not records or checkpoint in (*MLE, "last", REAL):
        return {}
    controls = sources.of(table.control)
    if checkpoint == NGRAM:  # counted: it started from no MLE, and what it repeats is the data's
        return {TABLES: replace(judge(records, checkpoint, controls, plane), repeating=()), OWN: Verdict({})}
    return dict(zip((TABLES, OWN), stands(records, checkpoint, controls, plane), strict=True))


def starts_from(row: Row, table: Table, sources: Sources) -> bool:
    """Tell whether every run started from the very MLE of the table: same seed, same settings, the same scores."""
    control = {found.seed: found for found in sources.of(table.control)}
    pairs = [(found, control[found.seed]) for found in sources.of(row.experiment) if found.seed in control]
    return bool(pairs) and all(_values(one) and _values(one) == _values(two) for one, two in pairs)


def _values(found: Record) -> list[float | None]:
    return [score.value for score in found.scores.get("mle_best", ())]


def gained(found: Verdict) -> str:
    """Return the mean advantage at equal diversity, over how many seeds where not all have one, or why none has.

    A seed that repeats itself has none, nor has one whose diversity the curve does not reach.
    """
    if found.spread is None:
        return "repeats itself" if found.repeating else "beyond its curve" if found.by_seed else ""
    count, every = found.spread.count, len(found.by_seed)
    return signed(found.spread) + ("" if count == every else f", {count} of {every} seeds")


def _numbers(found: Verdict) -> list[str]:
    each = "; ".join(f"seed {seed}: {_advantage(*values)}" for seed, values in sorted(found.by_seed.items()))
    return [gained(found), each, whole(found.gaps)]


def whole(gaps: Sequence[Gap]) -> str:
    """Return the mean gap between whole curves, the diversity they share, and over how many seeds."""
    mean = aggregate.spread(gap.mean for gap in gaps)
    if mean is None:
        return ""
    low, high = (number(end) for end in (min(gap.low for gap in gaps), max(gap.high for gap in gaps)))
    seeds = f"{mean.count} seed" + ("s" if mean.count > 1 else "")
    return f"{signed(mean)} from {low} to {high}, {seeds}"


def _advantage(value: float | None, beats: bool | None) -> str:
    if value is not None:
        return f"{value:+.3f}"
    return {True: "beyond the curve, better", False: "beyond the curve, worse", None: "beyond the curve"}[beats]


def controls(table: Table, rows: Sequence[Row], sources: Sources) -> list[str]:
    """Return the paired difference of every metric: the run with the true reward less its control, seed by seed."""
    true = next((row for row in rows if row.experiment == table.true), None)
    if true is None:
        return []
    lines = []
    for row in rows:
        if row is not true:
            lines += [[label_of(row), *line] for line in _differences(table, true, row, sources)]
    return markdown(("control", "metric", "true reward less control (95 % interval)", "seeds"), lines)


def _differences(table: Table, true: Row, control: Row, sources: Sources) -> list[list[str]]:
    before, after = sources.of(control.experiment), sources.of(true.experiment)
    places = (checkpoint_of(control, before), checkpoint_of(true, after))
    found = [(metric, aggregate.across(before, after, metric, places)) for metric in table.metrics]
    found += [("advantage over its own MLE", _gained(table, true, control, sources))]
    return [[metric, signed(spread), str(spread.count)] for metric, spread in found if spread is not None]


def _gained(table: Table, true: Row, control: Row, sources: Sources) -> Spread | None:
    """Return how much more the true reward gained over its own sharpened MLE than a control did, seed by seed.

    Two runs lie at two places of the plane: only where each stands to its own curve can be compared. Seeds that repeat
    themselves, or that lie beyond the curve, are left out.
    """
    plane = plane_in(table, (true, control), sources)
    if plane is None:
        return None
    gains = []
    for row in (control, true):
        own = verdicts(row, table, sources, plane).get(OWN)
        gains.append(own.values if own else {})
    less, more = gains
    return aggregate.spread(more[seed] - less[seed] for seed in sorted(less.keys() & more.keys()))


def published(table: Table, rows: Sequence[Row], sources: Sources) -> list[str]:
    """Return every published point of two metrics beside ours, and ours at the published diversity."""
    lines = []
    for row in rows:
        records = sources.of(row.experiment)
        for pair in table.pairs:
            plane = plane_of(records, *pair)
            if plane is None:
                continue
            for point in published_points(sources.quoted(row), pair):
                lines.append([label_of(row), *_beside(records, checkpoint_of(row, records), plane, point)])
    header = ("system", "quality, diversity", "published", "measured", "better on both", "quality at equal diversity")
    return markdown(header, lines)


def _beside(records: Sequence[Record], checkpoint: str, plane: Plane, point: tuple[float, float]) -> list[str]:
    places = [place for found in records if (place := point_of(found.scores.get(checkpoint, ()), plane)) is not None]
    means = [aggregate.spread(values) for values in zip(*places, strict=True)]
    measured = ", ".join(number(found.mean) for found in means if found is not None)
    both = sum(plane.is_better(place, point) for place in places)
    gain = aggregate.spread(above_published(records, checkpoint, plane, point))
    shown = f"{signed(gain)}, {gain.count} of {len(records)} seeds" if gain else "not swept that far"
    names = f"{plane.quality}, {plane.diversity}"
    return [names, ", ".join(map(number, point)), measured, f"{both} of {len(places)} seeds", shown]
