"""Strands of DNA: valid when they are made of the four bases, upper or lower case, and have at least one."""

from __future__ import annotations

from collections.abc import Sequence

_BASES = frozenset("ACGTacgt")


def check(rows: Sequence[Sequence[str]]) -> list[bool]:
    """Return for every token list whether its characters are all bases; an empty row gets false."""
    return [bool(row) and _BASES.issuperset("".join(row)) for row in rows]
