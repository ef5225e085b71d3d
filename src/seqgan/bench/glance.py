"""A table of the results in short, one line a system: both metrics of its plane, and its stand to a sharpened MLE."""

from __future__ import annotations

from seqgan.bench.cells import label_of, markdown, mean_of
from seqgan.bench.comparisons import OWN, TABLES, gained, plane_in, starts_from, verdicts
from seqgan.bench.sharpening import Plane
from seqgan.bench.tables import Row, Sources, Table, checkpoint_of, expand
from seqgan.records import NGRAM
from seqgan.reports.tables import arrow, number


def glance(table: Table, sources: Sources) -> list[str]:
    """Return the lines of the short table, none where no record has both metrics; a row without an end says so."""
    rows = expand(table, sources.experiments)
    plane = plane_in(table, rows, sources)
    if plane is None:
        return []
    names = (plane.quality, plane.diversity)
    shown = [f"{name} {arrow('higher' if up else 'lower')}" for name, up in zip(names, _ways(plane), strict=True)]
    beside = [f"better than {whose} MLE at equal {names[1]}" for whose in (TABLES, OWN)]
    header = ("system", f"{names[0]}, published", *shown, *beside, "seeds")
    return markdown(header, [_line(table, row, sources, plane) for row in rows])


def _ways(plane: Plane) -> tuple[bool, bool]:
    return plane.higher_quality, plane.higher_diversity


def _line(table: Table, row: Row, sources: Sources, plane: Plane) -> list[str]:
    records = sources.of(row.experiment)
    quoted = next((number(figure.value) for figure in sources.quoted(row) if figure.metric == plane.quality), "")
    if not records:
        return [label_of(row), quoted, sources.absence(row.experiment), "", "", "", "0"]
    checkpoint = checkpoint_of(row, records)
    means = [mean_of(records, checkpoint, name) for name in (plane.quality, plane.diversity)]
    stands = [gained(found) for found in verdicts(row, table, sources, plane).values()] or ["", ""]
    if stands[0] and row.checkpoint != NGRAM and starts_from(row, table, sources):
        stands[1] = "the same MLE"
    return [label_of(row), quoted, *means, *stands, str(len(records))]
