"""Distances between sets of rows in slow obvious code, to compare the fast one with."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

import numpy as np


def counted(rows: list[list[str]], n: int) -> Counter[tuple[str, ...]]:
    return Counter(tuple(row[i : i + n]) for row in rows for i in range(len(row) - n + 1))


def slow_divergence(first: Counter[Any], second: Counter[Any]) -> float:
    total = 0.0
    for here, there in ((first, second), (second, first)):
        size, other_size = here.total(), there.total()
        for gram, count in here.items():
            share, other = count / size, there[gram] / other_size
            total += 0.5 * share * math.log2(share / ((share + other) / 2))
    return total


def slow_jaccard(rows: list[list[str]], others: list[list[str]], highest: int) -> float:
    product = 1.0
    for n in range(1, highest + 1):
        first, second = counted(rows, n), counted(others, n)
        grams = {*first, *second}
        low = sum(min(first[g] / len(rows), second[g] / len(others)) for g in grams)
        product *= low / sum(max(first[g] / len(rows), second[g] / len(others)) for g in grams)
    return product ** (1 / highest)


def slow_nearest(rows: list[list[str]], known: list[list[str]]) -> list[float]:
    """Return the least edit distance of each row to a known one over the longer length: the table of all pairs."""
    numbers = {token: number for number, token in enumerate({token for row in (*rows, *known) for token in row})}
    lengths = np.array([len(row) for row in known])
    texts = np.full((lengths.max(), len(known)), -1, np.int16)
    for place, row in enumerate(known):
        texts[: len(row), place] = [numbers[token] for token in row]
    return [_least([numbers[token] for token in row], texts, lengths) for row in rows]


def _least(row: list[int], texts: np.ndarray, lengths: np.ndarray) -> float:
    before = np.repeat(np.arange(len(texts) + 1, dtype=np.int16)[:, None], texts.shape[1], axis=1)
    for token in row:
        after = np.empty_like(before)
        after[0] = before[0] + 1
        for place, others in enumerate(texts):
            kept_or_replaced = before[place] + (others != token)
            after[place + 1] = np.minimum(np.minimum(before[place + 1], after[place]) + 1, kept_or_replaced)
        before = after
    ends = before[lengths, np.arange(len(lengths))]
    return float((ends / np.maximum(np.maximum(lengths, len(row)), 1)).min())
