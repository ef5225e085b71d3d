"""BLEU of samples against held-out text: how many n-grams of the samples occur in real text.

    BLEU_N = mean over samples b of  min(1, exp(1 - r_b / c_b)) * exp((1 / N) * sum_{n=1..N} log p_n(b))
    p_n(b) = sum over different n-grams g of b of min(count_b(g), max over references of count(g)) / (c_b - n + 1)

c_b is the length of sample b, r_b the nearest length of a reference (ties: the shorter). *All* samples are scored,
*all* references are one shared set, with definition ``texygen`` a count of 0 above the line becomes 0.1 (see
:mod:`seqgan.stats.sentence_bleu`). In [0, 1]; higher is better up to the score of real text.

What it rewards wrongly: one good sentence repeated scores 1, for diversity is not asked: read it beside
``self_bleu``. Above the score of real text a model repeats what is common. Order beyond N tokens, and sense, are
invisible.

Sample size: it grows with the number of references, without end (2,000 COCO captions against 1,000, 5,000 and 10,000:
BLEU-4 0.196, 0.285, 0.34); that number and a hash of the references are in the signature, and only equal ones
compare. It does not move with the number of samples: 1,000 give an interval of +-0.013 at BLEU-4, 10,000 of +-0.004.

Bad input: a blank sample scores 0 and counts. A sample with fewer than n tokens has no n-gram: its precision p_n is
0.1 (``texygen``), 1 (``legacy``) or 0 (``strict``); so has one whose n-grams are in no reference, with the number of
them below the line. A sample without one known token scores 0. Blank references add their length 0 only. No samples,
no references, words on one side and ids on the other, or an unknown order or definition raise an error.

Golden value: 10,000 training captions of COCO against the 10,000 test captions of Texygen's split (lower-cased,
NLTK's word tokeniser), orders 2 to 5: 0.740 0.520 0.337 0.218; ``legacy`` 0.743 0.604 0.570 0.597; ``strict`` 0.740
0.496 0.259 0.106. ``bleu(["a b x"], ["a b c d"], orders=(2,))`` is exp(-1/3) * sqrt(2/3 * 1/2) = 0.4137.

Source: Papineni et al. 2002, equation 3; as a score of unconditional text: Yu et al. 2017 and Zhu et al. 2018
(definition ``texygen``); smoothing: Chen and Cherry 2014, method 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqgan.metrics._rows import check_orders, listed_orders, some_rows
from seqgan.metrics._signature import compared, signature
from seqgan.records import References, Samples, Score
from seqgan.stats import ngrams
from seqgan.stats.bootstrap import mean_interval
from seqgan.stats.sentence_bleu import SMOOTHING, check_definition, sentence_bleu

NEEDS = ("test",)
ORDERS = (2, 3, 4, 5)


def bleu(
    samples: Any, references: Any, definition: str = "texygen", orders: Sequence[int] = ORDERS
) -> dict[str, float]:
    """Return ``{"bleu_2": ..}`` of samples against references, each in [0, 1], higher is better.

    Both are lists of strings (split at white space), lists of token lists or integer arrays (B, T).
    ``definition`` is ``texygen``, ``legacy`` or ``strict``. Raises DataError without samples or references, or where
    one side holds words and the other ids; ConfigError for an unknown definition or order.
    """
    values = per_sentence(samples, references, definition, orders)
    return {f"bleu_{order}": float(value) for order, value in zip(orders, values.mean(axis=0), strict=True)}


def per_sentence(
    samples: Any, references: Any, definition: str = "texygen", orders: Sequence[int] = ORDERS
) -> NDArray[np.float64]:
    """Return the sentence BLEU of every sample, (B, len(orders)); arguments as for :func:`bleu`."""
    checked, chosen = check_orders(orders), check_definition(definition)
    rows = some_rows(samples, "samples")
    others = some_rows(references, "references")
    return sentence_bleu(ngrams.match(ngrams.index(others, max(checked)), rows), checked, chosen)


def score(samples: Samples, references: References) -> list[Score]:
    """Return one Score an order, with a bootstrap interval over hypotheses.

    ``references.details`` may hold ``definition`` and ``orders`` (written 2,3,4,5); the rest of it joins the signature.
    """
    details = references.details
    definition = check_definition(details.get("definition", "texygen"))
    orders = listed_orders(details.get("orders", "2,3,4,5"))
    others = some_rows(references.test, "references")
    values = per_sentence(samples, others, definition, orders)
    facts = {
        "definition": definition,
        "smoothing": SMOOTHING[definition],
        **compared("references", others, len(values), references.temperature),
    }
    return [
        Score(
            name=f"bleu_{order}",
            value=float(column.mean()),
            signature=signature(f"bleu_{order}", facts, details),
            direction="higher",
            unit="0-1",
            n=len(column),
            interval=mean_interval(column),
            per_row=column,
        )
        for order, column in zip(orders, values.T, strict=True)
    ]
