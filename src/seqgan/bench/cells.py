"""Cells and tables of the page of results."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from seqgan.bench.tables import Row
from seqgan.reports.tables import number
from seqgan.results import aggregate
from seqgan.results.record import Record
from seqgan.stats.seeds import Spread


def markdown(header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return the lines of a Markdown table, none where there are no rows."""
    body = [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in rows]
    return [f"| {' | '.join(header)} |", "|" + "---|" * len(header), *body] if body else []


def label_of(row: Row) -> str:
    """Return what a system is called in the first column, with the data it was trained on where they differ."""
    label = row.label or row.experiment
    return f"{label} (trained on other data than the quoted row: {row.data})" if row.data else label


def interval_text(found: tuple[float, float] | None) -> str:
    """Return "low to high", nothing without an interval."""
    return "" if found is None else f"{number(found[0])} to {number(found[1])}"


def signed(found: Spread | None) -> str:
    """Return "+mean (low to high)" of differences, nothing where there is none."""
    if found is None:
        return ""
    return f"{found.mean:+.3f}" + ("" if found.interval is None else " ({:+.3f} to {:+.3f})".format(*found.interval))


def mean_of(records: Sequence[Record], checkpoint: str, metric: str) -> str:
    """Return the mean over the seeds of the definition that most of them have, nothing where it was not measured."""
    found = aggregate.summaries(records, checkpoint, metric)
    return number(found[0].spread.mean) if found and found[0].spread else ""
