"""Lengths: mean and spread of the sample lengths in tokens, and the share of empty rows.

    length_mean = sum_b length_b / B,  length_sd = sqrt(sum_b (length_b - length_mean)^2 / B),
    empty_rate = number of rows without a token / B

Lengths have no good direction of their own: compare them with real text. An empty rate above that of real text means
that the generator ends at once. The end symbol is not a token here. Lengths are 0 or more, the rate in [0, 1].

What it rewards wrongly: equal lengths say nothing of what the rows contain; but BLEU and likelihoods of rows of other
lengths than those of real text do not compare, and this shows it.

Sample size: the values do not move with the number of samples; 1,000 captions give the mean to +-0.15 tokens.

Bad input: blank rows have the length 0. No samples raise an error.

Golden value: the 10,000 test captions of COCO (Texygen's split, NLTK's word tokeniser): mean 11.21, spread 2.46,
empty rate 0. ``lengths(["a b", "", "a b c d"])`` is 2, sqrt(8/3) = 1.633 and 1/3.

Source: ours.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqgan.metrics._rows import some_rows
from seqgan.metrics._signature import signature
from seqgan.records import Direction, References, Samples, Score
from seqgan.stats.bootstrap import mean_interval
from seqgan.stats.ngrams import split

NEEDS: tuple[str, ...] = ()
_KINDS: dict[str, tuple[Direction, str]] = {
    "length_mean": ("none", "tokens"),
    "length_sd": ("none", "tokens"),
    "empty_rate": ("lower", "share"),
}


def lengths(samples: Any) -> dict[str, float]:
    """Return ``length_mean``, ``length_sd`` and ``empty_rate`` of strings, token lists or integers (B, T).

    Raises DataError where there is no sample.
    """
    counts = _counts(samples)
    return {
        "length_mean": float(counts.mean()),
        "length_sd": float(counts.std()),
        "empty_rate": float((counts == 0).mean()),
    }


def _counts(samples: Any) -> NDArray[np.float64]:
    return np.array([len(split(row)) for row in some_rows(samples, "samples")], dtype=np.float64)


def score(samples: Samples, references: References) -> list[Score]:
    """Return the three Scores; mean and empty rate have a bootstrap interval."""
    counts = _counts(samples)
    facts = {"hypotheses": len(counts), "temperature": references.temperature}
    per_row = {"length_mean": counts, "empty_rate": (counts == 0).astype(np.float64)}
    return [
        Score(
            name=name,
            value=value,
            signature=signature(name, facts, references.details),
            direction=_KINDS[name][0],
            unit=_KINDS[name][1],
            n=len(counts),
            interval=mean_interval(per_row[name]) if name in per_row else None,
            per_row=per_row.get(name),
        )
        for name, value in lengths(samples).items()
    ]
