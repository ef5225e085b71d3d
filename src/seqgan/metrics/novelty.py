"""Novelty: the share of samples that are not a row of the training set.

    novelty = number of samples whose row is absent from the training set / number of samples

In [0, 1]. Higher means less copying; random noise has 1, so it says something only beside a quality score. Rows are
compared as tokens, duplicates among the samples count each time. Source: Polykovskiy et al. 2020.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from seqgan.errors import DataError
from seqgan.metrics._rows import check_same_kind, keys, some_rows
from seqgan.metrics._signature import fingerprint, signature
from seqgan.records import References, Samples, Score
from seqgan.stats.bootstrap import mean_interval

NEEDS = ("train",)


def novelty(samples: Any, train: Any) -> float:
    """Return the share of samples that are not in ``train``; both strings, token lists or integers (B, T).

    Raises DataError without samples or training rows, or where one side holds words and the other ids.
    """
    flags = _flags(samples, train)
    return sum(flags) / len(flags)


def _flags(samples: Any, train: Any) -> list[bool]:
    rows, known = some_rows(samples, "samples"), some_rows(train, "training rows")
    check_same_kind(rows, known)
    seen = set(keys(known))
    return [row not in seen for row in keys(rows)]


def score(samples: Samples, references: References) -> list[Score]:
    """Return the one Score; the number and a hash of the training rows are in its signature."""
    if references.train is None:
        raise DataError("novelty needs the training rows.", "Give them, or leave the metric out.")
    flags = _flags(samples, references.train)
    facts = {
        "train": f"{len(references.train)}:{fingerprint(references.train)}",
        "hypotheses": len(flags),
        "temperature": references.temperature,
    }
    return [
        Score(
            name="novelty",
            value=sum(flags) / len(flags),
            signature=signature("novelty", facts, references.details),
            direction="higher",
            unit="share",
            n=len(flags),
            interval=mean_interval([float(flag) for flag in flags]),
            per_row=np.array(flags, dtype=np.float64),
        )
    ]
