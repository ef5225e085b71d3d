"""Mean, standard deviation and Student's t interval of a number over seeds (Student 1908)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from seqgan.errors import DataError
from seqgan.stats.bootstrap import Interval


@dataclass(frozen=True)
class Spread:
    """A number over ``count`` seeds; ``sd`` divides by count - 1; one seed alone has neither ``sd`` nor interval."""

    count: int
    mean: float
    sd: float | None
    interval: Interval | None


def over_seeds(values: Sequence[float], *, confidence: float = 0.95) -> Spread:
    """Return the spread of one value a seed: mean -+ t(confidence, count - 1) * sd / sqrt(count).

    It speaks of other seeds of the same system, not of other sentences. Raises DataError for none, or one that is
    not finite: a failed run is reported as such, not averaged away.
    """
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 1 or not len(array) or not np.isfinite(array).all():
        raise DataError("A mean over seeds needs a finite number for every seed.", "Report failed seeds by themselves.")
    mean = float(array.mean())
    if len(array) == 1:
        return Spread(1, mean, None, None)
    from scipy.special import stdtrit

    sd = float(array.std(ddof=1))
    width = float(stdtrit(len(array) - 1, (1 + confidence) / 2)) * sd / len(array) ** 0.5
    return Spread(len(array), mean, sd, (mean - width, mean + width))
