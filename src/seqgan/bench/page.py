"""The page of results, written from records, tables and published figures alone: the same files give the same text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from seqgan.bench.sharpening import MLE, Plane, Verdict, curve_of, judge, plane_of
from seqgan.bench.tables import Figure, Row, Table, checkpoint_of, expand
from seqgan.progress import clock_time
from seqgan.reports.outcome import checkpoint_name
from seqgan.reports.tables import arrow, number
from seqgan.results import aggregate
from seqgan.results.record import Record
from seqgan.stats.seeds import Spread

INTRODUCTION = """# Results

Made by `seqgan bench report` from the records under `results/` alone; nothing here is typed in by hand. Every system
was trained with each of its seeds; a mean stands with its standard deviation and Student's 95 % interval over seeds.
"Change over its MLE" is paired: over the same seed's own checkpoint after maximum likelihood, the last epoch and the
best on validation. Values of different definitions never stand in one row. Published figures are copied, with their
source, and were not measured here.

Sharpening is no progress: a lower temperature buys quality with diversity, and MLE has that for nothing. So every
adversarial system also stands against the curve of an MLE over temperatures, at equal diversity; a run that is not
better there is labelled "sharpening only". "The table's" is the MLE that the table takes for its control, trained apart
with the same seed; "its own" is the one that the very run started from. Two MLEs of one kind differ by chance, and who
started from the luckier one owes that to no adversary: only "its own" tells what the stage after it did.
How to repeat a row: [experiments](experiments.md).
"""


@dataclass(frozen=True)
class Sources:
    """All that the page is made from: records, published figures and estimated costs, by experiment."""

    records: Sequence[Record]
    published: Mapping[str, Sequence[Figure]]
    estimates: Mapping[str, Mapping[str, Any]]

    def quoted(self, row: Row) -> Sequence[Figure]:
        """Return the published figures that stand in a row."""
        return self.published.get(row.experiment, ()) if row.quoted else ()

    def of(self, experiment: str) -> list[Record]:
        """Return the finished records of an experiment."""
        return aggregate.finished(self.records, experiment)


def page(tables: Sequence[Table], sources: Sources, figures: Mapping[str, str]) -> str:
    """Return the whole page; ``figures`` maps the name of a table to the file of its figure."""
    parts = [INTRODUCTION, _contents(tables)]
    for table in tables:
        parts.append("\n".join(section(table, sources, figures.get(table.name, ""))))
    return "\n".join(parts).rstrip() + "\n"


def _contents(tables: Sequence[Table]) -> str:
    return "".join(f"- [{table.title}](#{_anchor(table.title)})\n" for table in tables)


def _anchor(title: str) -> str:
    kept = "".join(c for c in title.lower() if c.isalnum() or c in " -_")
    return kept.replace(" ", "-")


def section(table: Table, sources: Sources, figure: str) -> list[str]:
    """Return one table with its figure, comparisons, seeds, costs and definitions."""
    rows = expand(table, sources.records)
    lines = [f"## {table.title}", "", *([table.text.strip(), ""] if table.text else [])]
    lines += [*_measured(table, rows, sources), ""]
    if figure:
        lines += [f"![{table.title}: {table.quality} over {table.diversity}]({figure})", ""]
    for title, body in (
        ("Against the sharpened MLE", _sharpening(table, rows, sources)),
        ("Over temperatures", _temperatures(table, rows, sources)),
        ("Seeds, cost and how to repeat", _runs(rows, sources)),
        ("Not run", _not_run(rows, sources)),
        ("Published figures", _published(rows, sources)),
        ("Definitions", _definitions(table, rows, sources)),
    ):
        lines += [f"### {title}", "", *body, ""] if body else []
    return lines


def _label(row: Row) -> str:
    label = row.label or row.experiment
    return f"{label} (trained on other data than the quoted row: {row.data})" if row.data else label


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    body = [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in rows]
    return [f"| {' | '.join(header)} |", "|" + "---|" * len(header), *body] if body else []


def _measured(table: Table, rows: Sequence[Row], sources: Sources) -> list[str]:
    header = ("system", "metric", "published", "mean", "sd", "95 % interval", "seeds", "change over its MLE")
    return _table(header, [line for row in rows for line in _lines(table, row, sources)])


def _lines(table: Table, row: Row, sources: Sources) -> list[list[str]]:
    """Return the lines of one system: one for each metric and definition, or one that says it was not run."""
    records, quoted = sources.of(row.experiment), sources.quoted(row)
    metrics = [*table.metrics, *(figure.metric for figure in quoted if figure.metric not in table.metrics)]
    checkpoint, lines = checkpoint_of(row, records), []
    for metric in metrics:
        shown = "; ".join(number(figure.value) for figure in quoted if figure.metric == metric)
        found = aggregate.summaries(records, checkpoint, metric) if records else []
        for summary in found:
            change = _change(records, checkpoint, metric)
            name = f"{metric} {arrow(summary.direction)}".strip()
            count = f"{summary.spread.count if summary.spread else 0} of {len(summary.values)}"
            lines.append([_label(row), name, shown, *_spread(summary.spread), count, change])
        if not found and shown:
            lines.append([_label(row), metric, shown, "not measured" if records else "not run", "", "", "0", ""])
    return lines or [[_label(row), "", "", "not run", "", "", "0", ""]]


def _spread(found: Spread | None) -> tuple[str, str, str]:
    """Return mean, standard deviation and interval as text."""
    if found is None:
        return "not finite", "", ""
    return number(found.mean), "" if found.sd is None else number(found.sd), _interval(found.interval)


def _interval(found: tuple[float, float] | None) -> str:
    return "" if found is None else f"{number(found[0])} to {number(found[1])}"


def _change(records: Sequence[Record], checkpoint: str, metric: str) -> str:
    """Return the paired change over the same seed's MLE with its interval: over its last epoch and over its best."""
    if checkpoint.startswith("mle") or checkpoint == "last":
        return ""
    parts = []
    for before in ("mle_best",) if checkpoint.endswith("_best") else ("mle_last", "mle_best"):
        found = aggregate.changes(records, checkpoint, before, metric)
        if found is not None:
            interval = "" if found.interval is None else " ({:+.3f} to {:+.3f})".format(*found.interval)
            parts.append(f"{before.removeprefix('mle_')} {found.mean:+.3f}{interval}")
    return "; ".join(parts)


