"""The rows that every table of samples needs beside it: real text, a copy of the training text, a 4-gram model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from seqgan.reports.rows import Tokens
from seqgan.stats.ngram_model import ORDER, NGramModel

REAL, COPY, NGRAM = "real text", "training copy", "4-gram model"


class ReferenceRow(NamedTuple):
    """A set of rows that is scored like samples; ``needless`` names what it cannot be compared with: itself."""

    name: str
    rows: Sequence[Tokens]
    needless: str = ""


def reference_rows(
    references: Sequence[Tokens] | None, train: Sequence[Tokens] | None, n: int, seed: int
) -> list[ReferenceRow]:
    """Return the reference rows that can be made, each of ``n`` rows where there are as many.

    ``real text`` is the references themselves, scored by all that does not compare with them. ``training copy`` is
    real text that does not stand in the references, and what a model that memorises would give. ``4-gram model`` is
    drawn from an n-gram model of the training text: fluent for four tokens, without any sense beyond.
    """
    found = []
    if references is not None:
        found.append(ReferenceRow(REAL, drawn(references, n, seed), "test"))
    if train is not None:
        found.append(ReferenceRow(COPY, drawn(train, n, seed)))
        found.append(ReferenceRow(NGRAM, NGramModel.fit(train, ORDER).sample(n, seed)))
    return found


def drawn(rows: Sequence[Tokens], n: int, seed: int) -> Sequence[Tokens]:
    """Return ``n`` rows drawn without replacement, in their order; all where there are no more than ``n``."""
    if len(rows) <= n:
        return rows
    places = np.sort(np.random.default_rng(seed).choice(len(rows), n, replace=False))
    return [rows[place] for place in places]
