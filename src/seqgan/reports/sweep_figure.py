"""The picture of a sweep: quality against diversity, one panel a plane, every curve with its temperatures."""

from __future__ import annotations

import math
from collections.abc import Sequence
from io import BytesIO
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from seqgan.reports.charts import pretty
from seqgan.reports.sweep_curves import Comparison, Plane, Trace, judgement, name_of
from seqgan.reports.sweep_points import Point

# Okabe and Ito's colours, told apart with every kind of colour blindness; markers and lines differ too.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
MARKERS = ("o", "s", "^", "D", "v", "P")
LINES = ("-", "--", "-.", ":")
_MOST_PER_ROW = 2


def draw(planes: Sequence[Plane], traces: Sequence[Trace], real: Point | None) -> Figure:
    """Return the figure: one panel a plane, real text as a star, an arrow to the better corner."""
    across = min(len(planes), _MOST_PER_ROW)
    down = math.ceil(len(planes) / across)
    figure = Figure(figsize=(4.9 * across + 0.4, 3.9 * down + 0.7), layout="constrained")
    panels = figure.subplots(down, across, squeeze=False).ravel()
    for panel, plane in zip(panels, planes, strict=False):
        _panel(panel, plane, traces, real)
    for panel in panels[len(planes) :]:
        panel.set_axis_off()
    entries: dict[str, Any] = {}
    for panel in panels:
        for handle, label in zip(*panel.get_legend_handles_labels(), strict=True):
            entries.setdefault(label, handle)
    figure.legend(
        entries.values(), entries.keys(), loc="outside lower center", ncols=min(3, len(entries) or 1), frameon=False
    )
    return figure


def _panel(panel: Axes, plane: Plane, traces: Sequence[Trace], real: Point | None) -> None:
    styles = {name: rank for rank, name in enumerate(dict.fromkeys(trace.subject.system for trace in traces))}
    named: set[tuple[str, str]] = set()
    for trace in traces:
        kind = (trace.subject.system, trace.along)
        _curve(panel, plane, trace.on(plane), styles[trace.subject.system], first=kind not in named)
        named.add(kind)
    if real is not None and all(math.isfinite(real.value(name)) for name in (plane.quality, plane.diversity)):
        place = real.value(plane.diversity), real.value(plane.quality)
        panel.plot(*place, "*", color="black", markersize=14, linestyle="none", label="real text", zorder=1.8)
    panel.set_xlabel(f"{name_of(plane.diversity)}, {_better(plane.higher_diversity)} is more diverse")
    panel.set_ylabel(f"{pretty(plane.quality)}, {_better(plane.higher_quality)} is better")
    panel.set_title(f"{plane.title} ({_corner(plane)} is better)", fontsize=11)
    panel.grid(color="#e4e7eb", linewidth=0.6)
    panel.set_axisbelow(True)
    panel.spines[["top", "right"]].set_visible(False)
    panel.margins(0.09)


def _curve(panel: Axes, plane: Plane, trace: Trace, rank: int, first: bool) -> None:
    points = trace.points
    if not points:
        return
    across = [point.value(plane.diversity) for point in points]
    up = [point.value(plane.quality) for point in points]
    colour, warm = COLOURS[rank % len(COLOURS)], trace.along == "temperature"
    label = f"{trace.subject.system}{'' if warm else ', top-p'}" if first else "_nolegend_"
    panel.errorbar(
        *(across, up, _whiskers(points, plane.quality), _whiskers(points, plane.diversity)),
        color=colour,
        marker=MARKERS[rank % len(MARKERS)],
        markersize=4.5,
        markerfacecolor=colour if warm else "white",
        linestyle=LINES[rank % len(LINES)],
        linewidth=1.4,
        elinewidth=0.7,
        label=label,
    )
    if first:
        side = 1 if rank % 2 == 0 else -1
        for x, y, setting in zip(across, up, trace.settings(), strict=True):
            text = f"{setting:g}" if warm else f"p={setting:g}"
            offset = (5 * side, -9 if side > 0 else 4)
            panel.annotate(text, (x, y), offset, textcoords="offset points", fontsize=7, color=colour, ha=_anchor(side))


def _anchor(side: int) -> str:
    return "left" if side > 0 else "right"


def _whiskers(points: Sequence[Point], name: str) -> list[list[float]]:
    """Return how far the interval of each point reaches below and above its value, (2, P)."""
    below, above = [], []
    for point in points:
        score = point.scores[name]
        low, high = score.interval or (score.value, score.value)
        below.append(max(0.0, score.value - low))
        above.append(max(0.0, high - score.value))
    return [below, above]


def _better(higher: bool) -> str:
    return "higher" if higher else "lower"


def _corner(plane: Plane) -> str:
    """Return an arrow to the corner where both numbers are better."""
    return {(True, True): "↗", (True, False): "↖", (False, True): "↘", (False, False): "↙"}[
        plane.higher_quality, plane.higher_diversity
    ]


def as_bytes(figure: Figure, form: str, alt: str) -> bytes:
    """Return the figure as "png" or "svg", ``alt`` as its description; the same figure gives the same bytes."""
    target = BytesIO()
    facts = {"Description": alt, ("Date" if form == "svg" else "Software"): None}
    with matplotlib.rc_context({"svg.hashsalt": "sweep", "svg.fonttype": "none"}):
        figure.savefig(target, format=form, dpi=96, metadata=facts)
    return target.getvalue()


def alt_text(planes: Sequence[Plane], traces: Sequence[Trace], real: Point | None, found: Sequence[Comparison]) -> str:
    """Return the figure in words for those who do not see it."""
    sentences = []
    for plane in planes:
        sentences.append(f"{plane.title}, one curve a system.")
        for trace in traces:
            points = trace.on(plane).points
            if points:
                name, ends = trace.along.replace("_", "-"), [points[0], *points[1:][-1:]]
                spans = " to ".join(f"{getattr(end, trace.along):g} ({_numbers(end, plane)})" for end in ends)
                sentences.append(f"{trace.subject.label}: {name} {spans}.")
        if real is not None and math.isfinite(real.value(plane.quality) + real.value(plane.diversity)):
            sentences.append(f"Real text: {_numbers(real, plane)}.")
    for comparison in found:
        if comparison.gap is not None:
            names = f"{comparison.first} against {comparison.second}, {comparison.along.replace('_', '-')} curves"
            gap = f"{judgement(comparison.gap)}, {comparison.gap.mean:+.4f} on average at equal diversity"
            sentences.append(f"{comparison.plane.title}, {names}: {gap}.")
    return " ".join(sentences)


def _numbers(point: Point, plane: Plane) -> str:
    quality, diversity = point.value(plane.quality), point.value(plane.diversity)
    return f"{pretty(plane.quality)} {quality:.3f}, {name_of(plane.diversity)} {diversity:.3f}"