def _sharpening(table: Table, rows: Sequence[Row], sources: Sources) -> list[str]:
    plane = _plane(table, rows, sources)
    if plane is None:
        return []
    lines = []
    for row in rows:
        records = sources.of(row.experiment)
        checkpoint = checkpoint_of(row, records)
        if not records or checkpoint.startswith("mle") or checkpoint == "last":
            continue
        for name, controls in (("the table's", sources.of(table.control)), ("its own", records)):
            if (found := judge(records, checkpoint, controls, plane)).by_seed:
                lines.append([_label(row), name, *_verdict(found)])
    header = ("system", "MLE", f"advantage in {plane.quality}", "95 % interval", "every seed", "whole curves", "label")
    return _table(header, lines)


def _verdict(found: Verdict) -> list[str]:
    each = "; ".join(f"seed {seed}: {_advantage(*values)}" for seed, values in sorted(found.by_seed.items()))
    mean = "" if found.spread is None else f"{found.spread.mean:+.3f}"
    interval = _interval(found.spread.interval) if found.spread else ""
    whole = "" if found.gap is None else f"{found.gap.mean:+.3f} ({_interval(found.gap.intervals['mean'])})"
    return [mean, interval, each, whole.removesuffix(" ()"), found.label]


def _advantage(value: float | None, beats: bool | None) -> str:
    if value is not None:
        return f"{value:+.3f}"
    return {True: "beyond the curve, better", False: "beyond the curve, worse", None: "beyond the curve"}[beats]


def _plane(table: Table, rows: Sequence[Row], sources: Sources) -> Plane | None:
    records = [found for row in rows for found in sources.of(row.experiment)]
    return plane_of(records, table.quality, table.diversity) if table.quality else None


