"""The task: what is to be learned, as every other room sees it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import torch
from torch import Tensor

from seqgan.data.tokenizers import Tokenizer
from seqgan.data.vocab import Vocab
from seqgan.errors import DataError, ShapeError
from seqgan.functional.masks import lengths_to_mask, mask_after_end
from seqgan.records import Samples


class Oracle(Protocol):
    """A source of sequences that knows their exact probabilities."""

    def sample(self, n: int, rng: torch.Generator) -> Samples:
        """Draw n sequences: ids (n, T)."""
        ...

    def log_prob(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Return natural log-probabilities (B,), -inf for rows the oracle cannot produce; padding never counts."""
        ...


@dataclass(frozen=True)
class Split:
    """The rows of a split: ``ids`` (N, T) int32 and ``lengths`` (N,) int32 with the end symbol counted.

    ``unknown_at`` (K,) holds flat positions (row * T + t) of unknown symbols and ``unknown_words`` (K,) the words
    that stood there, so that references keep the real text.
    """

    ids: Tensor
    lengths: Tensor
    unknown_at: Tensor = field(default_factory=lambda: torch.zeros(0, dtype=torch.int64))
    unknown_words: tuple[str, ...] = ()

    def __len__(self) -> int:
        """Return N."""
        return len(self.ids)

    def samples(self, rows: Tensor | slice | None = None, device: torch.device | str | None = None) -> Samples:
        """Return the given rows (all by default) as ids (B, T) int64 and mask (B, T)."""
        chosen = slice(None) if rows is None else rows
        ids = self.ids[chosen].to(device=device, dtype=torch.int64)
        return Samples(ids, lengths_to_mask(self.lengths[chosen].to(ids.device), ids.shape[1]))

    def held_out(
        self, rows: Tensor | slice | None = None, device: torch.device | str | None = None, skip: int | None = None
    ) -> Samples:
        """Return rows for likelihoods: as :meth:`samples`, where positions that hold the id ``skip`` do not count."""
        samples = self.samples(rows, device)
        return samples if skip is None else Samples(samples.ids, samples.mask & (samples.ids != skip))


