"""The chart of a leaderboard: every result on its day, and the line of records, upwards or downwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from seqgan.board.charts.frame import Frame, axis, day, dot, grid, names, path, svg, years


def timeline(points: Sequence[Mapping[str, Any]], metric: str, direction: str) -> Markup:
    """Return results over time; ``points`` have date, number, raw, model, permalink, record."""
    if not points:
        return Markup("")
    days = [day(point["date"]) for point in points]
    margin = max(30.0, 0.04 * (max(days) - min(days)))
    frame = Frame(axis([point["number"] for point in points]), min(days) - margin, max(days) + margin)
    placed = [(frame.x(when), frame.y(point["number"]), point) for when, point in zip(days, points, strict=True)]
    kept = [(x, y, point) for x, y, point in placed if point["record"]]
    parts = [
        grid(frame, years(frame.low, frame.high)),
        path(_steps(kept, frame), "record-line"),
        *(_dot(*one) for one in placed if not one[2]["record"]),
        *(_dot(*one) for one in kept),
        names(frame, [(x, y, point["model"]) for x, y, point in reversed(kept)]),
    ]
    return svg(frame, "timeline", f"{metric} over time", _described(kept, metric, direction), parts)


def _steps(kept: Sequence[tuple[float, float, Mapping[str, Any]]], frame: Frame) -> list[tuple[float, float]]:
    """Return the corners of the line of records: level until the next record, then up or down to it."""
    corners: list[tuple[float, float]] = []
    for x, y, _ in kept:
        if corners:
            corners.append((x, corners[-1][1]))
        corners.append((x, y))
    return [*corners, (frame.width - frame.right, corners[-1][1])] if corners else []


def _dot(x: float, y: float, point: Mapping[str, Any]) -> Markup:
    words = f"{point['model']}: {point['raw']} ({point['date']})"
    kind = "record" if point["record"] else "other"
    return dot(x, y, kind, f"/result/{point['permalink']}", words, 5 if point["record"] else 3.5)


def _described(kept: Sequence[tuple[float, float, Mapping[str, Any]]], metric: str, direction: str) -> str:
    words = {"higher": "higher is better", "lower": "lower is better"}.get(direction, "direction unknown")
    told = "; ".join(f"{point['date']} {point['model']} {point['raw']}" for _, _, point in kept)
    return f"{metric} over time, {words}. Records: {told}."


def sparkline(points: Sequence[Mapping[str, Any]]) -> Markup:
    """Return the line of records alone, small, for a card; nothing where there is a single record."""
    kept = [(day(point["date"]), point["number"]) for point in points if point["record"]]
    if len({when for when, _ in kept}) < 2:
        return Markup("")
    numbers = [number for _, number in kept]
    low, high = min(numbers), max(numbers)
    first, last = kept[0][0], kept[-1][0]
    corners: list[tuple[float, float]] = []
    for when, number in kept:
        x = round(3 + 114 * (when - first) / (last - first), 1)
        y = round(5 + 26 * (high - number) / ((high - low) or 1.0), 1)
        if corners:
            corners.append((x, corners[-1][1]))
        corners.append((x, y))
    end = Markup('<circle cx="{}" cy="{}" r="3"/>').format(*corners[-1])
    return Markup('<svg class="spark" viewBox="0 0 120 36" aria-hidden="true">{}{}</svg>').format(
        path(corners, "record-line"), end
    )
