"""The batched monotone cubic against SciPy's, row by row, and against what a line must be."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.interpolate import PchipInterpolator

from seqgan.stats.monotone import Lines


@pytest.mark.parametrize("points", [2, 3, 4, 9])
def test_values_and_areas_are_those_of_scipy_row_by_row(points: int) -> None:
    draw = np.random.default_rng(points)
    x, y = draw.normal(size=(50, points)), draw.normal(size=(50, points)).round(1)
    lines = Lines.through(x, y)
    share = np.sort(draw.random((50, 6)), axis=1)
    places = x.min(axis=1)[:, None] + share * np.ptp(x, axis=1)[:, None]
    areas = lines.area(places[:, 0], places[:, 5])
    for row in range(50):
        order = np.argsort(x[row])
        slow = PchipInterpolator(x[row][order], y[row][order])
        assert lines.at(places)[row] == pytest.approx(slow(places[row]), abs=1e-9)
        assert areas[row] == pytest.approx(float(slow.integrate(places[row, 0], places[row, 5])), abs=1e-9)


def test_a_line_goes_through_its_points_to_both_ends() -> None:
    x, y = np.array([[3.0, 1.0, 2.0]]), np.array([[5.0, 0.0, 1.0]])
    assert Lines.through(x, y).at(np.array([[1.0, 2.0, 3.0]])).tolist() == [[0.0, 1.0, 5.0]]


def test_rows_with_equal_places_are_not_numbers_and_harm_no_other_row() -> None:
    lines = Lines.through(np.array([[0.0, 1.0, 1.0], [0.0, 1.0, 2.0]]), np.array([[0.0, 1.0, 2.0], [0.0, 1.0, 2.0]]))
    places = np.array([[0.5], [0.5]])
    assert np.isnan(lines.at(places)[0, 0])
    assert lines.at(places)[1, 0] == pytest.approx(0.5)
    assert np.isnan(lines.area(np.zeros(2), np.ones(2))).tolist() == [True, False]
