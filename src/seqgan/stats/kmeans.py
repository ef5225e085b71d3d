"""K-means clustering in numpy, from a seed: k-means++ centres, then Lloyd's steps until nothing changes.

Sources: Lloyd 1982; Arthur and Vassilvitskii 2007 (k-means++). Shapes: B points, F features, K clusters.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from seqgan.errors import ConfigError

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
_CELLS = 4_000_000


def kmeans(points: Floats, clusters: int, seed: int = 0, steps: int = 50) -> Integers:
    """Return the cluster number (B,) of every point (B, F), after at most ``steps`` steps of Lloyd.

    Fewer clusters come out where fewer than ``clusters`` points differ. Raises ConfigError unless 1 <= K <= B.
    """
    if not 1 <= clusters <= len(points):
        raise ConfigError(f"{len(points)} points make no {clusters} clusters.", "Ask for 1 to as many as there are.")
    centres = _spread(points, clusters, np.random.default_rng(seed))
    labels = _assign(points, centres)
    for _ in range(steps):
        sums = np.zeros_like(centres)
        np.add.at(sums, labels, points)
        sizes = np.bincount(labels, minlength=len(centres))[:, None]
        centres = np.where(sizes > 0, sums / np.maximum(sizes, 1), centres)
        changed = _assign(points, centres)
        if np.array_equal(changed, labels):
            break
        labels = changed
    return labels


def _spread(points: Floats, clusters: int, draws: np.random.Generator) -> Floats:
    """Return first centres (K', F): each is a point drawn by its squared distance to those before it."""
    chosen = [int(draws.integers(len(points)))]
    away = ((points - points[chosen[0]]) ** 2).sum(axis=1)
    while len(chosen) < clusters and away.any():
        running = np.cumsum(away)
        place = int(np.searchsorted(running, draws.random() * running[-1], side="right"))
        chosen.append(min(place, len(points) - 1))
        away = np.minimum(away, ((points - points[chosen[-1]]) ** 2).sum(axis=1))
    return points[chosen]


def _assign(points: Floats, centres: Floats) -> Integers:
    """Return the number of the nearest centre, (B,), ties to the lower one."""
    norms = (centres**2).sum(axis=1)
    size = max(1, _CELLS // len(centres))
    parts = [
        (norms - 2 * points[start : start + size] @ centres.T).argmin(axis=1) for start in range(0, len(points), size)
    ]
    return np.concatenate(parts)
