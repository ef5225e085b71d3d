"""Balanced brackets: valid when round, square, curly and angle ones close in order; other tokens are free."""

from __future__ import annotations

from collections.abc import Sequence

_PAIRS = {")": "(", "]": "[", "}": "{", ">": "<"}


def check(rows: Sequence[Sequence[str]]) -> list[bool]:
    """Return for every token list whether each bracket is closed by its own kind in the right order.

    The characters of a token are read one after the other, so any tokenisation gives the same answer. A row without
    brackets is balanced; an empty row is not a sequence and gets false.
    """
    return [bool(row) and _balanced("".join(row)) for row in rows]


def _balanced(text: str) -> bool:
    waiting: list[str] = []
    for character in text:
        if character in _PAIRS.values():
            waiting.append(character)
        elif character in _PAIRS and (not waiting or waiting.pop() != _PAIRS[character]):
            return False
    return not waiting
