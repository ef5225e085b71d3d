"""Two metrics against each other, as quality and diversity, with the Pareto front."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from seqgan.board.charts.frame import Frame, axis, dot, grid, path, short, svg

WAYS = {"higher": "higher is better", "lower": "lower is better", "unknown": "direction unknown"}


def plane(data: Mapping[str, Any]) -> Markup:
    """Return the plot of ``x`` and ``y`` (name, direction) with ``points`` (x, y, model, permalink, front)."""
    points = data["points"]
    across = axis([point["x"] for point in points])
    frame = Frame(axis([point["y"] for point in points]), across.low, across.high, height=380, bottom=58)
    kept = sorted((point for point in points if point["front"]), key=lambda point: (point["x"], point["y"]))
    parts = [
        grid(frame, [(tick, short(tick)) for tick in across.ticks]),
        _axis_names(frame, data),
        path([(frame.x(point["x"]), frame.y(point["y"])) for point in kept], "front-line"),
        *(_dot(frame, point, data) for point in points),
        *(_name(frame, point) for point in points),
    ]
    best = ", ".join(point["model"] for point in kept)
    words = f"{data['y']['name']} against {data['x']['name']}. On the Pareto front: {best}."
    return svg(frame, "plane", f"{data['x']['name']} and {data['y']['name']}", words, parts)


def _axis_names(frame: Frame, data: Mapping[str, Any]) -> Markup:
    x, y = data["x"], data["y"]
    middle = (frame.left + frame.width - frame.right) / 2
    return Markup(
        '<text class="axis" x="{}" y="{}">{} ({})</text><text class="axis up" x="{}" y="13">{} ({})</text>'
    ).format(
        middle, frame.height - 8, x["name"], WAYS[x["direction"]], frame.left - 50, y["name"], WAYS[y["direction"]]
    )


def _dot(frame: Frame, point: Mapping[str, Any], data: Mapping[str, Any]) -> Markup:
    words = f"{point['model']}: {data['x']['name']} {short(point['x'])}, {data['y']['name']} {short(point['y'])}"
    kind = "front" if point["front"] else "other"
    return dot(frame.x(point["x"]), frame.y(point["y"]), kind, f"/result/{point['permalink']}", words, 5)


def _name(frame: Frame, point: Mapping[str, Any]) -> Markup:
    x, y = frame.x(point["x"]), frame.y(point["y"])
    name = point["model"] if len(point["model"]) <= 24 else point["model"][:23] + "…"
    side = "name right" if x > frame.width * 0.75 else "name"
    return Markup('<text class="{}" x="{}" y="{}">{}</text>').format(
        side, x - 8 if "right" in side else x + 8, y - 7, name
    )
