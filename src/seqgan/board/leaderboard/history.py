"""Records over time: which results beat everything that was known on their day."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from seqgan.board.leaderboard.ranking import KNOWN, better


def records(points: Sequence[tuple[str | None, float | None]], direction: str) -> list[bool]:
    """Return for each (day, number) whether it set a record: better than all of earlier days and as good as its day.

    Points without a day or a number set none; equalling an older record sets none. Without a known direction there are
    no records.
    """
    found = [False] * len(points)
    if direction not in KNOWN:
        return found
    known = [(day, number, place) for place, (day, number) in enumerate(points) if day and number is not None]
    best: float | None = None
    for _, group in groupby(sorted(known, key=lambda point: point[0]), key=lambda point: point[0]):
        today = [(number, place) for _, number, place in group]
        top = min(today)[0] if direction == "lower" else max(today)[0]
        if best is None or better(top, best, direction):
            best = top
            for number, place in today:
                found[place] = number == top
    return found
