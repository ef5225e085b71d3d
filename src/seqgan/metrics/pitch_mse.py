"""Mean squared difference in pitch between sampled melodies and held-out ones of the same length.

    mse(a, b) = (1 / T) * sum_t (a_t - b_t)^2
    pitch_mse_nearest = mean over samples a of min over references b of mse(a, b)
    pitch_mse_pairs   = mean over samples a and references b of mse(a, b)

In squared semitones, 0 or more, lower is nearer. A mean squared error between samples and real melodies needs a
pairing, and Yu et al. 2017 (Table 4: MLE 22.38, SeqGAN 20.62) state none. Both pairings that need no further choice
are given: each sample beside the real melody nearest to it, and every sample beside every real melody, which is what
a random pairing gives on average.

What it rewards wrongly: one real melody repeated has ``pitch_mse_nearest`` 0; ``self_bleu`` and ``uniqueness`` show
that. A constant row at the mean pitch has a lower ``pitch_mse_pairs`` than real melodies have; ``bleu`` shows that.

Sample size: ``pitch_mse_nearest`` falls as references are added; their number and hash are in the signature. The
other does not move; with 1,000 samples both intervals are a few percent wide.

Bad input: tokens that are no numbers, rows of different lengths, no samples and no references raise an error.

Golden value: ``pitch_mse(["1 2", "5 5"], ["1 4", "9 9"])`` is nearest 5.25, pairs 20.75.

Source: Yu et al. 2017, Table 4, for the idea; the pairings are ours.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqgan.errors import DataError
from seqgan.metrics._rows import some_rows
from seqgan.metrics._signature import compared, signature
from seqgan.records import References, Samples, Score
from seqgan.stats.bootstrap import mean_interval
from seqgan.stats.ngrams import split

NEEDS = ("test",)
_ROWS = 1024


def pitch_mse(samples: Any, references: Any) -> dict[str, float]:
    """Return ``{"pitch_mse_nearest": .., "pitch_mse_pairs": ..}`` in squared semitones, lower is nearer.

    Both are strings of numbers (``39 41``), lists of numbers or number tokens, or integer arrays (B, T), all of one
    length. Raises DataError otherwise.
    """
    return {name: float(values.mean()) for name, values in per_sample(samples, references).items()}


def per_sample(samples: Any, references: Any) -> dict[str, NDArray[np.float64]]:
    """Return both values of every sample, (B,) each; arguments as for :func:`pitch_mse`."""
    rows = _pitches(some_rows(samples, "samples"), "samples")
    others = _pitches(some_rows(references, "references"), "references")
    if rows.shape[1] != others.shape[1]:
        raise DataError(
            f"Samples have {rows.shape[1]} pitches and references {others.shape[1]}.", "Compare rows of one length."
        )
    parts = [_differences(rows[start : start + _ROWS], others) for start in range(0, len(rows), _ROWS)]
    return {
        "pitch_mse_nearest": np.concatenate([part.min(axis=1) for part in parts]),
        "pitch_mse_pairs": np.concatenate([part.mean(axis=1) for part in parts]),
    }


def _differences(rows: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean squared differences (B, R); whole numbers of this size keep every digit in the expansion."""
    squares = (rows**2).sum(axis=1)[:, None] + (others**2).sum(axis=1)[None, :]
    return np.asarray((squares - 2 * rows @ others.T) / rows.shape[1], np.float64)


def _pitches(rows: Any, what: str) -> NDArray[np.float64]:
    try:
        numbers = [[int(str(token)) for token in split(row)] for row in rows]
    except ValueError:
        raise DataError(f"The {what} hold tokens that are no numbers.", "This metric compares pitches.") from None
    if len({len(row) for row in numbers}) != 1 or not numbers[0]:
        raise DataError(f"The {what} are not all of one length.", "Compare rows of one length.")
    return np.array(numbers, np.float64)


def score(samples: Samples, references: References) -> list[Score]:
    """Return one Score a pairing, with a bootstrap interval over samples."""
    others = some_rows(references.test, "references")
    facts = compared("references", others, len(samples), references.temperature)
    return [
        Score(
            name=name,
            value=float(values.mean()),
            signature=signature(name, {"pairing": name.rpartition("_")[2], **facts}, references.details),
            direction="lower",
            unit="squared semitones",
            n=len(values),
            interval=mean_interval(values),
            per_row=values,
        )
        for name, values in per_sample(samples, others).items()
    ]
