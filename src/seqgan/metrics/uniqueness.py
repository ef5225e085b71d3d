"""Uniqueness: the share of distinct rows among the samples.

    uniqueness = number of different rows / number of rows

In (0, 1]; 1 means that no sample occurs twice. Higher is more diverse, and a sudden fall is the first sign of
collapse. Rows are compared as tokens.

What it rewards wrongly: one changed word makes a row new, so a collapsed model with some noise keeps a high value:
``self_bleu`` shows that. Random rows are all unique.

Sample size: it falls as the number of samples grows, in real text too, for short rows repeat; so that number is in
the signature. 1,000 or more: the value moves in steps of one over it.

Bad input: blank rows are equal to each other and count. No samples, missing values, or ids among words raise an
error.

Golden value: the 10,000 test captions of COCO (Texygen's split, lower-cased, NLTK's word tokeniser): 0.9870.
``uniqueness(["a b", "a b", "b a"])`` is 2/3.

Source: Polykovskiy et al. 2020 (``unique@k``).
"""

from __future__ import annotations

from typing import Any

from seqgan.metrics._rows import check_one_kind, keys, some_rows
from seqgan.metrics._signature import signature
from seqgan.records import References, Samples, Score

NEEDS: tuple[str, ...] = ()


def uniqueness(samples: Any) -> float:
    """Return the share of distinct rows, in (0, 1]; samples are strings, token lists or integers (B, T).

    Raises DataError where there is no sample, or where some tokens are words and others ids or neither.
    """
    rows = some_rows(samples, "samples")
    check_one_kind(rows)
    return len(set(keys(rows))) / len(rows)


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
