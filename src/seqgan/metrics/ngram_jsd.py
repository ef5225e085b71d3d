"""N-gram JSD: how far apart the n-gram distributions of samples and references are (Jensen-Shannon divergence).

    p(g) = count of g in the samples / all n-grams of the samples,   q(g) the same for the references
    ngram_jsd_n = (1/2) sum_g p(g) log2(p(g) / m(g)) + (1/2) sum_g q(g) log2(q(g) / m(g)),   m = (p + q) / 2

Lower is better; in bits, so in [0, 1]: 0 for equal distributions, 1 where no n-gram is shared. It sees missing n-grams
as well as wrong ones, so it judges quality and diversity together.

What it rewards wrongly: order beyond n tokens is invisible, and so is how n-grams meet in one row: random text from a
4-gram model of the training rows is near the best value; ``c2st`` and a reader see that.

Sample size: two sets of real text are not at 0 either: the fewer n-grams, the further apart they seem, the more so the
larger n. Compare only equal numbers of samples and equal references, beside real text of the same number.

Bad input: rows shorter than n have no n-gram and do not count; a set without any n-gram of an order raises an error in
the plain function, and the score leaves that order out. No samples, no references, or words against ids raise an error.

Golden value: the 10,000 training captions of COCO against the 10,000 test captions (Texygen's split, lower-cased,
NLTK's word tokeniser): 0.193, 0.490, 0.732, 0.880 for n = 1 to 4.
``ngram_jsd(["a a a b"], ["a b b b"], orders=(1,))`` is 0.1887, one minus the entropy of (1/4, 3/4).

Source: Lin 1991, equation 4.1 with equal weights; as a joint measure of generated text: ours.
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
from seqgan.stats.ngrams import Integers

NEEDS = ("test",)
ORDERS = (1, 2, 3, 4)


def ngram_jsd(samples: Any, references: Any, orders: Sequence[int] = ORDERS) -> dict[str, float]:
    """Return ``{"ngram_jsd_1": ..}`` in bits, each in [0, 1], lower is better.

    Both are lists of strings (split at white space), token lists or integers (B, T). Raises DataError without samples
    or references, where a set has no n-gram of an order, or where one side holds words and the other ids.
    """
    values = _values(samples, references, check_orders(orders))
    for order in orders:
        if order not in values:
            raise DataError(
                f"One side has no row of {order} tokens, so ngram_jsd_{order} is not defined.", "Ask for a smaller n."
            )
    return {f"ngram_jsd_{order}": values[order] for order in orders}


def _values(samples: Any, references: Any, orders: tuple[int, ...]) -> dict[int, float]:
    """Return the value of every order of which both sides have an n-gram."""
    rows, others = some_rows(samples, "samples"), some_rows(references, "references")
    counted = dict(enumerate(paired_counts(rows, others, max(orders)), start=1))
    return {n: _divergence(*counted[n]) for n in orders if counted[n][0].any() and counted[n][1].any()}


def _divergence(first: Integers, second: Integers) -> float:
    """Return the Jensen-Shannon divergence in bits of two distributions given as counts (G,)."""
    shares = first / first.sum(), second / second.sum()
    middle = (shares[0] + shares[1]) / 2
    parts = [share[share > 0] * np.log2(share[share > 0] / middle[share > 0]) for share in shares]
    return float(min(max((parts[0].sum() + parts[1].sum()) / 2, 0.0), 1.0))


def score(samples: Samples, references: References) -> list[Score]:
    """Return one Score for each order 1 to 4 that both sides have n-grams of; n counts samples."""
    others = some_rows(references.test, "references")
    facts = {
        "logarithm": 2,
        **compared("references", others, len(samples), references.temperature),
    }
    return [
        Score(
            name=f"ngram_jsd_{order}",
            value=value,
            signature=signature(f"ngram_jsd_{order}", facts, references.details),
            direction="lower",
            unit="bits",
            n=len(samples),
        )
        for order, value in _values(samples, others, ORDERS).items()
    ]
