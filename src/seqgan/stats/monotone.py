"""Monotone cubics through many rows of points at once: between two points they never leave the two values.

Slopes are the weighted harmonic means of Fritsch and Butland 1984, three-point slopes at the ends, as in SciPy's
``PchipInterpolator``, which takes one set of places for all rows; here every row has its own. Shapes: R rows, P
points, K places.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Lines:
    """Monotone cubics through ``x`` and ``y`` (R, P) with ``slopes`` (R, P); in each row ``x`` rises."""

    x: Numbers
    y: Numbers
    slopes: Numbers

    @classmethod
    def through(cls, x: Numbers, y: Numbers) -> Lines:
        """Return the lines through points in any order, (R, P), P of 2 or more; a row with equal ``x`` becomes NaN."""
        order = np.argsort(x, axis=1)
        x, y = np.take_along_axis(x, order, axis=1), np.take_along_axis(y, order, axis=1)
        twins = (np.diff(x, axis=1) == 0).any(axis=1, keepdims=True)
        y = np.where(twins, np.nan, y)
        return cls(x, y, _slopes(np.where(twins, np.arange(x.shape[1], dtype=np.float64), x), y))

    def at(self, places: Numbers) -> Numbers:
        """Return the values (R, K) at ``places`` (R, K) inside each row's range."""
        cell, t, h = self._locate(places)
        first, last, rise, fall = self._corners(cell)
        value = (1 + 2 * t) * (1 - t) ** 2 * first + t**2 * (3 - 2 * t) * last
        return np.asarray(value + h * t * (1 - t) * ((1 - t) * rise - t * fall))

    def area(self, low: Numbers, high: Numbers) -> Numbers:
        """Return the integral (R,) from ``low`` (R,) to ``high`` (R,), both inside each row's range."""
        ends = self._until(np.stack([low, high], axis=1))
        return np.asarray(ends[:, 1] - ends[:, 0])

    def _until(self, places: Numbers) -> Numbers:
        """Return the integral (R, K) from the first point to ``places``."""
        steps = np.diff(self.x, axis=1)
        means = (self.y[:, 1:] + self.y[:, :-1]) / 2
        whole = steps * means + steps**2 * (self.slopes[:, :-1] - self.slopes[:, 1:]) / 12
        before = np.concatenate([np.zeros((len(whole), 1)), np.cumsum(whole, axis=1)], axis=1)
        cell, t, h = self._locate(places)
        first, last, rise, fall = self._corners(cell)
        part = first * (t - t**3 + t**4 / 2) + last * (t**3 - t**4 / 2)
        part += h * (rise * (t**2 / 2 - 2 * t**3 / 3 + t**4 / 4) + fall * (t**4 / 4 - t**3 / 3))
        return np.asarray(np.take_along_axis(before, cell, axis=1) + h * part)

    def _locate(self, places: Numbers) -> tuple[NDArray[np.int64], Numbers, Numbers]:
        """Return for each place its cell, how far it lies through it (0 to 1), and the cell's width."""
        cell = (self.x[:, None, 1:-1] <= places[:, :, None]).sum(axis=2)
        left = np.take_along_axis(self.x, cell, axis=1)
        width = np.take_along_axis(self.x, cell + 1, axis=1) - left
        with np.errstate(invalid="ignore", divide="ignore"):
            return cell, (places - left) / width, width

    def _corners(self, cell: NDArray[np.int64]) -> tuple[Numbers, Numbers, Numbers, Numbers]:
        pairs = ((table, cell + step) for table in (self.y, self.slopes) for step in (0, 1))
        first, last, rise, fall = (np.take_along_axis(table, where, axis=1) for table, where in pairs)
        return first, last, rise, fall


def _slopes(x: Numbers, y: Numbers) -> Numbers:
    h = np.diff(x, axis=1)
    d = np.diff(y, axis=1) / h
    if d.shape[1] == 1:
        return np.repeat(d, 2, axis=1)
    before, after = 2 * h[:, 1:] + h[:, :-1], h[:, 1:] + 2 * h[:, :-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        means = (before + after) / (before / d[:, :-1] + after / d[:, 1:])
    inner = np.where(d[:, :-1] * d[:, 1:] > 0, means, 0.0)
    first, last = _end(h[:, 0], h[:, 1], d[:, 0], d[:, 1]), _end(h[:, -1], h[:, -2], d[:, -1], d[:, -2])
    return np.concatenate([first[:, None], inner, last[:, None]], axis=1)


def _end(h0: Numbers, h1: Numbers, d0: Numbers, d1: Numbers) -> Numbers:
    """Return the slope at an end from its two nearest cells, of the sign of the first and at most three times it."""
    slope = ((2 * h0 + h1) * d0 - h0 * d1) / (h0 + h1)
    steep = (d0 * d1 <= 0) & (np.abs(slope) > 3 * np.abs(d0))
    return np.where(slope * d0 <= 0, 0.0, np.where(steep, 3 * d0, slope))