@dataclass(frozen=True)
class Task:
    """Data, vocabulary and measures of one problem.

    ``max_len`` is T, the number of positions, the end symbol counted where there is one. ``metrics`` names metrics,
    ``check`` a validity check or None. ``details`` says how they measure, for example ``{"definition": "legacy"}``
    (BLEU), and reaches every metric. ``facts`` holds plain data for the run folder (sources, hashes, counts, warnings).
    """

    name: str
    vocab: Vocab
    tokenizer: Tokenizer
    max_len: int
    train: Split
    valid: Split
    test: Split
    metrics: tuple[str, ...]
    oracle: Oracle | None = None
    check: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    details: dict[str, str] = field(default_factory=dict)

    @property
    def max_tokens(self) -> int:
        """Return the most tokens of a sequence: T, or one fewer where the end symbol needs a position."""
        return most_tokens(self.max_len, self.vocab)

    @property
    def untaught(self) -> int | None:
        """Return the unknown symbol where no training row holds it, else None.

        Nothing teaches a model its probability, so held-out likelihoods leave it out: a handful of words that only
        the test rows know would otherwise outweigh all the others.
        """
        return None if len(self.train.unknown_at) else self.vocab.unknown

    def tokens(self, ids: Tensor, mask: Tensor | None = None) -> list[list[str]]:
        """Return the token lists of rows ids (B, T), without end symbol and padding.

        A sampled row that never ended has one token too many: it is cut to the most tokens that a sequence may have.
        """
        return to_tokens(ids, mask, self.vocab, self.max_tokens)

    def decode(self, ids: Tensor, mask: Tensor | None = None) -> list[str]:
        """Return rows ids (B, T) as strings."""
        return [self.tokenizer.detokenize(row) for row in self.tokens(ids, mask)]

    def encode(self, strings: Sequence[str]) -> Samples:
        """Return strings as ids (B, T) and mask; raises DataError for an unknown token or a string that is too long."""
        return encode(strings, self.vocab, self.tokenizer, self.max_len)

    def references(self, split: str = "test", limit: int | None = None) -> list[list[str]]:
        """Return the first ``limit`` rows of a split as token lists with their real words, not unknown symbols."""
        part: Split = getattr(self, split)
        samples = part.samples(slice(0, limit))
        rows = self.tokens(samples.ids, samples.mask)
        width = part.ids.shape[1]
        for place, word in zip(part.unknown_at.tolist(), part.unknown_words, strict=True):
            if place // width < len(rows):
                rows[place // width][place % width] = word
        return rows

    def log_prob(self, ids: Tensor, mask: Tensor | None = None) -> Tensor:
        """Return the oracle's natural log-probabilities (B,) of rows ids (B, T), -inf where impossible.

        Without ``mask`` a row ends at its first end symbol. Raises DataError where the task has no oracle.
        """
        if self.oracle is None:
            raise DataError(
                f"The task '{self.name}' has no oracle that knows probabilities.", "Use oracle_grammar or oracle_lstm."
            )
        if ids.ndim != 2:
            raise ShapeError(f"ids have the shape {tuple(ids.shape)}.", "Pass ids (B, T).")
        return self.oracle.log_prob(ids, mask_after_end(ids, self.vocab.end) if mask is None else mask)


def known(ids: Tensor, mask: Tensor, vocabulary_size: int) -> tuple[Tensor, Tensor]:
    """Return ids (B, T) with 0 for what lies outside the vocabulary, and which rows (B,) have such an id that counts.

    An oracle looks ids up in tables: it can neither read beyond them nor take -1 for the last entry.
    """
    outside = (ids < 0) | (ids >= vocabulary_size)
    return ids.masked_fill(outside, 0), (outside & mask).any(dim=1)


def most_tokens(max_len: int, vocab: Vocab) -> int:
    """Return the most tokens of a sequence in ``max_len`` positions."""
    return max_len - (vocab.end is not None)


def to_tokens(ids: Tensor, mask: Tensor | None, vocab: Vocab, most: int | None = None) -> list[list[str]]:
    """Return the token lists of rows ids (B, T), without end symbol and padding, at most ``most`` tokens each."""
    keep = mask_after_end(ids, vocab.end) if mask is None else mask
    if vocab.end is not None:
        keep = keep & (ids != vocab.end)
    names = vocab.tokens
    lists, counts = ids.tolist(), keep.sum(dim=1).tolist()
    return [[names[i] for i in row[:count][:most]] for row, count in zip(lists, counts, strict=True)]


def encode(
    strings: Sequence[str], vocab: Vocab, tokenizer: Tokenizer, max_len: int, *, unfinished: bool = False
) -> Samples:
    """Return strings as ids (B, T) and mask, T = ``max_len``, with an end symbol where the vocabulary has one.

    With ``unfinished`` a string of as many tokens as fit before an end symbol has none: sampling asks for no more.
    Raises DataError for a token outside a vocabulary without unknown symbol, for a string that is too long, and, in
    a vocabulary without end symbol, for one that is too short.
    """
    ending = [] if vocab.end is None else [vocab.end]
    ids = torch.full((len(strings), max_len), 0 if vocab.end is None else vocab.end, dtype=torch.int64)
    lengths = torch.zeros(len(strings), dtype=torch.int64)
    for row, text in enumerate(strings):
        numbers = vocab.encode(tokenizer.tokenize(text))
        _check_length(len(numbers), vocab, max_len, row)
        numbers += ending if not unfinished or len(numbers) < most_tokens(max_len, vocab) else []
        ids[row, : len(numbers)] = torch.tensor(numbers, dtype=torch.int64)
        lengths[row] = len(numbers)
    return Samples(ids, lengths_to_mask(lengths, max_len), tuple(strings))


def _check_length(tokens: int, vocab: Vocab, max_len: int, row: int) -> None:
    limit, exact = most_tokens(max_len, vocab), vocab.end is None
    if tokens > limit:
        raise DataError(
            f"String {row + 1} has {tokens} tokens; at most {limit} fit.", "Shorten it, or train with a larger max_len."
        )
    if exact and tokens < limit:
        raise DataError(f"String {row + 1} has {tokens} tokens; this task needs exactly {limit}.", "Complete it.")
