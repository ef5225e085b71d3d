"""Validity: the share of samples that a checker accepts (a grammar, balanced parentheses, a molecule parser).

    validity = number of rows with check(row) true / number of rows

In [0, 1], higher is better; real data should have 1.

What it rewards wrongly: one valid row repeated has 1, and so has the shortest valid row: it stands beside
``uniqueness``, ``novelty`` and ``lengths``.

Sample size: the value does not move with the number of samples; 1,000 give it to +-0.03, near 1 to less.

Bad input: blank rows are judged by the checker like any other. No samples, or a checker that does not answer once for
each row, raise an error.

Golden value: with the check ``parentheses``, ``validity(["( )", "( (", "[ ( ) ]", ") ("], parentheses.check)`` is 1/2.

Source: Kusner et al. 2017.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from seqgan.errors import DataError
from seqgan.metrics._rows import check_one_kind, keys, some_rows
from seqgan.metrics._signature import signature
from seqgan.records import References, Samples, Score
from seqgan.stats.bootstrap import mean_interval

NEEDS = ("check",)


def validity(samples: Any, check: Callable[[Sequence[Any]], Sequence[bool]]) -> float:
    """Return the share of rows that ``check`` accepts; it gets all token rows at once and answers for each.

    Raises DataError without samples, or where the checker does not answer once for each row.
    """
    verdicts = _verdicts(samples, check)
    return sum(verdicts) / len(verdicts)


def _verdicts(samples: Any, check: Callable[[Sequence[Any]], Sequence[bool]]) -> list[bool]:
    given = some_rows(samples, "samples")
    check_one_kind(given)
    rows = keys(given)
    verdicts = [bool(verdict) for verdict in check(rows)]
    if len(verdicts) != len(rows):
        raise DataError(
            f"The checker gave {len(verdicts)} answers for {len(rows)} rows.", "It must return one answer a row."
        )
    return verdicts


def score(samples: Samples, references: References) -> list[Score]:
    """Return the one Score; ``references.details['check']`` names the checker in the signature."""
    if references.check is None:
        raise DataError("validity needs a checker.", "Name one, or leave the metric out.")
    verdicts = _verdicts(samples, references.check)
    facts = {
        "check": references.details.get("check", "unnamed"),
        "hypotheses": len(verdicts),
        "temperature": references.temperature,
    }
    return [
        Score(
            name="validity",
            value=sum(verdicts) / len(verdicts),
            signature=signature("validity", facts, references.details),
            direction="higher",
            unit="share",
            n=len(verdicts),
            interval=mean_interval([float(verdict) for verdict in verdicts]),
            per_row=np.array(verdicts, dtype=np.float64),
        )
    ]
