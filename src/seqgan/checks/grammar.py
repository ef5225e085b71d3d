"""Sentences of the caption grammar behind the task `oracle_grammar`: valid when it can produce them."""

from __future__ import annotations

from collections.abc import Sequence

from seqgan.checks.captions import captions


def check(rows: Sequence[Sequence[str]]) -> list[bool]:
    """Return for every token list (without the end symbol) whether the caption grammar can produce it."""
    automaton = captions()
    return [automaton.accepts(row) for row in rows]
