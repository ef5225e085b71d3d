"""Nearest training row: how many tokens a sample would have to change to become a row of the training set.

    distance(a, b) = fewest tokens put in, taken out or replaced to turn a into b / max(length a, length b)
    nearest_train_distance = mean over samples of the least distance to a training row

In [0, 1]: 0 for a copy of a training row, 1 where no token can stay. It sees near copies, which ``novelty`` calls new.
It has no good direction of its own: compare it with held-out real text, whose distance is what novelty looks like. Far
below that the model has learnt rows by heart. Every training row is looked at; the result is exact.

What it rewards wrongly: random words are far from every row; read it beside a quality score such as ``bleu``.

Sample size: the mean does not move with the number of samples, but it falls as training rows grow in number; that
number and a hash of the rows are in the signature. 1,000 samples of captions give it to 0.01. Where samples times
training rows would take long (above 1,500 captions times 10,000), the score judges evenly spaced samples only;
``judged`` in the signature is their number. The plain function judges all.

Bad input: a blank sample has the distance 1, or 0 where a training row is blank; unseen tokens match nothing. No
samples, no training rows, or words against ids raise an error.

Golden value: the first 1,000 test captions of COCO with the 10,000 training captions (Texygen's split, lower-cased,
NLTK's word tokeniser): 0.5268. ``nearest_train(["a b c d"], ["a x c d", "d c b a"])`` is 0.25.

Source: Levenshtein 1966 (on words); the nearest training row as a check for copies: Zhu et al. 2018 and others; ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqgan.errors import DataError
from seqgan.metrics._rows import evenly, some_rows
from seqgan.metrics._signature import compared, signature
from seqgan.records import References, Samples, Score
from seqgan.stats.bootstrap import mean_interval
from seqgan.stats.edit_distance import nearest
from seqgan.stats.ngrams import split

NEEDS = ("train",)
_WORK = 2e9  # samples x training rows x squared length, some seconds even for random words, which prune nothing
_LEAST = 100


def nearest_train(samples: Any, train: Any) -> float:
    """Return the mean distance of samples to their nearest training row, in [0, 1].

    Both are strings (split at white space), token lists or integers (B, T). Raises DataError without samples or
    training rows, or where one side holds words and the other ids.
    """
    return float(per_sample(samples, train)[0].mean())


def per_sample(samples: Any, train: Any) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return the distance (B,) of each sample to its nearest training row, and that row's number (B,)."""
    rows, known = some_rows(samples, "samples"), some_rows(train, "training rows")
    return nearest(rows, known)


def _judged(rows: Sequence[Any], known: Sequence[Any]) -> Sequence[Any]:
    """Return evenly spaced rows, as many as can be judged in some seconds whatever they hold."""
    length = sum(len(split(row)) for row in known) / len(known)
    most = max(_LEAST, int(_WORK / (len(known) * max(length, 1.0) ** 2)))
    return evenly(rows, most)


def score(samples: Samples, references: References) -> list[Score]:
    """Return the one Score; n counts the samples that were judged."""
    if references.train is None:
        raise DataError("nearest_train needs the training rows.", "Give them, or leave the metric out.")
    judged = _judged(some_rows(samples, "samples"), some_rows(references.train, "training rows"))
    distances = per_sample(judged, references.train)[0]
    facts = {
        "distance": "tokens/longer length",
        **compared("train", references.train, len(samples), references.temperature, judged=len(judged)),
    }
    return [
        Score(
            name="nearest_train_distance",
            value=float(distances.mean()),
            signature=signature("nearest_train_distance", facts, references.details),
            direction="none",
            unit="0-1",
            n=len(judged),
            interval=mean_interval(distances),
            per_row=distances,
        )
    ]
