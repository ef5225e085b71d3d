"""Line charts as inline SVG: coloured by the page's own style sheet, readable without colour, described in words."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from markupsafe import Markup, escape

from seqgan.reports.curves import Panel, Point, Stage
from seqgan.reports.tables import number

Item = TypeVar("Item")

WIDTH, HEIGHT = 640, 300
LEFT, RIGHT, TOP, BOTTOM = 56, 132, 30, 40
COLOURS = 7
_MOST_POINTS = 400
_PRETTY = {
    "valid_nll": "NLL, validation",
    "nll_gen": "NLL_gen",
    "nll_oracle": "NLL_oracle",
    "batch_uniqueness": "… in a batch",
    "discriminator_accuracy": "accuracy",
    "valid_real": "new real rows",
    "train_real": "training rows",
    "policy_gradient_loss": "loss",
    "discriminator_loss": "loss",
    "reward_variance": "variance",
}
_LABEL_GAP = 15.0


@dataclass(frozen=True)
class Scale:
    """The vertical axis: from ``low`` to ``high`` with its ticks."""

    low: float
    high: float
    ticks: tuple[float, ...]

    def place(self, value: float) -> float:
        """Return the vertical pixel of a value."""
        return TOP + (HEIGHT - TOP - BOTTOM) * (self.high - value) / (self.high - self.low)


def scale(values: Sequence[float], share: bool) -> Scale:
    """Return an axis with round ticks around ``values``; shares never leave [0, 1]."""
    low, high = min(values), max(values)
    within = share and low >= 0 and high <= 1
    if high - low < 1e-9 * max(1.0, abs(high)):
        margin = 0.05 * max(abs(low), abs(high), 0.1)
        low, high = low - margin, high + margin
    if within:
        low, high = max(low, 0.0), min(high, 1.0)
    step = _round_step((high - low) / 4)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    ticks = tuple(round(index * step, 12) for index in range(first, max(last, first + 1) + 1))
    if within and ticks[-1] > 1:
        ticks = (*(tick for tick in ticks if tick < 1), 1.0)
    return Scale(ticks[0], ticks[-1], ticks)


def _round_step(rough: float) -> float:
    power = 10.0 ** math.floor(math.log10(rough))
    return float(next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= rough * 0.999))


def line_chart(panel: Panel, curves: Mapping[str, list[Point]], stages: Sequence[Stage], identity: str) -> Markup:
    """Return the chart of one panel as SVG with a title and a description for those who do not see it."""
    by_phase = {stage.phase: stage for stage in stages}
    values = [point.value for points in curves.values() for point in points]
    axis = scale([*values, panel.level] if panel.level is not None else values, panel.share)
    parts = [
        Markup('<svg class="chart" viewBox="0 0 {} {}" role="img" aria-labelledby="{}-t {}-d">').format(
            WIDTH, HEIGHT, identity, identity
        ),
        Markup('<title id="{}-t">{}</title>').format(identity, panel.title),
        Markup('<desc id="{}-d">{}</desc>').format(identity, describe(panel, curves, stages)),
        _bands(stages),
        _grid(axis),
        _level(panel, axis),
    ]
    marks = [
        _curve(rank, [(_x(by_phase[p.phase].place(p.step)), axis.place(p.value)) for p in points])
        for rank, points in enumerate(curves.values())
    ]
    parts += [*marks, _labels(curves, axis, by_phase), Markup("</svg>")]
    return Markup("\n").join(parts)


def describe(panel: Panel, curves: Mapping[str, list[Point]], stages: Sequence[Stage]) -> str:
    """Return the chart in words: where each curve begins and ends, stage by stage."""
    sentences = [f"Line chart, {panel.unit}." if panel.unit else "Line chart."]
    labels = {stage.phase: stage.label for stage in stages}
    for name, points in curves.items():
        spans = []
        for phase, label in labels.items():
            inside = [point.value for point in points if point.phase == phase]
            if inside:
                spans.append(f"in the stage {label} from {number(inside[0])} to {number(inside[-1])}")
        sentences.append(f"{pretty(name)}: {'; '.join(spans)}.")
    return " ".join(sentences)


def pretty(name: str) -> str:
    """Return a journal's name as a person writes it."""
    if name in _PRETTY:
        return _PRETTY[name]
    words = name.replace("self_bleu", "self-BLEU").replace("bleu", "BLEU").replace("_", " ")
    return words.replace("BLEU ", "BLEU-").replace("distinct ", "distinct-")


def _x(share: float) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * share


