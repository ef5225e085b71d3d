"""Corpus BLEU as sacreBLEU defines it: n-gram matches summed over all samples before anything is divided.

    precision_n = sum_b matched_n(b) / sum_b total_n(b),   c = sum_b length_b,   r = sum_b closest reference length
    corpus_bleu_N = 100 * min(1, exp(1 - r / c)) * exp((1 / N) * sum_n log precision_n)

All references are one shared set: the matches of a sample are clipped at the largest count in one reference, and its
reference length is the nearest one (ties: the shorter). The k-th order without any match has the precision
1 / (2^k * its total) (smoothing ``exp``). Higher is better up to the score of real text. In [0, 100], as sacreBLEU
prints it; the other BLEUs here are in [0, 1].

What it rewards wrongly: one perfect sentence repeated scores 100; ``self_bleu`` and ``uniqueness`` show that. Long
samples weigh more than short ones, which hides many bad short ones; ``bleu`` counts each sample once.

Sample size: it grows with the number of references, whose number and hash are in the signature; with 10,000
captions its interval is about one point wide, with 1,000 three.

Bad input: a blank sample adds nothing but its reference length; samples none of which has a match, or none of which is
long enough for an order, give 0; a token that no reference has matches nothing. No samples, no references, or words
against ids raise an error.

Golden value: the 10,000 training captions of COCO against the 10,000 test captions (Texygen's split, lower-cased,
NLTK's word tokeniser): 38.99.
``corpus_bleu(["a b c d e"], ["a b c d f"])`` is 66.87, as sacreBLEU gives with ``tokenize="none"``.

Source: Papineni et al. 2002, equation 3; Post 2018 (sacreBLEU); smoothing: Chen and Cherry 2014, method 3.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqgan.metrics._rows import check_orders, listed_orders, some_rows
from seqgan.metrics._signature import compared, signature
from seqgan.records import References, Samples, Score
from seqgan.stats import ngrams
from seqgan.stats.totals import total_interval

NEEDS = ("test",)
ORDERS = (4,)

Floats = NDArray[np.float64]


def corpus_bleu(samples: Any, references: Any, orders: Sequence[int] = ORDERS) -> dict[str, float]:
    """Return ``{"corpus_bleu_4": ..}`` of samples against references, each in [0, 100], higher is better.

    Both are lists of strings (split at white space), lists of token lists or integer arrays (B, T); every reference
    serves every sample. Raises DataError without samples or references, or where one side holds words and the other
    ids; ConfigError for an unknown order.
    """
    parts = _parts(samples, references, check_orders(orders))
    total = parts.sum(axis=0, keepdims=True)
    return {f"corpus_bleu_{order}": float(_from_sums(total, order)[0]) for order in orders}


def _parts(samples: Any, references: Any, orders: tuple[int, ...]) -> Floats:
    """Return for every sample its length, its closest reference length, its matches and its totals, (B, 2 + 2 O)."""
    rows, others = some_rows(samples, "samples"), some_rows(references, "references")
    found = ngrams.match(ngrams.index(others, max(orders)), rows)
    return np.column_stack([found.lengths, found.closest, found.matched, found.totals()]).astype(np.float64)


def _from_sums(sums: Floats, order: int) -> Floats:
    """Return the score (S,) of sums (S, 2 + 2 O) of what :func:`_parts` gives, for one order N <= O."""
    highest = (sums.shape[1] - 2) // 2
    length, closest = sums[:, 0], sums[:, 1]
    matched, total = sums[:, 2 : 2 + order], sums[:, 2 + highest : 2 + highest + order]
    missing = matched <= 0
    smoothed = 0.5 ** np.cumsum(missing, axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(np.where(missing, smoothed, matched) / total).mean(axis=1)
        penalty = np.minimum(0.0, 1.0 - closest / length)
        values = 100 * np.exp(penalty + logs)
    return np.where((matched > 0).any(axis=1) & (total > 0).all(axis=1), values, 0.0)


def score(samples: Samples, references: References) -> list[Score]:
    """Return one Score an order (4 unless ``references.details["orders"]``), with a bootstrap interval over samples."""
    details = references.details
    orders = listed_orders(details["orders"]) if "orders" in details else ORDERS
    others = some_rows(references.test, "references")
    parts = _parts(samples, others, orders)
    facts = {
        "definition": "sacrebleu",
        "smoothing": "exp",
        **compared("references", others, len(parts), references.temperature),
    }
    return [
        Score(
            name=f"corpus_bleu_{order}",
            value=float(_from_sums(parts.sum(axis=0, keepdims=True), order)[0]),
            signature=signature(f"corpus_bleu_{order}", facts, details),
            direction="higher",
            unit="0-100",
            n=len(parts),
            interval=total_interval(parts, partial(_from_sums, order=order)),
        )
        for order in orders
    ]
