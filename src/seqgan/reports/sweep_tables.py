"""A sweep as rows of numbers: CSV for machines, an aligned table and plain sentences for people."""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from io import StringIO
from typing import Any

import numpy as np

from seqgan.reports.sweep_curves import Comparison, Trace, name_of, reading
from seqgan.reports.sweep_points import Point
from seqgan.reports.tables import arrow, text_table

SHARPENING = (
    "A gap is taken where both systems are equally diverse; positive means that the first is better. A lower "
    "temperature alone moves a model along its curve: only a point beyond the curve of maximum likelihood is progress. "
    "Each point is judged by its own 95 % interval, so one in forty lies beyond by chance."
)


def rows(traces: Sequence[Trace], real: Point | None) -> list[dict[str, Any]]:
    """Return one flat row a point: system, seed, model, temperature, top_p, every score with interval, signatures."""
    found = [] if real is None else [{"system": "real text", "seed": None, "along": ""} | _point(real)]
    for trace in traces:
        head = {"system": trace.subject.system, "seed": trace.subject.seed, "along": trace.along}
        found += [head | _point(point) for point in trace.points]
    return found


def _point(point: Point) -> dict[str, Any]:
    row: dict[str, Any] = {"model": point.model, "temperature": point.temperature, "top_p": point.top_p}
    row["impossible"] = point.impossible
    for name, score in point.scores.items():
        low, high = score.interval or (None, None)
        row |= {name: score.value, f"{name}_low": low, f"{name}_high": high, f"{name}_n": score.n}
    return row | {"signatures": [score.signature for score in point.scores.values()]}


def as_csv(traces: Sequence[Trace], real: Point | None) -> str:
    """Return the rows as CSV with a header; signatures stand in one cell, split by blanks around a semicolon."""
    table = rows(traces, real)
    header = [name for name in dict.fromkeys(key for row in table for key in row) if name != "signatures"]
    target = StringIO()
    writer = csv.DictWriter(target, [*header, "signatures"], lineterminator="\n")
    writer.writeheader()
    for row in table:
        writer.writerow(row | {"signatures": " ; ".join(row["signatures"])})
    return target.getvalue()


def text(traces: Sequence[Trace], real: Point | None, found: Sequence[Comparison], notes: Sequence[str]) -> str:
    """Return the table of all points, then what their comparison shows, in plain lines."""
    points = [*([] if real is None else [real]), *(point for trace in traces for point in trace.points)]
    scores = {name: score for point in points for name, score in point.scores.items()}
    header = [
        "",
        "T",
        "top-p",
        *(f"{name_of(name)} {arrow(score.direction)}".rstrip() for name, score in scores.items()),
    ]
    body = [] if real is None else [["real text", None, None, *_values(real, list(scores))]]
    shown: set[str] = set()  # top-p 1 is temperature 1: once is enough
    for trace in traces:
        for point in (point for point in trace.points if point.digest not in shown):
            shown.add(point.digest)
            settings = (f"{point.temperature:g}", f"{point.top_p:g}")
            body.append([trace.subject.label, *settings, *_values(point, list(scores))])
    lines = [text_table(header, body), "", *_infinite(points), *_impossible(traces)]
    lines += [f"- {reading(comparison)}" for comparison in found]
    lines += ["", SHARPENING] if found else []
    return "\n".join([*lines, *notes])


def _values(point: Point, names: Sequence[str]) -> list[float | None]:
    return [point.scores[name].value if name in point.scores else None for name in names]


def _infinite(points: Sequence[Point]) -> list[str]:
    """Say at how many points NLL_test is infinite, and why."""
    worst = max((point.impossible for point in points), default=0.0)
    if not worst:
        return []
    several = sum(math.isinf(point.value("nll_gen")) for point in points)
    return [
        f"NLL_test is infinite at {several} points: top-p leaves tokens out, so up to "
        f"{worst:.1%} of the held-out rows have probability zero there. Such points are in no curve of NLL_test."
    ]


def _impossible(traces: Sequence[Trace]) -> list[str]:
    """Say that NLL_oracle looks at no row that the oracle cannot make, where there are such rows."""
    points = [point for trace in traces for point in trace.points if "nll_oracle" in point.rows]
    worst = max((float(np.isneginf(point.rows["nll_oracle"][:, 0]).mean()) for point in points), default=0.0)
    if not worst:
        return []
    return [
        f"NLL_oracle leaves out rows that the oracle cannot make, up to {worst:.1%} of them here: read it beside the "
        "share of valid rows."
    ]
