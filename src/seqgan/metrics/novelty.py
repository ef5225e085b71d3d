"""Novelty and memorised fraction: the shares of samples that are not, and that are, a row of the training set.

    memorised = number of samples that equal a training row, token by token / number of samples
    novelty = 1 - memorised

Both in [0, 1]; higher novelty means less copying. Held-out real text is the level to compare with: short rows such as
captions repeat by chance. Duplicates among the samples count each time.

What it rewards wrongly: random noise has a novelty of 1, and so has a copy with one word changed; the first shows in a
quality score such as ``bleu``, the second in ``nearest_train``.

Sample size: the shares do not move with the number of samples; the interval of 1,000 samples is at most 0.06 wide.
Novelty falls as training rows grow in number; that number and a hash of the rows are in the signature.

Bad input: a blank sample is new unless a training row is blank too. No samples, no training rows, or words against ids
raise an error.

Golden value: the 10,000 test captions of COCO with the training captions of Texygen's split (lower-cased, NLTK's word
tokeniser): 0.9985. ``novelty(["a b", "a b", "c"], ["a b", "d"])`` is 1/3, the memorised fraction 2/3.

Source: Polykovskiy et al. 2020 (novelty); the fraction that equals training rows is its complement.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from seqgan.errors import DataError
from seqgan.metrics._rows import check_one_kind, keys, some_rows
from seqgan.metrics._signature import compared, signature
from seqgan.records import Direction, References, Samples, Score
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
    check_one_kind(rows, known)
    seen = set(keys(known))
    return [row not in seen for row in keys(rows)]


def score(samples: Samples, references: References) -> list[Score]:
    """Return novelty and memorised fraction; the number and a hash of the training rows are in their signatures."""
    if references.train is None:
        raise DataError("novelty needs the training rows.", "Give them, or leave the metric out.")
    new = np.array(_flags(samples, references.train), dtype=np.float64)
    facts = compared("train", references.train, len(new), references.temperature)
    directions: dict[str, Direction] = {"novelty": "higher", "memorised": "lower"}
    return [
        Score(
            name=name,
            value=float(shares.mean()),
            signature=signature(name, facts, references.details),
            direction=directions[name],
            unit="share",
            n=len(new),
            interval=mean_interval(shares),
            per_row=shares,
        )
        for name, shares in (("novelty", new), ("memorised", 1 - new))
    ]
