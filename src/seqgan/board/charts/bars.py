"""Small bars: how many papers each year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup

_WIDTH, _HEIGHT, _FOOT = 560, 110, 18


def bars(rows: Sequence[Mapping[str, int]]) -> Markup:
    """Return a bar for each row (year, papers); years without papers are gaps."""
    first, last = rows[0]["year"], rows[-1]["year"]
    most = max(row["papers"] for row in rows)
    step = _WIDTH / (last - first + 1)
    parts = []
    for row in rows:
        height = round((_HEIGHT - _FOOT - 4) * row["papers"] / most, 1)
        left = round(step * (row["year"] - first), 1)
        parts.append(
            Markup('<rect class="column" data-tip="{}: {:,}" x="{}" y="{}" width="{}" height="{}" rx="2"/>').format(
                row["year"], row["papers"], left, round(_HEIGHT - _FOOT - height, 1), round(step * 0.8, 1), height
            )
        )
    marks = sorted({first, (first + last) // 2, last})
    parts += [
        Markup('<text class="tick under" x="{}" y="{}">{}</text>').format(
            round(step * (year - first + 0.4), 1), _HEIGHT - 4, year
        )
        for year in marks
    ]
    told = ", ".join(f"{row['year']} {row['papers']}" for row in rows)
    return Markup(
        '<svg class="chart bars" viewBox="-20 0 {} {}" role="img" aria-label="Papers a year: {}">{}</svg>'
    ).format(_WIDTH + 40, _HEIGHT, told, Markup("").join(parts))
