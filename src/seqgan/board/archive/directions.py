"""Which way is better: read from the order in which the archive itself ranks its rows, conflicts flagged."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

Better = Literal["higher", "lower"]
AGREEMENT = 0.9  # of the neighbouring rows that differ, for an order to be called one
DISSENT = 0.1  # for one board the other way there must be ten that agree
CROWD = 5  # boards that must agree before they overrule one board's own order


@dataclass(frozen=True)
class Judgement:
    """The direction of one metric of one board: what ranks it, why, what its own row order says, what contradicts."""

    direction: Literal["higher", "lower", "unknown"]
    origin: Literal["none", "order", "name"]
    order: Better | None = None
    conflict: str | None = None


def from_order(numbers: Sequence[float | None]) -> tuple[Better | None, int]:
    """Return what the order of rows, best first, says of a metric, and how many neighbours contradict it.

    Rows without a number are left out; without two different numbers, or with too many contradictions, None.
    """
    present = [number for number in numbers if number is not None]
    steps = [(a > b) - (a < b) for a, b in pairwise(present)]
    falling, rising = steps.count(1), steps.count(-1)
    if falling + rising == 0 or max(falling, rising) < AGREEMENT * (falling + rising):
        return None, min(falling, rising)
    return ("higher" if falling > rising else "lower"), min(falling, rising)


def crowd(evidence: Iterable[tuple[str, Better | None]]) -> dict[str, Counter[Better]]:
    """Return for each metric name how many boards it ranks in which direction."""
    found: dict[str, Counter[Better]] = defaultdict(Counter)
    for name, direction in evidence:
        if direction is not None:
            found[name][direction] += 1
    return found


def judge(name: str, numbers: Sequence[float | None], first: bool, others: Mapping[str, Counter[Better]]) -> Judgement:
    """Return the direction of a board's metric; ``first`` tells whether it is the metric that ranks the board.

    The ranking metric follows the board's own order, unless many boards of the same metric agree on the other way:
    then these count, and the conflict is said. Another metric follows the boards that it ranks, where nearly all agree.
    """
    counts = others.get(name, Counter())
    order, against = from_order(numbers) if first else (None, 0)
    usual = _usual(counts, order)
    if order is None:
        messy = first and against > 0
        said = "The archive's rows are not in the order of this metric." if messy else None
        return Judgement(usual or "unknown", "name" if usual else "none", None, said)
    if usual is not None and usual != order:
        text = (
            f"The archive ranks this board with {order} first, {counts[usual]} other boards rank {name} with {usual}."
        )
        return Judgement(usual, "name", order, f"{text} The board follows those.")
    said = f"{against} of the archive's rows stand against the order of this metric." if against else None
    return Judgement(order, "order", order, said)


def _usual(counts: Counter[Better], own: Better | None) -> Better | None:
    """Return the direction on which nearly all boards agree, leaving out the one asked about.

    Two that agree are enough where nothing else is known; to overrule a board's own order it takes :data:`CROWD`.
    """
    rest = counts.copy()
    if own is not None:
        rest[own] -= 1
    higher, lower = rest["higher"], rest["lower"]
    most, few = max(higher, lower), min(higher, lower)
    enough = most >= (2 if own is None else CROWD)
    return ("higher" if higher > lower else "lower") if enough and few <= DISSENT * most else None
