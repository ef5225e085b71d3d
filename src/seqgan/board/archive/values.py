"""Reads the values of leaderboards, texts that people typed: the text is kept, a number read where there is one."""

from __future__ import annotations

import re
from dataclasses import dataclass

UNITS = {"": 1.0, "k": 1e3, "m": 1e6, "b": 1e9, "g": 1e9}
_NUMBER = r"[+-]?(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+,\d+|\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?"
_VALUE = re.compile(
    rf"(?P<number>{_NUMBER})\s*(?:(?:±|\+-|\+/-)\s*(?P<spread>{_NUMBER}))?\s*(?P<percent>%{{0,2}})"
    r"\s*(?P<unit>[kmbg]?)[*&†]?\s*(?:\([^()]*\))?",
    re.IGNORECASE,
)
_BLANK = str.maketrans({"\ufeff": None, "\u00a0": " ", "\u2212": "-", "\u2013": "-"})


@dataclass(frozen=True)
class Parsed:
    """What could be read of a value: a number, and an interval where a spread was given; None where nothing could."""

    number: float | None
    low: float | None = None
    high: float | None = None


def parse(text: str) -> Parsed:
    """Return the number in a value such as ``96.95%``, ``15.9M``, ``2.42±0.01``, ``99,45``, ``42.5(1080Ti)``.

    A percentage keeps its scale: 96.95% is 96.95. What is no single number (``O.753``, ``80.4/85.9``) gives None.
    """
    found = _VALUE.fullmatch(text.translate(_BLANK).strip().strip("*").strip())
    if found is None:
        return Parsed(None)
    scale = UNITS[found["unit"].lower()]
    number = _float(found["number"]) * scale
    if found["spread"] is None:
        return Parsed(number)
    spread = abs(_float(found["spread"])) * scale
    return Parsed(number, number - spread, number + spread)


def _float(text: str) -> float:
    if re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", text):
        return float(text.replace(",", ""))
    return float(text.replace(",", "."))
