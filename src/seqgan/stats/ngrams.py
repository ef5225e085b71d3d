"""N-grams of token rows as exact integer ids: counts, reference maxima and leave-one-out maxima, in numpy.

An n-gram is the pair (id of its first n-1 tokens, id of its last token); ranking these pairs gives the id of the
n-gram. Pairs are packed into one 64-bit number without loss, so two different n-grams never share an id, as they
could with a hash. Cost: a few sorts of the token positions for every order.

Shapes: B rows, R reference rows, K positions, G different n-grams, O the highest order.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, repeat
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqgan.errors import DataError
from seqgan.records import Samples

Integers = NDArray[np.int64]
Table = dict[Hashable, int]
_CHUNK = 1 << 16
_TOKEN_TYPES = (str, int, bytes, np.integer)


@dataclass(frozen=True)
class Corpus:
    """Rows of token ids laid end to end: ``ids`` (K,), ``lengths`` (B,); -1 is a token that the table lacks."""

    ids: Integers
    lengths: Integers

    def rows(self) -> Integers:
        """Return the row number of every position, (K,)."""
        return np.repeat(np.arange(len(self.lengths)), self.lengths)

    def room(self) -> Integers:
        """Return how many tokens of its own row every position still has, itself included, (K,)."""
        return np.repeat(np.cumsum(self.lengths), self.lengths) - np.arange(len(self.ids))


@dataclass(frozen=True)
class Statistics:
    """All that sentence BLEU needs of B hypotheses against their references.

    ``matched`` (B, O): hypothesis n-grams found in a reference, each clipped at its largest count in one reference;
    ``lengths`` (B,) in tokens; ``closest`` (B,): the reference length nearest to the hypothesis, ties to the shorter.
    """

    matched: Integers
    lengths: Integers
    closest: Integers

    def totals(self) -> Integers:
        """Return the number of n-grams that each hypothesis has, (B, O)."""
        shorter = np.arange(self.matched.shape[1])[None, :]
        return np.asarray(np.maximum(self.lengths[:, None] - shorter, 0), np.int64)


@dataclass(frozen=True)
class ReferenceIndex:
    """A reference set made ready for any number of :func:`match` calls.

    ``keys[n-1]`` (G,) are the sorted packed n-grams, ``largest[n-1]`` (G,) the largest count of each in one row;
    ``lengths`` are the distinct row lengths, sorted.
    """

    table: Table
    keys: tuple[Integers, ...]
    largest: tuple[Integers, ...]
    lengths: Integers


def token_rows(data: Any) -> Sequence[Any]:
    """Return rows of tokens from strings, token lists, integer arrays (B, T) or :class:`Samples`.

    Strings are kept as they are (they are split at white space when they are counted). Of ``Samples`` the tokens are
    taken, else the strings, else the ids where the mask is true. Raises DataError for anything else.
    """
    if isinstance(data, Samples):
        if data.tokens is not None:
            return data.tokens
        return data.strings if data.strings is not None else masked_rows(data.ids, data.mask)
    if isinstance(data, str | bytes):
        raise DataError("One string was given where a list of samples is expected.", "Pass a list of strings.")
    if hasattr(data, "tolist"):
        array = np.asarray(data)
        if array.ndim != 2 or not np.issubdtype(array.dtype, np.integer):
            raise DataError(f"An array of {array.dtype} {array.shape} is no set of samples.", "Pass integers (B, T).")
        rows: list[list[int]] = array.tolist()
        return rows
    return data if isinstance(data, Sequence) else list(data)


def masked_rows(ids: Any, mask: Any) -> list[tuple[int, ...]]:
    """Return the ids of (B, T) where mask (B, T) is true, one tuple a row; padding is dropped."""
    return [
        tuple(token for token, kept in zip(row, flags, strict=True) if kept)
        for row, flags in zip(np.asarray(ids).tolist(), np.asarray(mask).tolist(), strict=True)
    ]


def split(row: Any) -> Sequence[Hashable]:
    """Return the tokens of one row: a string is split at white space, a sequence is taken as it is."""
    return row.split() if isinstance(row, str) else row


def encode(rows: Sequence[Any], table: Table, *, grow: bool) -> Corpus:
    """Turn token rows into ids by ``table``; with ``grow`` new tokens get the next id, else -1.

    Raises DataError where a token is neither a string nor an integer (a missing value, for instance).
    """
    ids, lengths = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for start in range(0, len(rows), _CHUNK):
        chunk = [split(row) for row in rows[start : start + _CHUNK]]
        flat = list(chain.from_iterable(chunk))
        _learn(flat, table, grow)
        ids.append(np.fromiter(map(table.get, flat, repeat(-1)), np.int64, len(flat)))
        lengths.append(np.fromiter(map(len, chunk), np.int64, len(chunk)))
    return Corpus(np.concatenate(ids), np.concatenate(lengths))


def _learn(flat: list[Hashable], table: Table, grow: bool) -> None:
    new = [token for token in dict.fromkeys(flat) if token not in table]
    for token in new:
        if not isinstance(token, _TOKEN_TYPES):
            raise DataError(f"{token!r} is no token.", "Tokens are strings or integers; remove missing values first.")
        if grow:
            table[token] = len(table)


def grams(corpus: Corpus, vocabulary: int, highest: int) -> Iterator[tuple[Integers, Integers, Integers]]:
    """Yield, for n = 1 .. highest, (sorted keys (G,), n-gram id of each position (K,), its row (K,))."""
    rows, room = corpus.rows(), corpus.room()
    positions, keys = np.arange(len(corpus.ids)), corpus.ids
    for n in range(1, highest + 1):
        known, gram = np.unique(keys, return_inverse=True)
        gram = gram.astype(np.int64, copy=False)
        yield known, gram, rows[positions]
        longer = room[positions] > n
        positions = positions[longer]
        keys = gram[longer] * vocabulary + corpus.ids[positions + n]


def pairs(gram: Integers, rows: Integers, count: int) -> tuple[Integers, Integers, Integers]:
    """Return the different (n-gram, row) pairs and how often each occurs, sorted by n-gram; ``count`` rows exist."""
    packed, times = np.unique(gram * max(count, 1) + rows, return_counts=True)
    which, row = np.divmod(packed, max(count, 1))
    return which, row, times.astype(np.int64, copy=False)


def _starts(which: Integers) -> Integers:
    return np.flatnonzero(np.diff(which, prepend=-1))


def _largest(which: Integers, times: Integers) -> Integers:
    return np.maximum.reduceat(times, _starts(which)) if len(times) else times


def index(rows: Sequence[Any], highest: int) -> ReferenceIndex:
    """Count a reference set once: every n-gram up to ``highest`` and its largest count in one row."""
    table: Table = {}
    corpus = encode(rows, table, grow=True)
    keys, largest = [], []
    for known, gram, row in grams(corpus, len(table), highest):
        which, _, times = pairs(gram, row, len(corpus.lengths))
        keys.append(known)
        largest.append(_largest(which, times))
    return ReferenceIndex(table, tuple(keys), tuple(largest), np.unique(corpus.lengths))


def match(references: ReferenceIndex, rows: Sequence[Any]) -> Statistics:
    """Return the clipped matches of every row against all references together."""
    corpus = encode(rows, references.table, grow=False)
    row_of, room, count = corpus.rows(), corpus.room(), len(corpus.lengths)
    matched = np.zeros((count, len(references.keys)), np.int64)
    positions, keys = np.arange(len(corpus.ids)), corpus.ids
    for order, (known, largest) in enumerate(zip(references.keys, references.largest, strict=True)):
        gram, found = _find(known, keys)
        # What has no match as an n-gram has none as a longer one: it leaves the walk here.
        positions, gram = positions[found], gram[found]
        which, row, times = pairs(gram, row_of[positions], count)
        matched[:, order] = np.bincount(row, np.minimum(times, largest[which]), count)
        longer = room[positions] > order + 1
        positions = positions[longer]
        token = corpus.ids[positions + order + 1]
        keys = np.where(token < 0, -1, gram[longer] * len(references.table) + token)
    return Statistics(matched, corpus.lengths, _closest(corpus.lengths, references.lengths))


def _find(known: Integers, keys: Integers) -> tuple[Integers, NDArray[np.bool_]]:
    if not len(known):
        return np.zeros(len(keys), np.int64), np.zeros(len(keys), bool)
    place = np.minimum(np.searchsorted(known, keys), len(known) - 1).astype(np.int64, copy=False)
    return place, known[place] == keys


def _closest(lengths: Integers, allowed: Integers) -> Integers:
    """Return for each length the nearest allowed one (sorted, distinct), ties to the shorter."""
    right = np.minimum(np.searchsorted(allowed, lengths), len(allowed) - 1)
    left = np.maximum(right - 1, 0)
    nearer_left = np.abs(lengths - allowed[left]) <= np.abs(allowed[right] - lengths)
    return np.where(nearer_left, allowed[left], allowed[right])


def leave_one_out(rows: Sequence[Any], highest: int) -> Statistics:
    """Return the clipped matches of every row against all *other* rows, in one pass.

    The largest count of an n-gram outside row b is its largest count anywhere, unless only row b reaches that; then
    it is the second largest. So two numbers an n-gram replace B reference sets. Needs two rows or more.
    """
    table: Table = {}
    corpus = encode(rows, table, grow=True)
    count = len(corpus.lengths)
    matched = np.zeros((count, highest), np.int64)
    for order, (_, gram, row_of) in enumerate(grams(corpus, len(table), highest)):
        which, row, times = pairs(gram, row_of, count)
        if len(times):
            matched[:, order] = np.bincount(row, np.minimum(times, _largest_elsewhere(which, times)), count)
    return Statistics(matched, corpus.lengths, _closest_elsewhere(corpus.lengths))


def _largest_elsewhere(which: Integers, times: Integers) -> Integers:
    starts = _starts(which)
    largest = np.maximum.reduceat(times, starts)
    at_top = times == largest[which]
    alone = np.add.reduceat(at_top.astype(np.int64), starts) == 1
    second = np.maximum.reduceat(np.where(at_top, 0, times), starts)
    return np.where(at_top & alone[which], second[which], largest[which])


def _closest_elsewhere(lengths: Integers) -> Integers:
    known, inverse, times = np.unique(lengths, return_inverse=True, return_counts=True)
    nearest = known.copy()
    for place in np.flatnonzero(times == 1):
        others = np.delete(known, place)
        if len(others):
            nearest[place] = _closest(known[place : place + 1], others)[0]
    return np.asarray(nearest[inverse], np.int64)