def _temperatures(table: Table, rows: Sequence[Row], sources: Sources) -> list[str]:
    plane = _plane(table, rows, sources)
    if plane is None:
        return []
    places: dict[tuple[str, str], str] = {}
    for row in rows:
        own = checkpoint_of(row, sources.of(row.experiment))
        for checkpoint in MLE if row.experiment == table.control else (own,):
            places.setdefault((row.experiment, checkpoint), row.label or row.experiment)
    lines = []
    for (experiment, checkpoint), label in places.items():
        curves = [curve_of(found, plane, [checkpoint]) for found in sources.of(experiment)]
        for temperature in sorted({point[0] for points in curves for point in points}):
            there = [point[1:] for points in curves for point in points if point[0] == temperature]
            means = [fmean(values) for values in zip(*there, strict=True)]
            shown = [f"{temperature:g}", *map(number, means), str(len(there))]
            lines.append([label, checkpoint_name(checkpoint), *shown])
    return _table(("system", "checkpoint", "temperature", plane.quality, plane.diversity, "seeds"), lines)


def _runs(rows: Sequence[Row], sources: Sources) -> list[str]:
    lines = []
    for row in rows:
        records = sources.of(row.experiment)
        taken = aggregate.cost(records)
        lost, failed = aggregate.failures(sources.records, row.experiment)
        if taken is None:
            continue
        commits = ", ".join(sorted({str(found.environment.get("commit"))[:10] for found in records}))
        seeds = ", ".join(str(found.seed) for found in records)
        amounts = f"{taken.generated_sequences:,.0f} sequences, {taken.reward_calls:,.0f} rewards"
        spent = f"{clock_time(taken.seconds)}; {amounts}"
        failures = f"{lost} seeds given up, {failed} attempts failed"
        command = f"`seqgan bench run experiments/{row.experiment}.toml --seeds {_seeds(records)}`"
        lines.append([_label(row), seeds, failures, spent, "; ".join(taken.devices), commits, command])
    return _table(("system", "seeds", "failures", "a seed took", "machine", "commit", "command"), lines)


def _seeds(records: Sequence[Record]) -> str:
    seeds = sorted(found.seed for found in records)
    return str(len(seeds)) if seeds == list(range(1, len(seeds) + 1)) else ",".join(map(str, seeds))


def _not_run(rows: Sequence[Row], sources: Sources) -> list[str]:
    lines = []
    for row in rows:
        if sources.of(row.experiment):
            continue
        lost, failed = aggregate.failures(sources.records, row.experiment)
        expected = sources.estimates.get(row.experiment, {})
        hours = (
            f"{expected['seconds'] / 3600:.1f} hours a seed on {expected['machine']}" if expected else "not estimated"
        )
        why = f"{lost} seeds given up after {failed} attempts" if lost else row.why or "waits for its turn"
        lines.append([_label(row), why, hours, f"`seqgan bench run experiments/{row.experiment}.toml`"])
    return _table(("system", "reason", "estimated cost", "command"), lines)


def _published(rows: Sequence[Row], sources: Sources) -> list[str]:
    return _table(
        ("system", "metric", "figure", "source", "definition", "note"),
        [
            [row.label or row.experiment, f.metric, number(f.value), f.source, f.definition, f.note]
            for row in rows
            for f in sources.quoted(row)
        ],
    )


def _definitions(table: Table, rows: Sequence[Row], sources: Sources) -> list[str]:
    """Return every definition with its values seed by seed, so that each number of the page can be followed."""
    lines = []
    for row in rows:
        records = sources.of(row.experiment)
        checkpoint = checkpoint_of(row, records)
        for metric in table.metrics:
            for found in aggregate.summaries(records, checkpoint, metric) if records else ():
                each = ", ".join(
                    f"{seed}: {number(value) if value is not None else 'not finite'}"
                    for seed, value in found.values.items()
                )
                lines.append([_label(row), checkpoint_name(checkpoint), metric, each, f"`{found.signature}`"])
    return _table(("system", "checkpoint", "metric", "every seed", "signature"), lines)
