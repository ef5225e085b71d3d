"""Distinct-n: the share of different n-grams among all n-grams of the samples.

    distinct_n = number of different n-grams / number of n-grams

In (0, 1], higher is more diverse.

What it rewards wrongly: random words have the highest value of all, and rare misspellings raise it: read it beside
``bleu``. Short samples have a higher one than long ones.

Sample size: it falls as the samples grow in number or length (COCO test captions, distinct-2 of 1,000, 5,000 and
10,000: 0.48, 0.30, 0.24), so only equal numbers compare; the number is in the signature, and ``n`` counts n-grams.

Bad input: rows shorter than n, and blank ones, have no n-gram and do not count; where no row is long enough the value
is not defined: the function raises an error and the table leaves the order out. No samples, missing
values, or ids among words raise an error.

Golden value: the 10,000 test captions of COCO (Texygen's split, lower-cased, NLTK's word tokeniser), orders 1 to 3:
0.0377 0.2382 0.5101. ``distinct(["a b a b"], (1, 2))`` is 1/2 and 2/3.

Source: Li et al. 2016 (arXiv 1510.03055), the diversity measures of its evaluation.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from seqgan.errors import DataError
from seqgan.metrics._rows import check_orders, some_rows
from seqgan.metrics._signature import signature
from seqgan.records import References, Samples, Score
from seqgan.stats import ngrams

NEEDS: tuple[str, ...] = ()
ORDERS = (1, 2, 3)


def distinct(samples: Any, orders: Sequence[int] = ORDERS) -> dict[str, float]:
    """Return ``{"distinct_1": ..}`` of strings, token lists or integers (B, T).

    Raises DataError without samples, or where no row has the n tokens that an order asks for.
    """
    counts = _counts(samples, orders)
    for order, (_, total) in counts.items():
        if not total:
            raise DataError(
                f"No sample has {order} tokens, so distinct_{order} is not defined.", "Ask for a smaller n."
            )
    return {f"distinct_{order}": different / total for order, (different, total) in counts.items()}


def _counts(samples: Any, orders: Sequence[int]) -> dict[int, tuple[int, int]]:
    checked = check_orders(orders)
    table: ngrams.Table = {}
    corpus = ngrams.encode(some_rows(samples, "samples"), table, grow=True)
    walk = ngrams.grams(corpus, len(table), max(checked))
    found = {n: (len(known), len(gram)) for n, (known, gram, _) in enumerate(walk, start=1)}
    return {order: found[order] for order in checked}


def score(samples: Samples, references: References) -> list[Score]:
    """Return one Score for each order that some row is long enough for; n counts n-grams."""
    facts = {"hypotheses": len(samples), "temperature": references.temperature}
    return [
        Score(
            name=f"distinct_{order}",
            value=different / total,
            signature=signature(f"distinct_{order}", facts, references.details),
            direction="higher",
            unit="share",
            n=total,
        )
        for order, (different, total) in _counts(samples, ORDERS).items()
        if total
    ]
