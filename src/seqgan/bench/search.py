"""The list of a search: every configuration that was tried, idea by idea, beside its own MLE."""

from __future__ import annotations

from collections.abc import Sequence

from seqgan.bench.cells import label_of, markdown, mean_of
from seqgan.bench.comparisons import OWN, gained, plane_in, verdicts, whole
from seqgan.bench.sharpening import Plane
from seqgan.bench.tables import Row, Sources, Table, checkpoint_of


def listing(table: Table, rows: Sequence[Row], sources: Sources) -> list[str]:
    """Return one line for every configuration, and before them how many there are of how many ideas."""
    plane = plane_in(table, rows, sources)
    if plane is None:
        return []
    tried = [row for row in rows if row.idea]
    ideas = dict.fromkeys(row.idea for row in tried)
    ordered = [row for idea in (*ideas, "") for row in rows if row.idea == idea]
    lines = [[row.idea or "a control", *_line(row, table, sources, plane)] for row in ordered]
    run, controls = sum(bool(sources.of(row.experiment)) for row in tried), len(rows) - len(tried)
    beside = f"{controls} control" if controls == 1 else f"{controls} controls"
    measured = (plane.quality, plane.diversity, "at equal diversity", "whole curve", "label")
    return [
        f"{len(tried)} configurations of {len(ideas)} ideas, {run} of them run, and {beside}.",
        "",
        *markdown(("idea", "configuration", "seeds", *measured), lines),
    ]


def _line(row: Row, table: Table, sources: Sources, plane: Plane) -> list[str]:
    records = sources.of(row.experiment)
    if not records:
        return [label_of(row), "0", sources.absence(row.experiment), "", "", "", ""]
    checkpoint = checkpoint_of(row, records)
    means = [mean_of(records, checkpoint, metric) for metric in (plane.quality, plane.diversity)]
    own = verdicts(row, table, sources, plane).get(OWN)
    compared = [gained(own), whole(own.gaps), own.label] if own else ["", "", ""]
    return [label_of(row), str(len(records)), *means, *compared]
