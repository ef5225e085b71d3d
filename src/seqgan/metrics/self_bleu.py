"""Self-BLEU: each sample against all the others, how much the samples repeat each other.

    self_bleu_N = mean over samples b of BLEU_N(b against every sample but b),   BLEU_N as in ``bleu``

The sample itself is excluded, its duplicates are not. Lower is more diverse; the value of as many real rows is the
level that makes sense. In [0, 1].

What it rewards wrongly: random words are more diverse than any text: read it beside ``bleu``. It sees shared n-grams
only: two halves that each repeat one long sentence's words in new orders look diverse.

Sample size: it grows with the number of samples, without end (COCO test captions, self-BLEU-4 of 1,000, 2,000, 5,000
and 10,000: 0.37, 0.44, 0.54, 0.61), so only equal numbers compare; the number is in the signature. 1,000 or more.

Bad input: blank samples score 0, so an ``empty_rate`` above zero flatters it; samples shorter than n as in ``bleu``.
Fewer than two samples, or an unknown order or definition, raise an error.

Golden value: the 10,000 test captions of COCO (Texygen's split, lower-cased, NLTK's word tokeniser), orders 2 to 5:
0.906 0.774 0.609 0.452. ``self_bleu(["a b c", "a b d", "e f"], orders=(2,))`` is 2/3 * sqrt(2/3 * 1/2) = 0.3849.

Source: Zhu et al. 2018 (Texygen), with the defects of that code (a cached first file, 500 references) left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqgan.metrics._rows import check_orders, listed_orders, some_rows
from seqgan.metrics._signature import signature
from seqgan.records import References, Samples, Score
from seqgan.stats import ngrams
from seqgan.stats.bootstrap import mean_interval
from seqgan.stats.sentence_bleu import SMOOTHING, check_definition, sentence_bleu

NEEDS: tuple[str, ...] = ()
ORDERS = (2, 3, 4, 5)


def self_bleu(samples: Any, definition: str = "texygen", orders: Sequence[int] = ORDERS) -> dict[str, float]:
    """Return ``{"self_bleu_2": ..}`` of samples, each in [0, 1], lower is more diverse.

    ``samples`` are strings (split at white space), token lists or integers (B, T). Raises DataError for fewer than
    two samples, ConfigError for an unknown definition or order.
    """
    values = per_sentence(samples, definition, orders)
    return {f"self_bleu_{order}": float(value) for order, value in zip(orders, values.mean(axis=0), strict=True)}


def per_sentence(samples: Any, definition: str = "texygen", orders: Sequence[int] = ORDERS) -> NDArray[np.float64]:
    """Return the BLEU of every sample against all others, (B, len(orders))."""
    checked, chosen = check_orders(orders), check_definition(definition)
    rows = some_rows(samples, "samples", least=2)
    return sentence_bleu(ngrams.leave_one_out(rows, max(checked)), checked, chosen)


def score(samples: Samples, references: References) -> list[Score]:
    """Return one Score an order; the interval is over hypotheses with the other samples held fixed.

    ``references.details`` may hold ``definition`` and ``orders`` (written 2,3,4,5); the rest of it joins the signature.
    """
    details = references.details
    definition = check_definition(details.get("definition", "texygen"))
    orders = listed_orders(details.get("orders", "2,3,4,5"))
    values = per_sentence(samples, definition, orders)
    facts = {
        "definition": definition,
        "smoothing": SMOOTHING[definition],
        "self": "excluded",
        "hypotheses": len(values),
        "temperature": references.temperature,
    }
    return [
        Score(
            name=f"self_bleu_{order}",
            value=float(column.mean()),
            signature=signature(f"self_bleu_{order}", facts, details),
            direction="lower",
            unit="0-1",
            n=len(column),
            interval=mean_interval(column),
        )
        for order, column in zip(orders, values.T, strict=True)
    ]
