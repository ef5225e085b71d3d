"""The frame of a chart: where numbers and days lie, the grid, the words beside the axes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from seqgan.reports.charts import Scale, scale

_LETTER, _LINE = 6.8, 16.0  # of a name, in SVG units
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Frame:
    """A drawing area in SVG units with margins; ``low``/``high`` are the data at its left and right edge."""

    scale: Scale
    low: float
    high: float
    width: int = 760
    height: int = 320
    left: int = 58
    right: int = 24
    top: int = 20
    bottom: int = 40

    def x(self, value: float) -> float:
        """Return the horizontal place of a value."""
        span = (self.high - self.low) or 1.0
        return round(self.left + (self.width - self.left - self.right) * (value - self.low) / span, 1)

    def y(self, value: float) -> float:
        """Return the vertical place of a value."""
        span = self.scale.high - self.scale.low
        return round(self.top + (self.height - self.top - self.bottom) * (self.scale.high - value) / span, 1)


def axis(numbers: Sequence[float]) -> Scale:
    """Return an axis with round ticks around some numbers."""
    return scale(numbers, share=False)


def svg(frame: Frame, kind: str, title: str, description: str, parts: Iterable[Markup]) -> Markup:
    """Return a whole drawing with its title and its description for those who do not see it."""
    inner = Markup("\n").join(part for part in parts if part)
    return Markup(
        '<svg class="chart {}" viewBox="0 0 {} {}" role="group" aria-label="{}">\n<desc>{}</desc>\n{}\n</svg>'
    ).format(kind, frame.width, frame.height, title, description, inner)


def grid(frame: Frame, ticks: Iterable[tuple[float, str]]) -> Markup:
    """Return the horizontal lines with their numbers and the words under the horizontal axis."""
    right = frame.width - frame.right
    foot = frame.height - frame.bottom
    parts = [
        Markup(
            '<line class="grid" x1="{0}" x2="{1}" y1="{2}" y2="{2}"/><text class="tick" x="{3}" y="{4}">{5}</text>'
        ).format(frame.left, right, frame.y(tick), frame.left - 8, frame.y(tick) + 4, short(tick))
        for tick in frame.scale.ticks
    ]
    parts += [
        Markup('<text class="tick under" x="{}" y="{}">{}</text>').format(frame.x(place), foot + 20, words)
        for place, words in ticks
    ]
    return Markup("").join(parts)


def dot(x: float, y: float, classes: str, link: str, words: str, radius: float = 4) -> Markup:
    """Return a point that is a link with its words as tooltip; keyboards reach it."""
    return Markup(
        '<a class="dot {}" href="{}" data-tip="{}" aria-label="{}"><circle cx="{}" cy="{}" r="{}"/></a>'
    ).format(classes, link, words, words, x, y, radius)


def path(points: Sequence[tuple[float, float]], classes: str) -> Markup:
    """Return a line through points."""
    if len(points) < 2:
        return Markup("")
    return Markup('<path class="{}" d="{}"/>').format(classes, "M" + " L".join(f"{x} {y}" for x, y in points))


def names(frame: Frame, points: Sequence[tuple[float, float, str]]) -> Markup:
    """Return the names of points (x, y, name) beside them, the first of them first, as many as find room."""
    taken: list[Box] = []
    parts = []
    for x, y, name in points:
        text = name if len(name) <= 26 else name[:25] + "…"
        width = _LETTER * len(text)
        left = min(max(x - width / 2, frame.left), frame.width - frame.right - width)
        for top in (y - 24, y + 9):
            box = (left, top, left + width, top + _LINE)
            inside = top > 2 and top + _LINE < frame.height - frame.bottom + 4
            if inside and not any(_overlap(box, other) for other in taken):
                taken.append(box)
                label = Markup('<text class="name" x="{}" y="{}">{}</text>')
                parts.append(label.format(round(left, 1), round(top + 12, 1), text))
                break
    return Markup("").join(parts)


def _overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def short(value: float) -> str:
    """Return a number as an axis writes it."""
    for size, letter in ((1e9, "B"), (1e6, "M"), (1e4, "k")):
        if abs(value) >= size:
            return f"{value / (1e3 if letter == 'k' else size):g}{letter}"
    return f"{value:.6g}"


def day(text: str) -> float:
    """Return a date YYYY-MM-DD as a number of days; one that does not exist counts as the first of its month."""
    year, month, number = (int(part) for part in text[:10].split("-"))
    try:
        return float(date(year, month, number).toordinal())
    except ValueError:
        return float(date(year, month, 1).toordinal())


def years(low: float, high: float) -> list[tuple[float, str]]:
    """Return the ticks of a time axis: years, or months where it is short."""
    first, last = date.fromordinal(int(low)), date.fromordinal(int(high))
    if last.year - first.year < 2:
        step = max(1, ((last.year - first.year) * 12 + last.month - first.month) // 5)
        months = range(first.year * 12 + first.month, last.year * 12 + last.month, step)
        starts = [date(month // 12, month % 12 + 1, 1) for month in months]
        return [(float(one.toordinal()), one.strftime("%b %Y")) for one in starts]
    step = max(1, (last.year - first.year) // 8)
    return [(float(date(year, 1, 1).toordinal()), str(year)) for year in range(first.year + 1, last.year + 1, step)]
