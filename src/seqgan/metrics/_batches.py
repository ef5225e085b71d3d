"""Token rows as padded ids for the networks that some metrics train."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from seqgan.functional.masks import lengths_to_mask, trim
from seqgan.stats.ngrams import Table, encode, split


@dataclass(frozen=True)
class Batches:
    """Rows with their end symbol: ``ids`` (B, T) and ``lengths`` (B,), the end symbol counted."""

    ids: Tensor
    lengths: Tensor

    def take(self, numbers: Tensor) -> tuple[Tensor, Tensor]:
        """Return ids and mask (b, T') of the rows with these ``numbers`` (b,), no wider than they need."""
        ids = self.ids[numbers].long()
        return trim(ids, lengths_to_mask(self.lengths[numbers], ids.shape[1]))


@dataclass(frozen=True)
class Words:
    """The tokens that a network knows; ``table`` gives their ids, after which come an unknown and an end symbol."""

    table: Table

    @classmethod
    def of(cls, rows: Iterable[Sequence[Any]], least: int = 1) -> Words:
        """Know every token that occurs ``least`` times or more in ``rows``, in the order of first sight."""
        counts: dict[Hashable, int] = {}
        for row in rows:
            for token in split(row):
                counts[token] = counts.get(token, 0) + 1
        known = [token for token, count in counts.items() if count >= least]
        return cls({token: number for number, token in enumerate(known)})

    def __len__(self) -> int:
        """Return how many symbols there are, the unknown and the end symbol counted."""
        return len(self.table) + 2

    @property
    def unknown(self) -> int:
        """Return the id of the unknown symbol; the end symbol's is one more."""
        return len(self.table)

    def batches(self, rows: Sequence[Any]) -> Batches:
        """Return the rows as ids, each with the end symbol; behind it stands the end symbol too."""
        corpus = encode(rows, self.table, grow=False)
        lengths = torch.from_numpy(corpus.lengths + 1)
        ids = torch.full((len(rows), int(lengths.max())), self.unknown + 1, dtype=torch.int32)
        words = np.where(corpus.ids < 0, self.unknown, corpus.ids).astype(np.int32)
        ids[lengths_to_mask(lengths - 1, ids.shape[1])] = torch.from_numpy(words)
        return Batches(ids, lengths)