def _bands(stages: Sequence[Stage]) -> Markup:
    parts = []
    for stage in stages:
        left, right = _x(stage.left), _x(stage.left + stage.width)
        parts.append(
            Markup('<rect class="band {}" x="{:.1f}" y="{}" width="{:.1f}" height="{}"/>').format(
                "before" if stage.phase.startswith("pretrain") else "main",
                left,
                TOP,
                right - left,
                HEIGHT - TOP - BOTTOM,
            )
        )
        middle = (left + right) / 2
        parts.append(Markup('<text class="stage" x="{:.1f}" y="{}">{}</text>').format(middle, TOP - 10, stage.label))
        parts.append(
            Markup('<text class="tick mid" x="{:.1f}" y="{}">{}</text>').format(right, HEIGHT - 22, stage.steps)
        )
    parts.append(Markup('<text class="tick mid" x="{}" y="{}">0</text>').format(LEFT, HEIGHT - 22))
    middle = (LEFT + WIDTH - RIGHT) / 2
    parts.append(Markup('<text class="tick mid" x="{}" y="{}">steps of each stage</text>').format(middle, HEIGHT - 5))
    return Markup("\n").join(parts)


def _grid(axis: Scale) -> Markup:
    digits = max(0, -math.floor(math.log10(axis.ticks[1] - axis.ticks[0]) + 1e-9))
    if any(abs(tick * 10**digits - round(tick * 10**digits)) > 1e-6 for tick in axis.ticks):
        digits += 1
    parts = [
        Markup(
            '<line class="grid" x1="{}" x2="{}" y1="{y:.1f}" y2="{y:.1f}"/>'
            '<text class="tick end" x="{}" y="{:.1f}">{}</text>'
        ).format(LEFT, WIDTH - RIGHT, LEFT - 8, axis.place(tick) + 4, f"{tick:,.{digits}f}", y=axis.place(tick))
        for tick in axis.ticks
    ]
    return Markup("\n").join(parts)


def _level(panel: Panel, axis: Scale) -> Markup:
    if panel.level is None:
        return Markup("")
    return Markup(
        '<line class="level" x1="{}" x2="{}" y1="{y:.1f}" y2="{y:.1f}"/><text class="tick" x="{}" y="{:.1f}">{}</text>'
    ).format(LEFT, WIDTH - RIGHT, LEFT + 6, axis.place(panel.level) - 5, panel.level_label, y=axis.place(panel.level))


def _curve(rank: int, places: Sequence[tuple[float, float]]) -> Markup:
    kept = thin(places)
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in kept)
    line = Markup('<polyline class="line c{}" points="{}"/>').format(rank % COLOURS, path)
    if len(kept) > 40:
        return line
    dots = Markup("").join(
        Markup('<circle class="dot c{}" cx="{:.1f}" cy="{:.1f}" r="2.2"/>').format(rank % COLOURS, x, y)
        for x, y in kept
    )
    return line + dots


def thin(items: Sequence[Item], most: int = _MOST_POINTS) -> list[Item]:
    """Return at most ``most`` + 1 of the items, evenly chosen, the last one always."""
    if len(items) <= most:
        return list(items)
    stride = math.ceil(len(items) / most)
    return [*items[:-1:stride], items[-1]]


def _labels(curves: Mapping[str, list[Point]], axis: Scale, by_phase: Mapping[str, Stage]) -> Markup:
    """Name every curve at its end, moved apart where ends are close."""
    ends = sorted((axis.place(points[-1].value), rank, name) for rank, (name, points) in enumerate(curves.items()))
    heights: list[float] = []
    for end, _, _ in ends:
        heights.append(max(end, heights[-1] + _LABEL_GAP) if heights else end)
    over = max(0.0, heights[-1] - (HEIGHT - BOTTOM)) if heights else 0.0
    parts = []
    for (end, rank, name), height in zip(ends, heights, strict=True):
        last = curves[name][-1]
        x = _x(by_phase[last.phase].place(last.step))
        parts.append(
            Markup(
                '<line class="lead c{c}" x1="{:.1f}" y1="{:.1f}" x2="{}" y2="{:.1f}"/>'
                '<text class="name c{c}" x="{}" y="{:.1f}">{}</text>'
            ).format(
                x,
                end,
                WIDTH - RIGHT + 6,
                height - over,
                WIDTH - RIGHT + 9,
                height - over + 4,
                escape(pretty(name)),
                c=rank % COLOURS,
            )
        )
    return Markup("\n").join(parts)
