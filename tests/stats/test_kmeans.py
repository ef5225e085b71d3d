"""K-means: clusters that lie apart are found; awkward numbers of clusters; equal seeds."""

from __future__ import annotations

import numpy as np
import pytest

from seqgan.errors import ConfigError
from seqgan.stats.kmeans import kmeans


def test_clusters_that_lie_apart_are_found() -> None:
    draws = np.random.default_rng(1)
    truth = np.repeat(np.arange(4), 30)
    points = np.array([[0, 0], [50, 0], [0, 50], [50, 50]])[truth] + draws.normal(size=(120, 2))
    found = kmeans(points, 4, seed=2)
    assert len({*zip(truth.tolist(), found.tolist(), strict=True)}) == 4


def test_every_point_is_in_the_cluster_of_its_nearest_mean() -> None:
    points = np.random.default_rng(3).normal(size=(200, 3))
    found = kmeans(points, 7, steps=500)
    means = np.stack([points[found == number].mean(axis=0) for number in range(7)])
    nearest = ((points[:, None] - means) ** 2).sum(axis=2).argmin(axis=1)
    assert nearest.tolist() == found.tolist()


def test_equal_seeds_and_as_many_clusters_as_points() -> None:
    points = np.random.default_rng(4).normal(size=(20, 2))
    assert kmeans(points, 5, 1).tolist() == kmeans(points, 5, 1).tolist()
    assert sorted(kmeans(points, 20).tolist()) == list(range(20))
    assert set(kmeans(np.ones((6, 2)), 3).tolist()) == {0}


@pytest.mark.parametrize("clusters", [0, 4])
def test_impossible_numbers_are_refused(clusters: int) -> None:
    with pytest.raises(ConfigError):
        kmeans(np.zeros((3, 1)), clusters)
