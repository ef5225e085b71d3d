"""The n-gram model in slow obvious code, one dictionary a history, to compare the fast one with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence


def slow_model(rows: Sequence[Sequence[str]], order: int, symbols: int = 2) -> Callable[[Sequence[str]], float]:
    """Return the function that gives a row its probability; ``symbols`` can come beside the known tokens."""
    after: dict[tuple[str, ...], Counter[str]] = {}
    for each in rows:
        padded = [*["<s>"] * (order - 1), *each, "</s>"]
        for place in range(order - 1, len(padded)):
            for length in range(order):
                after.setdefault(tuple(padded[place - length : place]), Counter())[padded[place]] += 1
    totals = {history: counts.total() for history, counts in after.items()}
    known = {token for each in rows for token in each}

    def next_one(token: str, history: tuple[str, ...]) -> float:
        shorter = next_one(token, history[1:]) if history else 1 / (len(known) + symbols)
        if history not in after:
            return shorter
        kinds = len(after[history])
        return (after[history].get(token, 0) + kinds * shorter) / (totals[history] + kinds)

    def probability(row: Sequence[str]) -> float:
        padded = ["<s>"] * (order - 1) + [token if token in known else "<unknown>" for token in row] + ["</s>"]
        found = 1.0
        for place in range(order - 1, len(padded)):
            found *= next_one(padded[place], tuple(padded[place - order + 1 : place]))
        return found

    return probability
