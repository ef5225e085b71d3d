"""The Pareto front of two metrics: the results that no other one beats in one without losing in the other."""

from __future__ import annotations

from collections.abc import Sequence

from seqgan.board.leaderboard.ranking import KNOWN

PAIRS = (
    *((f"BLEU-{n}", f"Self-BLEU-{n}") for n in (4, 3, 2, 5)),
    ("NLL_oracle", "NLL_test"),
    ("NLL_oracle", "NLL_gen"),
)
"""Quality and diversity metrics that belong together, the most telling pair first."""


def front(points: Sequence[tuple[float, float]], directions: tuple[str, str]) -> list[bool]:
    """Return for each point whether it lies on the front; equal points lie on it together.

    ``directions`` say which way each of the two axes is better; where one is unknown, there is no front.
    """
    if not set(directions) <= set(KNOWN):
        return [False] * len(points)
    signs = [1.0 if direction == "lower" else -1.0 for direction in directions]
    costs = [(signs[0] * x, signs[1] * y) for x, y in points]
    on_front: dict[tuple[float, float], bool] = {}
    lowest = float("inf")
    for cost in sorted(set(costs)):
        on_front[cost] = cost[1] < lowest
        lowest = min(lowest, cost[1])
    return [on_front[cost] for cost in costs]


def pair(names: Sequence[str]) -> tuple[str, str] | None:
    """Return the quality and the diversity metric of a board that belong together.

    Names may carry their definition in brackets, as in ``BLEU-4 (Texygen)``: two of one definition come first.
    """
    known = [(_plain(name), _definition(name), name) for name in names]
    for alike in (True, False):
        for quality, diversity in PAIRS:
            for plain, definition, name in known:
                partners = [n for p, d, n in known if p == _plain(diversity) and (d == definition or not alike)]
                if plain == _plain(quality) and partners:
                    return name, partners[0]
    return None


def _plain(name: str) -> str:
    return name.partition("(")[0].strip().lower().replace("_", "").replace("-", "").replace(" ", "")


def _definition(name: str) -> str:
    return name.partition("(")[2]
