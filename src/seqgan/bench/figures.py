"""Figures of the page of results: quality over diversity, each system beside the curve of MLE over temperatures."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from seqgan.bench.sharpening import MLE, Plane, curve_of, plane_of, point_of
from seqgan.bench.tables import Figure, Row, Sources, Table, checkpoint_of, expand, published_points
from seqgan.reports.tables import arrow
from seqgan.results.record import Record
from seqgan.runs.files import replace

COLOURS = ("#1d4ed8", "#b45309", "#047857", "#be123c", "#6d28d9", "#0e7490", "#4d7c0f", "#9d174d", "#475569", "#a16207")
MARKS = "osD^v<>Phd"


def draw(table: Table, sources: Sources) -> bytes | None:
    """Return the figure of a table as SVG, the same bytes for the same records; None where there is nothing to draw.

    The grey lines are the MLE of the control over temperatures, one a seed; a mark is a run at temperature 1, a thin
    line of its colour its own curve over temperatures.
    """
    if table.search:
        return None
    rows = [row for row in expand(table, sources.experiments) if sources.of(row.experiment)]
    records = [found for row in rows for found in sources.of(row.experiment)]
    plane = plane_of(records, table.quality, table.diversity) if table.quality else None
    if plane is None:
        return None
    figure, axis = _canvas()
    for found in sources.of(table.control):
        _line(axis, curve_of(found, plane, MLE), color="#94a3b8", linewidth=1.2, zorder=1)
    for number, row in enumerate(rows):
        _system(axis, number, row, sources.of(row.experiment), plane)
        _quoted(axis, number, row, sources.quoted(row), plane)
    _finish(axis, plane, bool(sources.of(table.control)))
    return svg(figure, f"results {table.name}")


def _canvas() -> tuple[Any, Any]:
    import matplotlib

    matplotlib.use("svg")
    from matplotlib import pyplot

    figure, axis = pyplot.subplots(figsize=(8, 4.6))
    return figure, axis


def _line(axis: Any, points: Sequence[tuple[float, float, float]], **style: Any) -> None:
    if len(points) > 1:
        axis.plot([diversity for _, _, diversity in points], [quality for _, quality, _ in points], **style)


def _system(axis: Any, number: int, row: Row, records: Sequence[Record], plane: Plane) -> None:
    checkpoint = checkpoint_of(row, records)
    colour, mark = COLOURS[number % len(COLOURS)], MARKS[number // len(COLOURS) % len(MARKS)]
    places = [point_of(found.scores.get(checkpoint, ()), plane) for found in records]
    points = [place for place in places if place is not None]
    label = row.label or row.experiment
    axis.scatter(
        [diversity for _, diversity in points],
        [quality for quality, _ in points],
        s=26,
        color=colour,
        marker=mark,
        label=label,
        zorder=3,
    )
    for found in records:
        if not checkpoint.startswith("mle"):
            _line(axis, curve_of(found, plane, [checkpoint]), color=colour, linewidth=0.7, alpha=0.6, zorder=2)


def _quoted(axis: Any, number: int, row: Row, figures: Sequence[Figure], plane: Plane) -> None:
    """Mark the published points of a row; both numbers of one are from one source."""
    found = published_points(figures, (plane.quality, plane.diversity))
    if found:
        quality, diversity = zip(*found, strict=True)
        label = f"{row.label or row.experiment}, published"
        axis.scatter(diversity, quality, s=50, marker="x", color=COLOURS[number % len(COLOURS)], label=label, zorder=3)


def _finish(axis: Any, plane: Plane, controlled: bool) -> None:
    for name, better, label in (
        (plane.diversity, plane.higher_diversity, axis.set_xlabel),
        (plane.quality, plane.higher_quality, axis.set_ylabel),
    ):
        label(f"{name} {arrow('higher' if better else 'lower')}")
    if controlled:
        axis.plot([], [], color="#94a3b8", linewidth=1.2, label="MLE over temperatures, one line a seed")
    axis.spines[["top", "right"]].set_visible(False)
    axis.legend(frameon=False, fontsize=8, loc="center left", bbox_to_anchor=(1.01, 0.5))


def svg(figure: Any, salt: str) -> bytes:
    """Return a figure as SVG without a date, its text as text, its names from ``salt``; the figure is closed."""
    import matplotlib
    from matplotlib import pyplot

    with matplotlib.rc_context({"svg.hashsalt": salt, "svg.fonttype": "none"}):
        figure.tight_layout()
        data = io.BytesIO()
        figure.savefig(data, format="svg", metadata={"Date": None})
    pyplot.close(figure)
    lines = data.getvalue().decode().splitlines()
    return ("\n".join(line.rstrip() for line in lines) + "\n").encode()


def write(tables: Sequence[Table], sources: Sources, folder: Path) -> dict[str, str]:
    """Write ``results-<table>.svg`` into ``folder`` for every table that has something to draw; return name -> file."""
    found = {}
    for table in tables:
        data = draw(table, sources)
        if data is not None:
            folder.mkdir(parents=True, exist_ok=True)
            found[table.name] = f"results-{table.name}.svg"
            replace(folder / found[table.name], data)
    return found
