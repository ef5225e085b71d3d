"""The nearest row of a set by edit distance, exact: a bound from token counts rules most pairs out unaligned.

The edit distance of two rows is the least number of tokens to put in, take out or replace (Levenshtein 1966); divided
by the longer length it lies in [0, 1]. Of two rows that have c tokens in common, order aside, the larger length minus c
is never more than their distance: only pairs whose bound is below the best found so far are aligned. So a search costs
one sparse matrix product and few alignments, and its result is that of comparing every pair.

Shapes: B rows, N rows they are compared with, P pairs, F different (token, which time in its row) features.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from seqgan.stats.ngrams import Corpus, Integers, Table, encode

Floats = NDArray[np.float64]
_BLOCK = 256
_CELLS = 8_000_000
_ROUNDS = (4, 32)  # how many of the most promising are aligned first, so that fewer of the rest need be
_PAIRS = 4096
_ROUNDING = 1e-6  # of bounds in single precision; distances of rows below 1,000 tokens differ by more


def nearest(
    rows: Sequence[Any], known: Sequence[Any], tell: Callable[[int], None] | None = None
) -> tuple[Floats, Integers]:
    """Return the distance (B,) of each row to its nearest of ``known``, in [0, 1], and that one's number (B,).

    Rows are token lists or strings (split at white space), one at least on either side. Two empty rows have the
    distance 0; of several nearest ones any may be named (to find the first would mean aligning all that may tie), each
    time the same. ``tell(done)`` hears how many rows are done.
    """
    table: Table = {}
    sides = _Side.of(encode(rows, table, grow=True)), _Side.of(encode(known, table, grow=True))
    features = _features(sides[0].corpus, sides[1].corpus)
    distances, found = np.zeros(len(rows)), np.zeros(len(rows), np.int64)
    size = max(1, min(_BLOCK, _CELLS // len(known)))
    for start in range(0, len(rows), size):
        block = slice(start, min(start + size, len(rows)))
        common = np.asarray(features[1] @ features[0][block].T.toarray()).T
        distances[block], found[block] = _nearest_of(np.arange(block.start, block.stop), common, *sides)
        if tell is not None:
            tell(block.stop)
    return distances, found


@dataclass(frozen=True)
class _Side:
    """Rows of ids with their lengths, padded with -1: ``padded`` (B, T)."""

    corpus: Corpus
    padded: Integers

    @classmethod
    def of(cls, corpus: Corpus) -> _Side:
        padded = np.full((len(corpus.lengths), max(int(corpus.lengths.max()), 1)), -1, np.int64)
        padded[np.arange(padded.shape[1]) < corpus.lengths[:, None]] = corpus.ids
        return cls(corpus, padded)


def _features(first: Corpus, second: Corpus) -> tuple[csr_array, csr_array]:
    """Return for both sides which rows have token w for the k-th time, (B, F) and (N, F): products count in common."""
    base = 1 + int(max(side.lengths.max(initial=0) for side in (first, second)))
    keys = [side.ids * base + _repeats(side) for side in (first, second)]
    _, numbers = np.unique(np.concatenate(keys), return_inverse=True)
    size, parts = int(numbers.max(initial=-1)) + 1, np.split(numbers, [len(keys[0])])
    made = []
    for side, columns in zip((first, second), parts, strict=True):
        starts = np.concatenate([[0], np.cumsum(side.lengths)])
        made.append(csr_array((np.ones(len(columns), np.float32), columns, starts), (len(side.lengths), max(size, 1))))
    return made[0], made[1]


def _repeats(corpus: Corpus) -> Integers:
    """Return for every position how often its token stands before it in its row, (K,)."""
    rows = np.repeat(np.arange(len(corpus.lengths)), corpus.lengths)
    order = np.lexsort((corpus.ids, rows))
    same = (np.diff(rows[order], prepend=-1) == 0) & (np.diff(corpus.ids[order], prepend=-1) == 0)
    place = np.arange(len(order))
    times = np.empty(len(order), np.int64)
    times[order] = place - np.maximum.accumulate(np.where(same, 0, place))
    return times


def _nearest_of(block: Integers, common: Floats, rows: _Side, known: _Side) -> tuple[Floats, Integers]:
    """Return distance and number of the nearest for rows ``block`` (b,), given their ``common`` tokens (b, N)."""
    longest = np.maximum(np.maximum(rows.corpus.lengths[block, None], known.corpus.lengths[None, :]), 1)
    bound = np.asarray(1 - common / longest, np.float32)
    bound[rows.corpus.lengths[block] == 0] = known.corpus.lengths > 0
    best, which = np.full(len(block), np.inf), np.zeros(len(block), np.int64)
    for tried in _ROUNDS:
        count = min(tried, bound.shape[1])
        there = np.argpartition(bound, count - 1, axis=1)[:, :count].ravel()
        _improve(best, which, np.repeat(np.arange(len(block)), count), there, (block, bound, rows, known))
    here, there = np.nonzero(bound < best[:, None] - _ROUNDING)
    _improve(best, which, here, there, (block, bound, rows, known))
    return best, which


def _improve(
    best: Floats,
    which: Integers,
    here: Integers,
    there: Integers,
    sides: tuple[Integers, NDArray[np.float32], _Side, _Side],
) -> None:
    """Align those pairs (``here``, ``there``) whose bound allows it, and keep for each row the nearest one."""
    block, bound, rows, known = sides
    open_pairs = bound[here, there] < best[here] - _ROUNDING
    here, there = here[open_pairs], there[open_pairs]
    found = _normalised(rows, known, block[here], there)
    order = np.lexsort((there, found, here))
    lead = order[np.flatnonzero(np.diff(here[order], prepend=-1))]
    lead = lead[found[lead] < best[here[lead]]]
    best[here[lead]], which[here[lead]] = found[lead], there[lead]


def _normalised(rows: _Side, known: _Side, mine: Integers, other: Integers) -> Floats:
    """Return the distances (P,) of pairs by number, over the longer length; pairs of like lengths go together."""
    lengths, others = rows.corpus.lengths[mine], known.corpus.lengths[other]
    order = np.lexsort((others, lengths))
    distance = np.zeros(len(mine), np.int64)
    for start in range(0, len(order), _PAIRS):
        part = order[start : start + _PAIRS]
        pairs = rows.padded[mine[part]], lengths[part], known.padded[other[part]], others[part]
        distance[part] = edit_distance(*pairs)
    return np.asarray(distance / np.maximum(np.maximum(lengths, others), 1))


def edit_distance(first: Integers, lengths: Integers, second: Integers, others: Integers) -> Integers:
    """Return the edit distances (P,) of pairs of rows (P, T) and (P, U) of ``lengths`` and ``others`` (P,) tokens.

    One column of the table of Wagner and Fischer (1974) for all pairs at a time. What lies behind a row's length does
    not matter.
    """
    first, second = first[:, : lengths.max(initial=0)], second[:, : others.max(initial=0)]
    small = first.shape[1] + second.shape[1] < np.iinfo(np.int16).max
    steps = np.arange(second.shape[1] + 1, dtype=np.int16 if small else np.int32)
    column = np.repeat(steps[None, :], len(first), axis=0)
    result = np.where(lengths == 0, others, 0)
    for place in range(first.shape[1]):
        changed = column[:, :-1] + (second != first[:, place, None])
        column += 1
        np.minimum(column[:, 1:], changed, out=column[:, 1:])
        # Tokens put in: the least of every earlier entry plus the way from there.
        column = np.minimum.accumulate(column - steps, axis=1) + steps
        ended = lengths == place + 1
        result[ended] = column[ended, others[ended]]
    return result
