"""N-grams of token rows, exact and without hashing: counts, reference maxima, leave-one-out maxima, in numpy.

Positions in the text are kept sorted by the n-gram that begins there. One step to the next order sorts the positions
of each n-gram by the token that follows; so n-grams are ranks, never strings, and two of them never share one. The
positions of one n-gram stay in text order, hence its rows lie side by side and are counted without a second sort. The
work is done in pieces of some 65,000 positions that fit into the processor's cache. What can have no share in the
result leaves on the way: an n-gram that is in no reference is not followed to longer ones.

Cost: K log K a step for K positions. Source: ours; as in the construction of suffix arrays (Manber and Myers 1993).

Shapes: B rows, R reference rows, K positions, G different n-grams, O the highest order.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice, pairwise, repeat
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqgan.errors import DataError
from seqgan.records import Samples

Integers = NDArray[np.int64]
Places = NDArray[np.int32]
Flags = NDArray[np.bool_]
Table = dict[Hashable, int]
_CHUNK = 1 << 9
_PIECE = 1 << 16
_MOST = 1 << 31
_WORD_TYPES, _ID_TYPES = (str, bytes), (int, np.integer)


@dataclass(frozen=True)
class Corpus:
    """Rows of token ids laid end to end: ``ids`` (K,), ``lengths`` (B,); -1 is a token that the table lacks."""

    ids: Integers
    lengths: Integers


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
    if not isinstance(data, Iterable):
        raise DataError(f"{data!r} is no set of samples.", "Pass a list of strings or of token lists.")
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


def check_one_kind(tokens: Iterable[Any]) -> None:
    """Raise DataError where a token is neither a string nor an integer, or some are words and others ids."""
    kinds = set(map(type, tokens))  # every token is looked at, but there are few types
    for kind in kinds:
        if not issubclass(kind, _WORD_TYPES + _ID_TYPES):
            raise DataError(
                f"A value of type {kind.__name__} is no token.",
                "Tokens are strings or integers; remove missing values first.",
            )
    if len({issubclass(kind, _WORD_TYPES) for kind in kinds}) > 1:
        raise DataError("These rows are not of one kind: some hold words, others ids.", "Decode the ids first.")


def encode(rows: Sequence[Any], table: Table, *, grow: bool) -> Corpus:
    """Turn token rows into ids by ``table``; with ``grow`` new tokens get the next id, else -1.

    Raises DataError where a token is neither a string nor an integer (a missing value, for instance), or where the
    tokens, those of the table counted, are words and ids.
    """
    ids, lengths = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for start in range(0, len(rows), _CHUNK):
        chunk = list(map(split, rows[start : start + _CHUNK]))
        flat = list(chain.from_iterable(chunk))
        check_one_kind(chain(islice(table, 1), flat))
        codes = np.fromiter(map(table.get, flat, repeat(-1)), np.int64, len(flat))
        if grow:
            new = np.flatnonzero(codes < 0)
            codes[new] = [table.setdefault(flat[place], len(table)) for place in new.tolist()]
        ids.append(codes)
        lengths.append(np.fromiter(map(len, chunk), np.int64, len(chunk)))
    return Corpus(np.concatenate(ids), np.concatenate(lengths))


@dataclass(frozen=True)
class Text:
    """A corpus as the walk over its n-grams needs it: -1 after each row, and the row of every position.

    ``tokens`` and ``rows`` are both (K + B,); ``vocabulary`` is the number of different tokens.
    """

    tokens: Places
    rows: Places
    vocabulary: int

    @classmethod
    def of(cls, corpus: Corpus, vocabulary: int) -> Text:
        """Lay out a corpus whose ids are below ``vocabulary``; -1 is a token that no n-gram contains.

        Raises DataError for more than two thousand million tokens: a position has 32 bits.
        """
        if len(corpus.ids) + len(corpus.lengths) >= _MOST:
            raise DataError(f"{len(corpus.ids):,} tokens are too many.", "Score a part of the rows.")
        rows = np.repeat(np.arange(len(corpus.lengths), dtype=np.int32), corpus.lengths + 1)
        tokens = np.full(len(rows), -1, np.int32)
        within = np.ones(len(rows), bool)
        within[np.cumsum(corpus.lengths + 1) - 1] = False
        tokens[within] = corpus.ids
        return cls(tokens, rows, vocabulary)


@dataclass(frozen=True)
class Grams:
    """N-grams of one length n, sorted: the g-th occurs at ``positions[starts[g]:starts[g + 1]]``, in text order.

    ``starts`` (G + 1,), ``positions`` (K,) and their ``rows`` (K,). ``parent`` (G,) is the number of its first n-1
    tokens among the n-grams before, ``token`` (G,) its last token.
    """

    length: int
    positions: Places
    rows: Places
    starts: Integers
    parent: Integers
    token: Integers

    def __len__(self) -> int:
        """Return G."""
        return len(self.parent)

    def where(self, kept: Flags) -> Grams:
        """Return only the n-grams where ``kept`` (G,) is true."""
        sizes = np.diff(self.starts)
        there = np.repeat(kept, sizes)
        starts, parent, token = _offsets(sizes[kept]), self.parent[kept], self.token[kept]
        return Grams(self.length, self.positions[there], self.rows[there], starts, parent, token)


def nothing_yet(text: Text) -> Grams:
    """Return the one n-gram of length 0, which occurs at every position of the text."""
    one, size = np.zeros(1, np.int64), len(text.tokens)
    return Grams(0, np.arange(size, dtype=np.int32), text.rows, np.array([0, size]), one, one)


def longer(text: Text, shorter: Grams) -> Grams:
    """Return the n-grams that continue ``shorter`` ones by one token of the same row."""
    return joined(list(continued(text, shorter)))


def continued(text: Text, shorter: Grams) -> Iterator[Grams]:
    """Yield what :func:`longer` returns in small pieces, in their order."""
    for first, last in pairwise(_pieces(shorter.starts)):
        yield _refine(text, shorter, first, last)


def joined(pieces: Sequence[Grams]) -> Grams:
    """Put pieces together, in their order; one or more."""
    sizes = np.concatenate([np.diff(piece.starts) for piece in pieces])
    parts = zip(*((piece.positions, piece.rows, piece.parent, piece.token) for piece in pieces), strict=True)
    positions, rows, parent, token = map(np.concatenate, parts)
    return Grams(pieces[0].length, positions, rows, _offsets(sizes), parent, token)


def _pieces(starts: Integers) -> list[int]:
    """Return n-gram numbers that cut all n-grams into pieces: one large n-gram alone, or several with few positions."""
    here = np.searchsorted(starts, np.arange(0, starts[-1], _PIECE), side="right") - 1
    cuts: list[int] = np.unique(np.concatenate([[0], here, here + 1, [max(len(starts) - 1, 1)]])).tolist()
    return cuts


def _refine(text: Text, shorter: Grams, first: int, last: int) -> Grams:
    """Sort the positions of the n-grams ``first`` .. ``last`` - 1 by the token that follows, each n-gram for itself.

    What is sorted is one number of n-gram, token and place. The bounds of :func:`_pieces` keep it within 63 bits.
    """
    starts = shorter.starts[first : last + 1]
    here = slice(starts[0], starts[-1])
    positions, rows = shorter.positions[here], shorter.rows[here]
    following = text.tokens[positions + shorter.length]
    bits = len(positions).bit_length()
    key = np.repeat(np.arange(len(starts) - 1) * text.vocabulary, np.diff(starts)) + following
    packed = ((key << bits) | np.arange(len(positions)))[following >= 0]
    packed.sort()
    key, place = packed >> bits, packed & ((1 << bits) - 1)
    begins = np.flatnonzero(np.diff(key, prepend=-1))
    parent, token = np.divmod(key[begins], max(text.vocabulary, 1))
    starts = np.append(begins, len(key))
    return Grams(shorter.length + 1, positions[place], rows[place], starts, parent + first, token)


def _offsets(sizes: Integers) -> Integers:
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)])


@dataclass(frozen=True)
class Counts:
    """How often each n-gram occurs in each row that has it, P such pairs sorted by n-gram, then by row.

    ``row`` and ``times`` are (P,); n-gram g has the pairs ``starts[g]`` .. ``starts[g + 1]`` - 1, ``starts`` (G + 1,).
    """

    row: Places
    times: Integers
    starts: Integers

    def each(self, values: NDArray[Any]) -> NDArray[Any]:
        """Spread values of the n-grams (G,) over the pairs, (P,)."""
        return np.repeat(values, np.diff(self.starts))

    def largest(self) -> Integers:
        """Return the largest count of each n-gram in one row, (G,)."""
        return np.maximum.reduceat(self.times, self.starts[:-1]) if len(self.times) else self.times


def count(found: Grams) -> Counts:
    """Count how often each n-gram occurs in each row."""
    row = found.rows
    begins = np.empty(len(row), bool)
    begins[:1] = True
    np.not_equal(row[1:], row[:-1], out=begins[1:])
    begins[found.starts[:-1]] = True
    places = np.flatnonzero(begins)
    return Counts(row[places], np.diff(places, append=len(row)), np.searchsorted(places, found.starts))


def grams(corpus: Corpus, vocabulary: int, highest: int) -> Iterator[tuple[Integers, Integers, Integers]]:
    """Yield, for n = 1 .. highest, (sorted keys (G,), n-gram id of each position (K,), its row (K,)).

    Positions are sorted by n-gram, then by row. The key is the id of the first n-1 tokens times ``vocabulary``, plus
    the last token.
    """
    text = Text.of(corpus, vocabulary)
    found = nothing_yet(text)
    for _ in range(highest):
        found = longer(text, found)
        ids = np.repeat(np.arange(len(found)), np.diff(found.starts))
        yield found.parent * vocabulary + found.token, ids, found.rows.astype(np.int64)


def index(rows: Sequence[Any], highest: int) -> ReferenceIndex:
    """Count a reference set once: every n-gram up to ``highest`` and its largest count in one row."""
    table: Table = {}
    corpus = encode(rows, table, grow=True)
    text = Text.of(corpus, len(table))
    found, keys, largest = nothing_yet(text), [], []
    for _ in range(highest):
        pieces, most = [], []
        for piece in continued(text, found):
            pieces.append(piece)
            most.append(count(piece).largest())
        found = joined(pieces)
        keys.append(found.parent * text.vocabulary + found.token)
        largest.append(np.concatenate(most))
    return ReferenceIndex(table, tuple(keys), tuple(largest), np.unique(corpus.lengths))


def match(references: ReferenceIndex, rows: Sequence[Any]) -> Statistics:
    """Return the clipped matches of every row against all references together."""
    corpus = encode(rows, references.table, grow=False)
    text = Text.of(corpus, len(references.table))
    matched = np.zeros((len(references.keys), len(rows)), np.int64)
    found, number = nothing_yet(text), np.zeros(1, np.int64)
    for known, largest, sums in zip(references.keys, references.largest, matched, strict=True):
        pieces, numbers = [], []
        for piece in continued(text, found):
            place, is_known = _find(known, number[piece.parent] * text.vocabulary + piece.token)
            # What is in no reference is not there as part of a longer n-gram: it leaves the walk.
            pieces.append(piece.where(is_known))
            numbers.append(place[is_known])
            counts = count(pieces[-1])
            np.add.at(sums, counts.row, np.minimum(counts.times, counts.each(largest[numbers[-1]])))
        found, number = joined(pieces), np.concatenate(numbers)
    return Statistics(matched.T, corpus.lengths, _closest(corpus.lengths, references.lengths))


def _find(known: Integers, keys: Integers) -> tuple[Integers, Flags]:
    """Return the places of the sorted ``keys`` among the sorted ``known`` ones, and whether they are there."""
    if not len(known):
        return np.zeros(len(keys), np.int64), np.zeros(len(keys), bool)
    place = np.minimum(np.searchsorted(known, keys), len(known) - 1)
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
    text = Text.of(corpus, len(table))
    matched, found = np.zeros((highest, len(rows)), np.int64), nothing_yet(text)
    for sums in matched:
        pieces = []
        for piece in continued(text, found):
            counts = count(piece)
            np.add.at(sums, counts.row, np.minimum(counts.times, _largest_elsewhere(counts)))
            # What only one row has matches nothing, nor does anything longer: it leaves the walk.
            pieces.append(piece.where(np.diff(counts.starts) > 1))
        found = joined(pieces)
    return Statistics(matched.T, corpus.lengths, _closest_elsewhere(corpus.lengths))


def _largest_elsewhere(counts: Counts) -> Integers:
    """Return for each pair of n-gram and row the largest count of that n-gram in another row, (P,)."""
    if not len(counts.times):
        return counts.times
    largest, starts = counts.largest(), counts.starts[:-1]
    at_top = counts.times == counts.each(largest)
    alone = np.add.reduceat(at_top.astype(np.int32), starts) == 1
    second = np.maximum.reduceat(np.where(at_top, 0, counts.times), starts)
    return np.where(at_top & counts.each(alone), counts.each(second), counts.each(largest))


def _closest_elsewhere(lengths: Integers) -> Integers:
    known, inverse, times = np.unique(lengths, return_inverse=True, return_counts=True)
    nearest = known.copy()
    for place in np.flatnonzero(times == 1):
        others = np.delete(known, place)
        if len(others):
            nearest[place] = _closest(known[place : place + 1], others)[0]
    return np.asarray(nearest[inverse], np.int64)
