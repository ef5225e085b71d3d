"""What a user's own reward makes of a checkpoint's samples, so that it can be compared before and after."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqgan.metrics._signature import signature
from seqgan.records import Samples, Score
from seqgan.stats.bootstrap import mean_interval

UNIT = "reward"


def name_of(function: Any) -> str:
    """Return the name under which a user's function stands among the metrics."""
    return f"reward_{function.name}"


def own_score(function: Any, samples: Samples, details: Mapping[str, str]) -> tuple[Score, NDArray[np.float64]]:
    """Return the mean of a user's function over ``samples`` with its interval, and its numbers (n,), NaN without one.

    Samples that the function cannot score do not count. Raises RewardError where it answers with another number of
    values than it was given sequences.
    """
    values = function.measure(samples)
    scored = values[np.isfinite(values)]
    facts = {
        "function": function.name,
        "sha256": function.digest[:12],
        "hypotheses": len(values),
        "unscored": len(values) - len(scored),
    }
    score = Score(
        name=name_of(function),
        value=float(scored.mean()) if len(scored) else float("nan"),
        signature=signature(name_of(function), facts, dict(details)),
        direction="higher",
        unit=UNIT,
        n=len(scored),
        interval=mean_interval(scored) if len(scored) else None,
    )
    return score, values
