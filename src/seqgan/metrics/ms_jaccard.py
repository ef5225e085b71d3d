"""MS-Jaccard: how much the n-gram counts of samples and references overlap, multisets compared as Jaccard does sets.

    C(g, S) = count of the n-gram g in the rows S / number of rows of S
    overlap_n = sum_g min(C(g, samples), C(g, references)) / sum_g max(C(g, samples), C(g, references))
    ms_jaccard_N = (overlap_1 * ... * overlap_N)^(1/N)

Higher is better; in [0, 1]: 1 for equal counts, 0 where an order shares no n-gram. Counts are a row, not a share of all
n-grams, so samples of the wrong length lose too. It judges quality and diversity together.

What it rewards wrongly: order beyond N tokens is invisible: random text from a 4-gram model of the training rows is
near the best value; ``c2st`` and a reader see that. Copies of training rows score like new ones; see ``novelty``.

Sample size: real text against real text is far below 1 and rises with the number of rows on both sides, the more so the
larger N. Compare only equal numbers of samples and equal references, beside real text of the same number.

Bad input: rows shorter than n have no n-gram but count as rows; a set without any n-gram of an order gives 0 for all N
from there on, and where neither side has one that N is not defined: the plain function raises an error, the score
leaves it out. No samples, no references, or words against ids raise an error.

Golden value: the 10,000 training captions of COCO against the 10,000 test captions (Texygen's split, lower-cased,
NLTK's word tokeniser): 0.349, 0.236, 0.158, 0.102 for N = 2 to 5.
``ms_jaccard(["a b a"], ["a b c"], orders=(2,))`` is 0.4082, the root of (2/4) * (1/3).

Source: Montahaei et al. 2019, section 3.1 (rows in the denominator as in the authors' code).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from seqgan.errors import DataError
from seqgan.metrics._rows import check_orders, some_rows
from seqgan.metrics._signature import compared, signature
from seqgan.records import References, Samples, Score
from seqgan.stats.ngram_tables import paired_counts

NEEDS = ("test",)
ORDERS = (2, 3, 4, 5)


def ms_jaccard(samples: Any, references: Any, orders: Sequence[int] = ORDERS) -> dict[str, float]:
    """Return ``{"ms_jaccard_2": ..}``, each in [0, 1], higher is better.

    Both are lists of strings (split at white space), token lists or integers (B, T). Raises DataError without samples
    or references, where neither side has an n-gram of an order, or where one side holds words and the other ids.
    """
    values = _values(samples, references, check_orders(orders))
    for order in orders:
        if order not in values:
            raise DataError(f"No row has {order} tokens, so ms_jaccard_{order} is not defined.", "Ask for a smaller N.")
    return {f"ms_jaccard_{order}": values[order] for order in orders}


def _values(samples: Any, references: Any, orders: tuple[int, ...]) -> dict[int, float]:
    """Return the value of every order up to which some side has n-grams."""
    rows, others = some_rows(samples, "samples"), some_rows(references, "references")
    overlaps: list[float] = []
    for ours, theirs in paired_counts(rows, others, max(orders)):
        if not len(ours):
            break
        here, there = ours / len(rows), theirs / len(others)
        overlaps.append(float(np.minimum(here, there).sum() / np.maximum(here, there).sum()))
    return {order: float(np.prod(overlaps[:order]) ** (1 / order)) for order in orders if order <= len(overlaps)}


def score(samples: Samples, references: References) -> list[Score]:
    """Return one Score for each order 2 to 5 that is defined; n counts samples."""
    others = some_rows(references.test, "references")
    facts = {
        "counts": "a row",
        **compared("references", others, len(samples), references.temperature),
    }
    return [
        Score(
            name=f"ms_jaccard_{order}",
            value=value,
            signature=signature(f"ms_jaccard_{order}", facts, references.details),
            direction="higher",
            unit="0-1",
            n=len(samples),
        )
        for order, value in _values(samples, others, ORDERS).items()
    ]
