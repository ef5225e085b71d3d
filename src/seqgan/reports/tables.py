"""Plain tables: aligned text for a terminal, and numbers written the same way everywhere."""

from __future__ import annotations

import math
from collections.abc import Sequence
from unicodedata import category, east_asian_width

from seqgan.records import Score

MISSING = "\u2013"
NOT_FINITE = "not finite"
WHY_NOT_FINITE = (
    "Not finite: a row has probability zero (for nll_oracle: every sample has), or the model itself gives no number."
)


def text_table(header: Sequence[str], rows: Sequence[Sequence[object]], indent: str = "") -> str:
    """Return a table as aligned lines: columns of numbers stand right, text stands left, None is a dash.

    Line breaks inside a cell become blanks. Wide characters (Chinese, Japanese, Korean) count two columns.
    """
    cells = [[_cell(value) for value in row] for row in rows]
    right = [_all_numbers([row[place] for row in rows if place < len(row)]) for place in range(len(header))]
    widths = [max(screen_width(row[i]) for row in [header, *cells] if i < len(row)) for i in range(len(header))]
    lines = [list(header), ["-" * width for width in widths], *cells]
    return "\n".join(indent + _line(line, widths, right) for line in lines)


def scores_table(columns: dict[str, Sequence[Score]]) -> str:
    """Return scores with one column for each set of samples, a row for each name; ↑ higher, ↓ lower is better."""
    first: dict[str, Score] = {}
    for scores in columns.values():
        for score in scores:
            first.setdefault(score.name, score)
    by_column = {title: {score.name: score for score in scores} for title, scores in columns.items()}
    rows = [
        [f"{name} {arrow(score.direction)}".rstrip(), *(_score(found.get(name)) for found in by_column.values())]
        for name, score in first.items()
    ]
    return text_table(["", *columns], rows)


def arrow(direction: str) -> str:
    """Return ↑ where higher is better, ↓ where lower is, nothing where neither is."""
    return {"higher": "↑", "lower": "↓"}.get(direction, "")


def number(value: object) -> str:
    """Return a number with as many digits as are worth reading; None is a dash, NaN and infinity are said."""
    if value is None:
        return MISSING
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    if isinstance(value, int):
        return f"{value:,}"
    if not math.isfinite(value):
        return NOT_FINITE
    return _fraction(value)


def measured(value: float | None) -> float:
    """Return the value of a score that was measured; a journal keeps infinity and NaN as null, which is NaN again."""
    return math.nan if value is None else value


def _fraction(value: float) -> str:
    size = abs(value)
    if size >= 1000:
        return f"{value:,.0f}"
    if size >= 100:
        return f"{value:.1f}"
    if size and size < 0.001:
        return f"{value:.1e}"
    return f"{value:.3f}"


def _score(score: Score | None) -> str:
    if score is None:
        return MISSING
    text = number(score.value)
    if score.interval is None:
        return text
    low, high = score.interval
    return f"{text} [{number(low)}, {number(high)}]"


def _cell(value: object) -> str:
    return " ".join(number(value).splitlines())


def _all_numbers(values: Sequence[object]) -> bool:
    given = [value for value in values if value is not None]
    return bool(given) and all(isinstance(v, int | float) and not isinstance(v, bool) for v in given)


def screen_width(text: str) -> int:
    """Return how many columns of a terminal ``text`` fills: a wide character, as Chinese ones are, two, a mark none.

    Source: Unicode Standard Annex 11, East Asian Width.
    """
    return len(text) if text.isascii() else sum(map(_columns, text))


def _columns(character: str) -> int:
    if category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if east_asian_width(character) in ("W", "F") else 1


def _line(cells: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    parts = []
    for cell, width, is_number in zip(cells, widths, right, strict=False):
        space = " " * (width - screen_width(cell))
        parts.append(space + cell if is_number else cell + space)
    return "  ".join(parts).rstrip()
