"""The slow, obvious BLEU that the fast one must equal: counters of tuples, one reference set a hypothesis."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence


def counts(row: Sequence[object], n: int) -> Counter[tuple[object, ...]]:
    return Counter(tuple(row[i : i + n]) for i in range(len(row) - n + 1))


def closest(length: int, references: Sequence[Sequence[object]]) -> int:
    return min((len(reference) for reference in references), key=lambda other: (abs(other - length), other))


def matched(row: Sequence[object], references: Sequence[Sequence[object]], n: int) -> int:
    largest: Counter[tuple[object, ...]] = Counter()
    for reference in references:
        largest |= counts(reference, n)
    return sum(min(times, largest[gram]) for gram, times in counts(row, n).items())


def sentence(row: Sequence[object], references: Sequence[Sequence[object]], order: int, definition: str) -> float:
    if not matched(row, references, 1):
        return 0.0
    logs = 0.0
    for n in range(1, order + 1):
        found, total = matched(row, references, n), max(1, len(row) - n + 1)
        if found:
            logs += math.log(found / total)
        elif definition == "texygen":
            logs += math.log(0.1 / total)
        elif definition == "strict":
            return 0.0
    near = closest(len(row), references)
    return math.exp(min(0.0, 1 - near / len(row)) + logs / order)
