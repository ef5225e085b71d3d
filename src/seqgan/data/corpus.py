"""Sequences as compact arrays of numbers; strings are held once a distinct token, never once an occurrence."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from seqgan.data.files import Row
from seqgan.errors import DataError

Ints = NDArray[np.int32]
_CHUNK = 65_536


class TokenTable:
    """Numbers for tokens in order of first sight, shared by the files of one task."""

    def __init__(self) -> None:
        """Start empty."""
        self.numbers: defaultdict[str, int] = defaultdict()
        self.numbers.default_factory = self.numbers.__len__

    @property
    def tokens(self) -> list[str]:
        """Return the tokens by number."""
        return list(self.numbers)


@dataclass(frozen=True)
class Corpus:
    """N sequences: ``flat`` holds their tokens' numbers one after the other, ``lengths`` (N,) how many each has.

    ``lines`` (N,) are line numbers of the file for messages, ``empty`` counts the lines without any token.
    """

    flat: Ints
    lengths: Ints
    lines: Ints
    empty: int = 0

    def __len__(self) -> int:
        """Return N."""
        return len(self.lengths)

    def take(self, keep: NDArray[np.bool_]) -> Corpus:
        """Return the sequences where ``keep`` (N,) is true, in the same order."""
        return Corpus(self.flat[np.repeat(keep, self.lengths)], self.lengths[keep], self.lines[keep], self.empty)

    def line_of(self, place: int) -> int:
        """Return the line number of the token at ``flat[place]``."""
        return int(self.lines[np.searchsorted(np.cumsum(self.lengths), place, side="right")])

    def padded(self, width: int, fill: int) -> Ints:
        """Return the sequences as a matrix (N, width), cut or filled up with ``fill``."""
        matrix = np.full((len(self), width), fill, np.int32)
        starts = np.concatenate([[0], np.cumsum(self.lengths, dtype=np.int64)])
        for first in range(0, len(self), _CHUNK):
            last = min(first + _CHUNK, len(self))
            lengths = self.lengths[first:last]
            part = self.flat[starts[first] : starts[last]]
            inside = np.arange(len(part)) - np.repeat(starts[first:last] - starts[first], lengths)
            kept = inside < width
            rows = np.repeat(np.arange(first, last), lengths)
            matrix[rows[kept], inside[kept]] = part[kept]
        return matrix

    @cached_property
    def fingerprints(self) -> NDArray[np.uint64]:
        """Return a 64-bit number a sequence (N,), equal for equal sequences and, but for chance, only for them."""
        starts = np.concatenate([[0], np.cumsum(self.lengths, dtype=np.int64)])
        prints = np.zeros(len(self), np.uint64)
        for first in range(0, len(self), _CHUNK):
            last = min(first + _CHUNK, len(self))
            lengths = self.lengths[first:last]
            part = self.flat[starts[first] : starts[last]]
            place = np.arange(len(part)) - np.repeat(starts[first:last] - starts[first], lengths)
            mixed = _mix(part.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + _mix(place.astype(np.uint64)))
            running = np.concatenate([np.zeros(1, np.uint64), np.cumsum(mixed, dtype=np.uint64)])
            ends = starts[first + 1 : last + 1] - starts[first]
            prints[first:last] = _mix(running[ends] - running[ends - lengths] + lengths.astype(np.uint64))
        return prints


def _mix(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Scatter 64-bit numbers (the finaliser of SplitMix64, Steele et al. 2014)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def read_corpus(rows: Iterable[Row], tokenize: Callable[[str], list[str]], table: TokenTable, name: str) -> Corpus:
    """Read (line number, text) rows into a corpus; ``table`` learns their tokens; lines without tokens are counted.

    Raises DataError with the line number where a line cannot be tokenised.
    """
    flat, lengths, lines, empty = array("i"), array("i"), array("i"), 0
    number_of = table.numbers.__getitem__
    for line, text in rows:
        try:
            tokens = tokenize(text) if text else []
        except DataError as error:
            raise DataError(f"Line {line} of {name}: {error.problem}", error.remedy) from None
        if not tokens:
            empty += 1
            continue
        flat.extend(map(number_of, tokens))
        lengths.append(len(tokens))
        lines.append(line)
    return Corpus(_view(flat), _view(lengths), _view(lines), empty)


def _view(numbers: array[int]) -> Ints:
    return np.frombuffer(numbers, np.int32) if numbers else np.zeros(0, np.int32)
