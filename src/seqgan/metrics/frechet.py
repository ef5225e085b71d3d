"""Frechet distance: how far apart the features of samples and of real text are, as if both were normally distributed.

    frechet = |m_s - m_r|^2 + trace(C_s + C_r - 2 (C_s C_r)^(1/2))

m and C are mean and covariance of the features of samples (s) and real rows (r). Lower is better; at least 0, without
an upper bound and without a unit: only values with the same feature net compare, and the net is in the signature.

The net is a recurrent language model (LSTM, 128 units) trained on the training rows with a fixed seed; a row's features
are the mean of its states. Its digest is in the signature; another machine may round otherwise and get another digest.
In Python any function of token rows can be the net.

What it rewards wrongly: only mean and covariance count, so quite different sets can be at 0; copies of training rows
are real text to it, see ``novelty``. A net that knows only this data may not see what a reader sees.

Sample size: it is biased upwards, the more so the fewer rows, so equal numbers only, beside real text of the same
number. Fewer than two rows a feature (256) raise an error; below 10,000 rows ``caution`` stands in the signature.

Bad input: blank rows have the features of an empty row; unseen words are one unknown symbol. Features that are not
finite, missing training rows, or words against ids raise an error.

Golden value: features with means 0 and 3, both with the identity as covariance, have the distance 9.

Source: Heusel et al. 2017 (Frechet inception distance); on sentences: Semeniuta et al. 2018, section 3.2.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqgan.errors import DataError
from seqgan.metrics._features import Features, Net, net
from seqgan.metrics._rows import some_rows
from seqgan.metrics._signature import compared, signature
from seqgan.records import References, Samples, Score

NEEDS = ("test", "train")
ADVISED = 10_000

Floats = NDArray[np.float64]


def frechet(samples: Any, references: Any, train: Any = None, features: Features | None = None) -> float:
    """Return the distance of samples to real references, at least 0, lower is better.

    All are lists of strings (split at white space), token lists or integers (B, T). ``features`` maps token rows to
    vectors (B, F); without it a language model is trained on ``train``. Raises DataError for fewer than 2 F rows on a
    side, where neither ``train`` nor ``features`` is given, or where one side holds words and the other ids.
    """
    return _measured(samples, references, net(train, features))[0]


def _measured(samples: Any, references: Any, chosen: Net) -> tuple[float, int]:
    """Return the distance and the number of features."""
    first, second = chosen.both(samples, references, least=2)
    size = first.shape[1]
    for rows in (first, second):
        if len(rows) < 2 * size:
            raise DataError(
                f"{len(rows)} rows are too few for a Frechet distance over {size} features.", f"Give {2 * size} a side."
            )
    return frechet_distance(first, second), size


def frechet_distance(first: Floats, second: Floats) -> float:
    """Return the distance of two sets of feature vectors (B, F) and (R, F), at least two each.

    The trace of the root is the sum of the roots of the eigenvalues of A C_r A, A the symmetric root of C_s.
    """
    means = first.mean(axis=0), second.mean(axis=0)
    covariances = [np.atleast_2d(np.cov(rows, rowvar=False)) for rows in (first, second)]
    values, vectors = np.linalg.eigh(covariances[0])
    root = (vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T
    mixed = np.maximum(np.linalg.eigvalsh(root @ covariances[1] @ root), 0.0)
    traces = np.trace(covariances[0]) + np.trace(covariances[1]) - 2 * np.sqrt(mixed).sum()
    return float(max(((means[0] - means[1]) ** 2).sum() + traces, 0.0))


def score(samples: Samples, references: References) -> list[Score]:
    """Return the one Score, without an interval: resampled rows are further apart than the rows themselves."""
    real = some_rows(references.test, "real rows")
    chosen = net(references.train, None)
    value, size = _measured(samples, real, chosen)
    few = {"caution": f"fewer than {ADVISED} rows"} if min(len(samples), len(real)) < ADVISED else {}
    facts = {
        "features": f"{size}:{chosen.name}",
        **compared("references", real, len(samples), references.temperature, **few),
    }
    return [
        Score(
            name="frechet",
            value=value,
            signature=signature("frechet", facts, references.details),
            direction="lower",
            unit="squared distance",
            n=len(samples),
        )
    ]
