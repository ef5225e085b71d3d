"""Systems under judgement: one file of samples, or several files as the seeds of one; what may be compared; tests."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from seqgan.records import Score
from seqgan.stats.bootstrap import Interval
from seqgan.stats.paired import Permutation, holm, paired_permutation_test, permutation_test
from seqgan.stats.seeds import Spread, over_seeds

Role = Literal["sample", "reference"]


@dataclass(frozen=True)
class ScoredFile:
    """The scores of one set of ``n`` rows by name."""

    name: str
    n: int
    scores: Mapping[str, Score]


@dataclass(frozen=True)
class System:
    """A column of the table: a model's samples (one file a seed) or a reference row."""

    name: str
    role: Role
    files: tuple[ScoredFile, ...]

    @property
    def seeds(self) -> int:
        """Return the number of files."""
        return len(self.files)

    def metrics(self) -> list[str]:
        """Return the names of the scores that every file has."""
        return [name for name in self.files[0].scores if all(name in file.scores for file in self.files)]

    def score(self, metric: str) -> Score | None:
        """Return the first file's score, which says unit, direction and signature; None where a file lacks it."""
        return self.files[0].scores[metric] if metric in self.metrics() else None

    def values(self, metric: str) -> list[float]:
        """Return one value a file."""
        return [file.scores[metric].value for file in self.files]

    def spread(self, metric: str) -> Spread | None:
        """Return mean, standard deviation and t interval over seeds; None for one file or a value not finite."""
        values = self.values(metric)
        return over_seeds(values) if len(values) > 1 and all(map(math.isfinite, values)) else None

    def value(self, metric: str) -> float:
        """Return the value, the mean over seeds where there are several."""
        values = self.values(metric)
        return sum(values) / len(values)

    def interval(self, metric: str) -> Interval | None:
        """Return the interval: over seeds where there are several, else over samples."""
        spread = self.spread(metric)
        return spread.interval if spread is not None else self.files[0].scores[metric].interval

    def records(self) -> list[dict[str, Any]]:
        """Return the scores of every file as plain data."""
        return [
            {
                **score.as_dict(),
                "file": file.name if self.role == "sample" else None,
                "system": self.name,
                "role": self.role,
            }
            for file in self.files
            for score in file.scores.values()
        ]

    def means(self) -> list[dict[str, Any]]:
        """Return mean, standard deviation and interval over seeds of every score as plain data."""
        found = []
        for metric in self.metrics():
            score, spread = self.files[0].scores[metric], self.spread(metric)
            if spread is not None:
                facts = {"value": spread.mean, "sd": spread.sd, "interval": spread.interval, "seeds": spread.count}
                found.append({**score.as_dict(), **facts, "file": None, "system": self.name, "role": "mean"})
        return found


def comparable(one: Score, other: Score) -> bool:
    """Return whether two values may stand side by side: equal signatures.

    A mean of values that each depend on their own row alone may come from another number of rows, whether all of
    them were judged or a part.
    """
    free = one.per_row is not None and other.per_row is not None
    return _identity(one, free) == _identity(other, free)


def _identity(score: Score, any_number: bool) -> list[str]:
    parts = score.signature.split("|")
    return [part for part in parts if not (any_number and part.startswith(("hypotheses:", "judged:")))]


def unlike_seeds(system: System) -> list[str]:
    """Return the metrics whose files cannot be averaged: their signatures differ."""
    first = system.files[0].scores
    return [
        metric
        for metric in system.metrics()
        if not all(comparable(first[metric], file.scores[metric]) for file in system.files)
    ]


@dataclass(frozen=True)
class Difference:
    """A test of one system against the first: ``p_value`` is Holm's, over all systems tested on the same metric."""

    metric: str
    system: str
    against: str
    difference: float
    p_value: float
    method: str

    @property
    def clear(self) -> bool:
        """Return whether p < 0.05."""
        return self.p_value < 0.05


def differences(systems: Sequence[System], *, paired: bool, seed: int = 0) -> list[Difference]:
    """Return the tests of every system of samples against the first one, where there is something to test.

    One file each: over rows, for scores that are means of independent rows (BLEU; not self-BLEU). Several files each:
    over seeds, for every score. ``paired`` says that row i, or file i, of both belong together.
    """
    first, *others = [system for system in systems if system.role == "sample"]
    found: list[Difference] = []
    for metric in first.metrics():
        tests = {
            other.name: test for other in others if (test := _test(first, other, metric, paired, seed)) is not None
        }
        adjusted = holm([test.p_value for test in tests.values()])
        found += [
            Difference(metric, name, first.name, test.difference, p_value, test.method)
            for (name, test), p_value in zip(tests.items(), adjusted, strict=True)
        ]
    return found


def _test(first: System, other: System, metric: str, paired: bool, seed: int) -> Permutation | None:
    one, two = first.score(metric), other.score(metric)
    if one is None or two is None or not comparable(one, two):
        return None
    if first.seeds > 1 and other.seeds > 1:
        values = first.values(metric), other.values(metric)
        if not all(math.isfinite(value) for side in values for value in side):
            return None
    elif first.seeds == other.seeds == 1 and one.per_row is not None and two.per_row is not None:
        values = one.per_row, two.per_row
    else:
        return None
    if paired:
        return paired_permutation_test(*values, seed=seed) if len(values[0]) == len(values[1]) else None
    return permutation_test(*values, seed=seed)
