"""Uniqueness: the share of distinct rows among the samples.

    uniqueness = number of different rows / number of rows

In (0, 1]; 1 means that no sample occurs twice. Higher is more diverse, and a sudden fall is the first sign of
collapse. Real text has duplicates too (short captions), and the value falls as the number of samples grows, so that
number is part of the signature. Rows are compared as tokens. Source: as ``unique@k`` in Polykovskiy et al. 2020.
"""

from __future__ import annotations

from typing import Any

from seqgan.metrics._rows import keys, some_rows
from seqgan.metrics._signature import signature
from seqgan.records import References, Samples, Score

NEEDS: tuple[str, ...] = ()


def uniqueness(samples: Any) -> float:
    """Return the share of distinct rows, in (0, 1]; samples are strings, token lists or integers (B, T).

    Raises DataError where there is no sample.
    """
    rows = keys(some_rows(samples, "samples"))
    return len(set(rows)) / len(rows)


def score(samples: Samples, references: References) -> list[Score]:
    """Return the one Score, without an interval: a resample of rows holds duplicates by construction."""
    facts = {"hypotheses": len(samples), "temperature": references.temperature}
    return [
        Score(
            name="uniqueness",
            value=uniqueness(samples),
            signature=signature("uniqueness", facts, references.details),
            direction="higher",
            unit="share",
            n=len(samples),
        )
    ]
