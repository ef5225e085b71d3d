"""How often every n-gram occurs in each of two sets of rows, under one numbering: for distances of distributions.

Shapes: K positions, G different n-grams of both sets together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from seqgan.stats.ngrams import Corpus, Integers, Table, Text, encode, longer, nothing_yet


def paired_counts(first: Sequence[Any], second: Sequence[Any], highest: int) -> Iterator[tuple[Integers, Integers]]:
    """Yield, for n = 1 .. highest, the counts (G,) of every n-gram in ``first`` and in ``second``, in one order.

    An n-gram that one set lacks has the count 0 there; rows shorter than n have none. Both sets are walked as one text.
    """
    table: Table = {}
    parts = [encode(rows, table, grow=True) for rows in (first, second)]
    both = Corpus(*(np.concatenate(pair) for pair in zip(*((part.ids, part.lengths) for part in parts), strict=True)))
    text = Text.of(both, len(table))
    boundary, found = int(np.searchsorted(text.rows, len(first))), nothing_yet(text)
    for _ in range(highest):
        found = longer(text, found)
        mine = np.concatenate([[0], np.cumsum(found.positions < boundary)])
        ours = np.diff(mine[found.starts])
        yield ours, np.diff(found.starts) - ours
