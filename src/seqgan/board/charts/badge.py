"""The badge for a README: a board and a rank on it as a small picture."""

from __future__ import annotations

from markupsafe import Markup

_LETTER = 6.6
_PADDING = 12


def badge(label: str, value: str, colour: str = "#1d7f6e") -> str:
    """Return a badge as SVG text: the label on dark ground, the value on a colour; long labels are cut."""
    label = label if len(label) <= 60 else label[:59] + "…"
    left, right = (round(len(text) * _LETTER) + _PADDING for text in (label, value))
    drawing = Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" width="{w}" height="20" role="img" aria-label="{l}: {v}">'
        "<title>{l}: {v}</title>"
        '<rect width="{w}" height="20" rx="4" fill="{c}"/>'
        '<path d="M4 0h{inner}v20h-{inner}a4 4 0 0 1-4-4v-12a4 4 0 0 1 4-4z" fill="#3a424c"/>'
        '<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">'
        '<text x="6" y="14" textLength="{lt}" lengthAdjust="spacingAndGlyphs">{l}</text>'
        '<text x="{x}" y="14" textLength="{vt}" lengthAdjust="spacingAndGlyphs">{v}</text></g></svg>'
    )
    return str(
        drawing.format(
            w=left + right,
            l=label,
            v=value,
            c=colour,
            inner=left - 4,
            lt=left - _PADDING,
            x=left + 6,
            vt=right - _PADDING,
        )
    )
