"""An n-gram language model in numpy: fitted by counting, exact probabilities, samples from a seed.

Interpolated Witten-Bell smoothing: with c(h, w) the count of token w after history h, c(h) the sum of these counts
and t(h) the number of different tokens seen after h,

    p(w | h) = (c(h, w) + t(h) * p(w | h')) / (c(h) + t(h)),   h' = h without its oldest token,

down to the uniform distribution over the V known tokens, the end of the row and the unknown symbols (one by default).
A history that was never seen passes on p(w | h'). Rows of one fixed length, or with an end token of their own, have
no end to be predicted (``ends=False``). Nothing is estimated but counts, so a corpus of one repeated row does as well
as real text (Kneser-Ney discounts need rows of every frequency). Sources: Witten and Bell 1991 (method C); Chen and
Goodman 1999, section 2.3 (the interpolated form).

Shapes: B rows, K positions of the rows laid end to end, each row with order - 1 begin symbols before it and one end.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqgan.errors import ConfigError, DataError
from seqgan.stats.ngrams import Corpus, Integers, Table, encode, token_rows

Floats = NDArray[np.float64]
HIGHEST_ORDER = 10
ORDER = 4  # of the model that every table of samples has beside it


@dataclass(frozen=True)
class _Level:
    """The grams of one length: ``keys`` (G,) sorted, packed as (gram without its last token) * symbols + last token.

    ``counts`` (G,) how often each was seen (0 where the last token is the begin symbol, which is never predicted);
    ``upto`` (G + 1,) their running sum; for each history (H,): ``total`` c(h), ``kinds`` t(h), ``first`` its sum.
    """

    keys: Integers
    counts: Integers
    upto: Integers
    total: Integers
    kinds: Integers
    first: Integers

    @classmethod
    def of(cls, keys: Integers, counts: Integers, histories: int, symbols: int) -> _Level:
        """Sum the counts of every history; ``keys`` are sorted."""
        upto = np.concatenate([[0], np.cumsum(counts)])
        seen = np.concatenate([[0], np.cumsum(counts > 0)])
        edges = np.searchsorted(keys, np.arange(histories + 1) * symbols)
        total, kinds = np.diff(upto[edges]), np.diff(seen[edges])
        return cls(keys, counts, upto, total, kinds, upto[edges[:-1]])

    def find(self, packed: Integers) -> Integers:
        """Return the number of each packed gram, or -1 where it was never seen."""
        place = np.minimum(np.searchsorted(self.keys, packed), len(self.keys) - 1)
        return np.where((packed >= 0) & (self.keys[place] == packed), place, -1)

    def after(self, history: Integers) -> tuple[Integers, Integers]:
        """Return c(h) and t(h) of histories by number, both 0 for -1."""
        known, place = history >= 0, np.maximum(history, 0)
        return np.where(known, self.total[place], 0), np.where(known, self.kinds[place], 0)


@dataclass(frozen=True)
class NGramModel:
    """A fitted model of one order; make it with :meth:`fit`.

    A token that the fitted rows lack counts as the one unknown symbol: in a history it makes the model go by shorter
    ones, as a prediction it has the unknown symbol's probability, whichever token it is.
    """

    order: int
    longest: int
    tokens: tuple[Hashable, ...]
    levels: tuple[_Level, ...]
    ends: bool = True
    unseen: int = 1

    @classmethod
    def fit(cls, rows: Any, order: int = ORDER, *, ends: bool = True, unseen: int = 1) -> NGramModel:
        """Count ``rows``: strings (split at white space), token lists or integers (B, T); empty rows count too.

        Without ``ends`` the end of a row is not an event: every row goes on as long as it is asked to. ``unseen`` is
        how many tokens of the vocabulary the rows lack: each of them gets the probability of the unknown symbol.
        Raises DataError where there is no row, or no token to go on with; ConfigError for an order outside 1 .. 10.
        """
        if not 1 <= order <= HIGHEST_ORDER:
            raise ConfigError(f"{order} is no order of an n-gram model.", f"Give a number from 1 to {HIGHEST_ORDER}.")
        given = token_rows(rows)
        if not len(given):
            raise DataError("An n-gram model needs rows to count, and there is none.", "Give at least one row.")
        table: Table = {}
        corpus = encode(given, table, grow=True)
        end = len(table)
        if not end and not ends:
            raise DataError("These rows have no token to go on with.", "Give at least one row that is not empty.")
        ids, place = _padded(corpus, order, end)
        predicted = (place >= order - 1) & (ends | (ids != end))
        levels = _counted(ids, place, predicted, order, end + 2)
        return cls(order, int(corpus.lengths.max()), tuple(table), levels, ends, unseen)

    @property
    def symbols(self) -> int:
        """Return V + 2: the known tokens, the end, and the begin symbol (never predicted) or the unknown one."""
        return len(self.tokens) + 2

    def log_prob(self, rows: Any) -> tuple[Floats, Floats]:
        """Return the natural-log probability of each row (B,) and how many tokens it has, the end counted (B,).

        Over all rows of known tokens, ends and the unknown symbol the probabilities sum to one; without ends those of
        one length do.
        """
        logs, place, lengths = self._logs(rows)
        nats = np.add.reduceat(logs, np.flatnonzero(place == 0)) if len(logs) else np.zeros(0)
        return nats, lengths.astype(np.float64) + self.ends

    def token_log_probs(self, rows: Any) -> Floats:
        """Return the natural-log probability of each token given those before it, (B, T + 1) for a longest row of T.

        The place after a row's last token holds that of its end (0 without ends), what lies behind holds 0.
        """
        logs, place, lengths = self._logs(rows)
        found = np.zeros((len(lengths), int(lengths.max(initial=0)) + 1))
        row, column = np.cumsum(place == 0) - 1, place - (self.order - 1)
        found[row[column >= 0], column[column >= 0]] = logs[column >= 0]
        return found

    def _logs(self, rows: Any) -> tuple[Floats, Integers, Integers]:
        """Return the log-probabilities of all rows laid end to end (K,), each one's place, and the lengths (B,)."""
        table: Table = {token: number for number, token in enumerate(self.tokens)}
        corpus = encode(token_rows(rows), table, grow=False)
        ids, place = _padded(corpus, self.order, len(self.tokens))
        return np.log(self._probabilities(ids, place)), place, corpus.lengths

    def _probabilities(self, ids: Integers, place: Integers) -> Floats:
        """Return p of every position (K,) given what stands before it; begin symbols get 1."""
        events = len(self.tokens) + self.ends + self.unseen
        history, shorter = np.zeros(len(ids), np.int64), np.full(len(ids), 1 / events)
        for length, level in enumerate(self.levels, 1):
            gram = level.find(_pack(history, ids, self.symbols))
            total, kinds = level.after(history)
            count = np.where(gram >= 0, level.counts[np.maximum(gram, 0)], 0)
            mixed = (count + kinds * shorter) / np.maximum(total + kinds, 1)
            shorter = np.where(total > 0, mixed, shorter)
            history = _shifted(gram, place, length)
        certain = (place < self.order - 1) | ((ids == len(self.tokens)) & (not self.ends))
        return np.where(certain, 1.0, shorter)

    def sample(self, n: int, seed: int = 0, max_len: int | None = None) -> list[tuple[Hashable, ...]]:
        """Return ``n`` rows drawn from the model, each cut after ``max_len`` tokens (None: its longest fitted row).

        The unknown symbol, which has no spelling, is never drawn: the uniform part is over V tokens and the end.
        Without ends every row has ``max_len`` tokens. Equal seeds give equal rows.
        """
        draws = np.random.default_rng(seed)
        end, most = len(self.tokens), self.longest if max_len is None else max_len
        drawn = np.full((n, most), end, np.int64)
        histories = self._begun(n)
        alive = np.arange(n)
        for time in range(most):
            if not len(alive):
                break
            token = self._draw(histories, draws)
            drawn[alive, time] = token
            alive, going = alive[token != end], token != end
            histories = self._moved([history[going] for history in histories], token[going])
        return [tuple(self.tokens[i] for i in row[row != end]) for row in drawn]

    def _begun(self, n: int) -> list[Integers]:
        """Return the histories of length 0 .. order - 1 at the begin of ``n`` rows, each (n,)."""
        histories = [np.zeros(n, np.int64)]
        begin = np.full(n, self.symbols - 1, np.int64)
        for level in self.levels[:-1]:
            histories.append(level.find(_pack(histories[-1], begin, self.symbols)))
        return histories

    def _moved(self, histories: Sequence[Integers], token: Integers) -> list[Integers]:
        """Return the histories after one more token."""
        longer = [
            level.find(_pack(history, token, self.symbols))
            for level, history in zip(self.levels[:-1], histories[:-1], strict=True)
        ]
        return [histories[0], *longer]

    def _draw(self, histories: Sequence[Integers], draws: np.random.Generator) -> Integers:
        """Return one token a row: from the longest history by its counts, or, by chance t / (c + t), a shorter one."""
        count = len(histories[0])
        drawable = len(self.tokens) + self.ends
        token = draws.integers(0, drawable, count)  # the shortest history of all
        open_rows = np.arange(count)
        for level, history in zip(reversed(self.levels), reversed(histories), strict=True):
            now = history[open_rows]
            total, kinds = level.after(now)
            lot = draws.integers(0, np.maximum(total + kinds, 1))
            hit = lot < total
            place = np.searchsorted(level.upto, level.first[now[hit]] + lot[hit], side="right") - 1
            token[open_rows[hit]] = level.keys[place] % self.symbols
            open_rows = open_rows[~hit]
        return token


