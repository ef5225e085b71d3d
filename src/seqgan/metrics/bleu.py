"""BLEU of samples against held-out text: how many n-grams of the samples occur in real text.

Mean over *all* hypotheses of sentence BLEU (see :mod:`seqgan.stats.sentence_bleu`) with *all* references as one
shared set, uniform weights 1/n and the closest reference length (ties: the shorter). Higher is better up to the
score of real text; above it a model repeats itself, so read it beside ``self_bleu``. In [0, 1].

The value grows with the number of references; that number and a hash of them are part of the signature.
A blank hypothesis scores 0 and counts. A row shorter than n tokens has no n-gram: its precision is 0.1 (``texygen``),
1 (``legacy``) or 0 (``strict``). Source: Papineni et al. 2002; as a score of unconditional text: Yu et al. 2017
and Zhu et al. 2018 (definition ``texygen``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqgan.metrics._rows import check_orders, check_same_kind, listed_orders, some_rows
from seqgan.metrics._signature import fingerprint, signature
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
    check_same_kind(rows, others)
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
        "references": f"{len(others)}:{fingerprint(others)}",
        "hypotheses": len(values),
        "temperature": references.temperature,
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
