"""Frechet distance and MAUVE: closed forms, enumeration, monotone under mixing, refusals, a trained net."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.integrate import quad
from scipy.linalg import sqrtm
from scipy.optimize import brentq

from seqgan.errors import DataError
from seqgan.metrics import frechet, mauve
from seqgan.records import References, Samples

Floats = NDArray[np.float64]


def points(seed: int, count: int, size: int = 3, shift: float = 0.0) -> Floats:
    return np.random.default_rng(seed).normal(shift, 1.0, (count, size))


def counts(rows: Sequence[Any]) -> Floats:
    """Return how often each row has a, b and c, which is a feature net too."""
    return np.array([[sum(token == letter for token in row) for letter in "abc"] for row in rows], dtype=float)


def letters(seed: int, count: int, among: str = "abc") -> list[list[str]]:
    draws = random.Random(seed)
    return [draws.choices(among, k=draws.randint(2, 6)) for _ in range(count)]


def standard(rows: Floats) -> Floats:
    """Return the points with mean 0 and exactly the identity as covariance."""
    centred = rows - rows.mean(axis=0)
    return np.asarray(np.linalg.solve(np.linalg.cholesky(np.cov(centred, rowvar=False)), centred.T).T)


def test_the_golden_value_of_frechet() -> None:
    rows = standard(points(1, 50))
    assert frechet.frechet_distance(rows, rows + np.array([3.0, 0.0, 0.0])) == pytest.approx(9.0)
    assert frechet.frechet_distance(rows, rows) == pytest.approx(0.0, abs=1e-9)
    # Covariances I and 4 I over three features: 3 (1 + 4 - 2 * 2).
    assert frechet.frechet_distance(rows, 2 * rows) == pytest.approx(3.0)
    assert frechet.frechet_distance(rows[:, :1], 2 * rows[:, :1]) == pytest.approx(1.0)


def test_frechet_equals_the_formula_with_a_matrix_root() -> None:
    first, second = points(1, 40) @ np.array([[1, 2, 0], [0, 1, 1], [0, 0, 3]]), points(2, 60, shift=0.5)
    covariances = [np.cov(rows, rowvar=False) for rows in (first, second)]
    expected = ((first.mean(0) - second.mean(0)) ** 2).sum() + np.trace(
        covariances[0] + covariances[1] - 2 * sqrtm(covariances[0] @ covariances[1]).real
    )
    assert frechet.frechet_distance(first, second) == pytest.approx(expected)
    assert frechet.frechet_distance(second, first) == pytest.approx(expected)


def test_frechet_with_a_net_of_ones_own() -> None:
    near = frechet.frechet(letters(1, 100), letters(2, 100), features=counts)
    far = frechet.frechet(letters(1, 100, "aab"), letters(2, 100), features=counts)
    assert near < 0.2 < far
    with pytest.raises(DataError, match="5 rows are too few"):
        frechet.frechet(letters(1, 5), letters(2, 100), features=counts)
    with pytest.raises(DataError, match="one finite vector"):
        frechet.frechet(letters(1, 9), letters(2, 9), features=lambda rows: np.full((len(rows), 2), np.nan))
    with pytest.raises(DataError, match="training rows"):
        frechet.frechet(letters(1, 9), letters(2, 9))


def slow_area(first: Floats, second: Floats, scale: float) -> float:
    """Return the area under the frontier, its height at each place found by a search for the mixture."""

    def divergence(of: Floats, share: float) -> float:
        mixed = share * first + (1 - share) * second
        return float(sum(p * np.log(p / m) for p, m in zip(of, mixed, strict=True) if p > 0))

    def height(across: float) -> float:
        if across <= np.exp(-scale * divergence(second, 1 - 1e-15)):
            return 1.0
        share = brentq(lambda a: np.exp(-scale * divergence(second, a)) - across, 0.0, 1 - 1e-15, xtol=1e-14)
        return float(np.exp(-scale * divergence(first, share)))

    return float(quad(height, 0.0, 1.0, limit=200)[0])


@pytest.mark.parametrize(
    ("first", "second"),
    [([0.5, 0.3, 0.2], [0.2, 0.3, 0.5]), ([0.9, 0.05, 0.05], [0.1, 0.1, 0.8]), ([0.5, 0.5, 0.0], [0.0, 0.5, 0.5])],
)
@pytest.mark.parametrize("scale", [1.0, 5.0])
def test_the_area_equals_a_slow_integral(first: list[float], second: list[float], scale: float) -> None:
    one, other = np.array(first), np.array(second)
    assert mauve.frontier_area(one, other, scale) == pytest.approx(slow_area(one, other, scale), abs=1e-4)
    assert mauve.frontier_area(other, one, scale) == pytest.approx(mauve.frontier_area(one, other, scale), abs=1e-6)


def test_the_bounds_and_the_golden_value_of_mauve() -> None:
    even = np.full(4, 0.25)
    assert mauve.frontier_area(even, even) == pytest.approx(1.0)
    assert mauve.frontier_area(np.array([1.0, 0.0]), np.array([0.0, 1.0])) == pytest.approx(1 / 252, abs=1e-5)


def test_mauve_falls_as_something_else_is_mixed_in() -> None:
    real, more, other = points(1, 300), points(2, 300), points(3, 300, shift=8.0)
    values = [
        mauve.mauve_of_features(np.concatenate([more[: 300 - foreign], other[:foreign]]), real, clusters=12, seeds=2)
        for foreign in (0, 60, 150, 300)
    ]
    assert values == sorted(values, reverse=True)
    assert values[0] > 0.9
    assert values[-1] == pytest.approx(1 / 252, abs=1e-3)
    assert mauve.mauve_of_features(real, real) == pytest.approx(1.0)


def test_principal_components_hold_the_share_asked_for() -> None:
    rows = points(5, 200, 4) * [10.0, 5.0, 0.1, 0.1]
    kept = mauve.principal(rows)
    assert kept.shape == (200, 2)
    assert kept.var(axis=0).sum() >= 0.9 * rows.var(axis=0).sum()
    assert mauve.principal(rows, 0.5).shape == (200, 1)
    assert mauve.principal(np.ones((5, 2))).shape[1] >= 1


def test_mauve_refuses_few_rows_and_names_what_its_authors_advise() -> None:
    with pytest.raises(DataError, match="1000 are needed"):
        mauve.mauve(letters(1, 999), letters(2, 1000), features=counts)
    value = mauve.mauve(letters(1, 1000), letters(2, 1000), features=counts)
    assert value > 0.8
    assert mauve._caution(1000, [["a"] * 60]) == {"caution": "fewer than 5000 rows"}
    assert mauve._caution(5000, [["a"] * 50]) == {}


def test_scores_declare_the_net_that_was_trained_on_the_training_rows() -> None:
    train, drawn, real = letters(1, 64), letters(2, 300), letters(3, 260)
    samples = Samples([[0]] * 300, [[True]] * 300, tokens=tuple(map(tuple, drawn)))
    references = References(test=real, train=train, details={"tokenizer": "char"})
    (first,), (again,) = frechet.score(samples, references), frechet.score(samples, references)
    assert first == again
    assert first.value < frechet.frechet(letters(4, 300, "a"), real, train)
    for part in ("features:128:lstm128", "64 training rows", "references:260:", "hypotheses:300", "caution:fewer than"):
        assert part in first.signature
    with pytest.raises(DataError, match="1000 are needed"):
        mauve.score(samples, references)