def _padded(corpus: Corpus, order: int, end: int) -> tuple[Integers, Integers]:
    """Return the rows with begin symbols and end laid end to end (K,), and each symbol's place in its row (K,)."""
    lengths = corpus.lengths + order
    starts = np.cumsum(lengths) - lengths
    place = np.arange(lengths.sum()) - np.repeat(starts, lengths)
    ids = np.full(len(place), end + 1, np.int64)
    ids[starts + lengths - 1] = end
    ids[(place >= order - 1) & (place < np.repeat(lengths - 1, lengths))] = corpus.ids
    return ids, place


def _counted(
    ids: Integers, place: Integers, predicted: NDArray[np.bool_], order: int, symbols: int
) -> tuple[_Level, ...]:
    history, histories, levels = np.zeros(len(ids), np.int64), 1, []
    for length in range(1, order + 1):
        inside = np.flatnonzero(history >= 0)
        keys, gram = np.unique(history[inside] * symbols + ids[inside], return_inverse=True)
        counts = np.bincount(gram[predicted[inside]], minlength=len(keys)).astype(np.int64)
        levels.append(_Level.of(keys, counts, histories, symbols))
        found = np.full(len(ids), -1, np.int64)
        found[inside] = gram
        history, histories = _shifted(found, place, length), len(keys)
    return tuple(levels)


def _pack(history: Integers, token: Integers, symbols: int) -> Integers:
    return np.where((history >= 0) & (token >= 0), history * symbols + token, -1)


def _shifted(gram: Integers, place: Integers, length: int) -> Integers:
    """Return for each position the gram of ``length`` that ends just before it, -1 where the row has no such."""
    before = np.concatenate([np.full(1, -1, np.int64), gram[:-1]]) if len(gram) else gram
    return np.where(place >= length, before, -1)
