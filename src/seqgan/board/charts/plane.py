"""Two metrics against each other, as quality and diversity, with the Pareto front."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from seqgan.board.charts.frame import Frame, axis, dot, grid, names, path, short, svg

WAYS = {"higher": "higher is better", "lower": "lower is better", "unknown": "direction unknown"}


def plane(data: Mapping[str, Any]) -> Markup:
    """Return the plot of ``x`` and ``y`` (name, direction) with ``points`` (x, y, model, permalink, front, ranked)."""
    points = data["points"]
    across = axis([point["x"] for point in points])
    frame = Frame(axis([point["y"] for point in points]), across.low, across.high, height=390, top=34, bottom=58)
    kept = sorted((point for point in points if point["front"]), key=lambda point: (point["x"], point["y"]))
    twice = Counter(point["model"] for point in points)
    named = sorted(points, key=lambda point: not point["front"])
    parts = [
        grid(frame, [(tick, short(tick)) for tick in across.ticks]),
        _axis_names(frame, data),
        path([(frame.x(point["x"]), frame.y(point["y"])) for point in kept], "front-line"),
        *(_dot(frame, point, data) for point in points),
        names(frame, [(frame.x(point["x"]), frame.y(point["y"]), _name(point, twice)) for point in named]),
    ]
    best = ", ".join(point["model"] for point in kept)
    words = f"{data['y']['name']} against {data['x']['name']}. On the Pareto front: {best or 'nothing'}."
    return svg(frame, "plane", f"{data['x']['name']} and {data['y']['name']}", words, parts)


def _name(point: Mapping[str, Any], twice: Mapping[str, int]) -> str:
    """Return what a point is called: the model, and its variant where the model stands there more than once."""
    return f"{point['model']}, {point['variant']}" if point["variant"] and twice[point["model"]] > 1 else point["model"]


def _axis_names(frame: Frame, data: Mapping[str, Any]) -> Markup:
    x, y = data["x"], data["y"]
    middle = (frame.left + frame.width - frame.right) / 2
    return Markup(
        '<text class="axis" x="{}" y="{}">{} ({})</text><text class="axis up" x="{}" y="14">{} ({})</text>'
    ).format(
        middle, frame.height - 8, x["name"], WAYS[x["direction"]], frame.left - 50, y["name"], WAYS[y["direction"]]
    )


def _dot(frame: Frame, point: Mapping[str, Any], data: Mapping[str, Any]) -> Markup:
    who = f"{point['model']} {point['variant']}".strip()
    words = f"{who}: {data['x']['name']} {short(point['x'])}, {data['y']['name']} {short(point['y'])}"
    kind = "front" if point["front"] else "other" if point.get("ranked", True) else "beside"
    return dot(frame.x(point["x"]), frame.y(point["y"]), kind, f"/result/{point['permalink']}", words, 5)
