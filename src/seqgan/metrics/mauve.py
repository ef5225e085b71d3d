"""MAUVE: the area under the frontier of two errors, samples that real text lacks and real text that samples lack.

    r = a p + (1 - a) q,   p the histogram of samples over clusters of features, q that of real rows,   0 < a < 1
    frontier: the points (exp(-c KL(q|r)), exp(-c KL(p|r))),   c = 5
    mauve = area under the frontier

Higher is better; in [0, 1]: 1 for equal histograms, near 0 for sets that share no cluster. Samples and real rows are
clustered together by k-means in the space of the principal components that hold 90 % of the variance of the features;
n rows a side make n / 10 clusters. The starting points of k-means change the value by as much as models differ, so it
is the mean over five fixed seeds. An own implementation from the paper.

The feature net is that of ``frechet``: a recurrent language model trained on the training rows with a fixed seed, its
digest in the signature. The paper has the states of a large pretrained model: values with other nets do not compare.

What it rewards wrongly: what the net does not see; copies of training rows are real text to it, see ``novelty``.

Sample size: the fewer rows, the higher the value, so equal numbers only: as many rows are taken of both sides, evenly
spaced, at most 10,000. Its authors ask for a few thousand rows (5,000 in the paper) of long text. Fewer than 1,000
raise an error; below 5,000 rows, or where rows have fewer than 50 tokens on average, which gives the measure little to
see, ``caution`` stands in the signature.

Bad input: blank rows have the features of an empty row; unseen words are one unknown symbol. Features that are not
finite, missing training rows, or words against ids raise an error.

Golden value: histograms without a common cluster have 1/252 = 0.0040, c times the beta function at (c + 1, c).

Source: Pillutla et al. 2021, equations 1 and 2 and section 3 (quantisation); on seeds and sample sizes: Pillutla et al.
2023.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import trapezoid
from scipy.special import expit, rel_entr

from seqgan.errors import DataError
from seqgan.metrics._features import Features, Net, net
from seqgan.metrics._rows import evenly, some_rows
from seqgan.metrics._signature import compared, signature
from seqgan.records import References, Samples, Score
from seqgan.stats.kmeans import kmeans
from seqgan.stats.ngrams import split

NEEDS = ("test", "train")
SCALE = 5.0
SEEDS = 5
VARIANCE = 0.9
LEAST, ADVISED, MOST = 1_000, 5_000, 10_000
ADVISED_LENGTH = 50

Floats = NDArray[np.float64]
_MIXTURES = expit(np.linspace(-30, 30, 3001))


def mauve(samples: Any, references: Any, train: Any = None, features: Features | None = None) -> float:
    """Return the value of samples against real references, in [0, 1], higher is better.

    All are lists of strings (split at white space), token lists or integers (B, T), at least 1,000 rows a side.
    ``features`` maps token rows to vectors (B, F); without it a language model is trained on ``train``. Raises
    DataError for fewer rows, where neither is given, or where one side holds words and the other ids.
    """
    return _measured(samples, references, net(train, features))[0]


def _measured(samples: Any, references: Any, chosen: Net) -> tuple[float, int]:
    """Return the value and how many rows a side it was measured on."""
    rows, real = some_rows(samples, "samples", LEAST), some_rows(references, "real rows", LEAST)
    count = min(len(rows), len(real), MOST)
    return mauve_of_features(*chosen.both(rows, real, LEAST, count)), count


def mauve_of_features(first: Floats, second: Floats, clusters: int | None = None, seeds: int = SEEDS) -> float:
    """Return the mean over ``seeds`` clusterings of the value of two sets of feature vectors (B, F) and (R, F).

    ``clusters`` is a tenth of the smaller set, two at least, where it is None.
    """
    count = clusters or max(2, min(len(first), len(second)) // 10)
    points = principal(np.concatenate([first, second]))
    values = []
    for seed in range(seeds):
        labels = kmeans(points, count, seed)
        histograms = [np.bincount(side, minlength=count) for side in (labels[: len(first)], labels[len(first) :])]
        values.append(frontier_area(*(counts / counts.sum() for counts in histograms)))
    return float(np.mean(values))


def principal(points: Floats, share: float = VARIANCE) -> Floats:
    """Return the points (B, F') in the fewest principal components that hold ``share`` of their variance."""
    centred = points - points.mean(axis=0)
    values, vectors = np.linalg.eigh(centred.T @ centred)
    falling = np.maximum(values[::-1], 0.0)
    kept = int(np.searchsorted(np.cumsum(falling), share * falling.sum())) + 1
    return np.asarray(centred @ vectors[:, ::-1][:, :kept])


def frontier_area(first: Floats, second: Floats, scale: float = SCALE) -> float:
    """Return the area under the divergence frontier of two distributions (K,), in [0, 1].

    The curve is followed from a = 0, where r is ``second``, to a = 1 on 3,001 mixtures; left of its last point the
    region reaches up to 1.
    """
    mixed = _MIXTURES[:, None] * first + (1 - _MIXTURES[:, None]) * second
    across = np.exp(-scale * rel_entr(second, mixed).sum(axis=1))
    up = np.exp(-scale * rel_entr(first, mixed).sum(axis=1))
    across, up = np.concatenate([[1.0], across, [0.0]]), np.concatenate([up[:1], up, up[-1:]])
    return float(min(max(-trapezoid(up, across), 0.0), 1.0))


def score(samples: Samples, references: References) -> list[Score]:
    """Return the one Score, without an interval: resampled rows share clusters that fresh rows would not."""
    if references.train is None:
        raise DataError("mauve needs training rows for its feature net.", "Give them, or leave the metric out.")
    rows, real = some_rows(samples, "samples", LEAST), some_rows(references.test, "real rows", LEAST)
    chosen = net(references.train, None)
    value, judged = _measured(rows, real, chosen)
    caution = _caution(judged, evenly(rows, MOST))
    facts = {
        "scale": SCALE,
        "clusters": judged // 10,
        "seeds": SEEDS,
        "variance": VARIANCE,
        "features": chosen.name,
        **compared("references", real, len(rows), references.temperature, judged=judged, **caution),
    }
    return [Score("mauve", value, signature("mauve", facts, references.details), "higher", "0-1", judged)]


def _caution(judged: int, rows: Sequence[Any]) -> dict[str, str]:
    """Return what the authors advise and these rows lack, as a fact for the signature, or nothing."""
    length = sum(len(split(row)) for row in rows) / len(rows)
    found = [f"fewer than {ADVISED} rows"] if judged < ADVISED else []
    found += [f"shorter than {ADVISED_LENGTH} tokens"] if length < ADVISED_LENGTH else []
    return {"caution": ", ".join(found)} if found else {}
