"""Sentence BLEU from counted matches, under the three definitions that the literature mixes.

For a hypothesis of c tokens, the closest reference length r, clipped precisions p_1 .. p_N and weights w_n = 1 / N:

    BLEU_N = min(1, exp(1 - r / c)) * exp(sum_n w_n log p_n),   p_n = matched_n / max(1, c - n + 1)

A hypothesis without one matching token scores 0 under every definition. Source: Papineni et al. 2002, equation 3;
smoothing: Chen and Cherry 2014, method 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from seqgan.errors import ConfigError, nearest
from seqgan.stats.ngrams import Statistics

Floats = NDArray[np.float64]
Definition = Literal["texygen", "legacy", "strict"]
SMOOTHING = {"texygen": "method1(0.1)", "legacy": "none(a missing order counts 1)", "strict": "none"}
_EPSILON = 0.1


def check_definition(definition: str) -> Definition:
    """Return ``definition`` if it is a known one; raises ConfigError with the nearest name otherwise."""
    for known in get_args(Definition):
        if definition == known:
            return known  # type: ignore[no-any-return]
    raise ConfigError(f"There is no BLEU definition called '{definition}'.", nearest(definition, get_args(Definition)))


def sentence_bleu(statistics: Statistics, orders: tuple[int, ...], definition: Definition) -> Floats:
    """Return BLEU of every hypothesis for every order, (B, len(orders)), in [0, 1].

    ``texygen`` turns a matched count of 0 into 0.1; ``legacy`` counts that order's precision as 1, as NLTK did
    before 3.3; ``strict`` gives 0. A row shorter than n tokens has a matched count of 0 out of 1.
    """
    logs = log_precisions(statistics, definition)
    return np.stack([weighted_bleu(statistics, logs, (1 / order,) * order) for order in orders], axis=1)


def log_precisions(statistics: Statistics, definition: Definition) -> Floats:
    """Return log p_n of every hypothesis, (B, O), -inf where ``strict`` has no match."""
    totals = np.maximum(statistics.totals(), 1).astype(np.float64)
    instead = {"texygen": _EPSILON / totals, "legacy": np.ones_like(totals), "strict": np.zeros_like(totals)}
    with np.errstate(divide="ignore"):
        return np.log(np.where(statistics.matched > 0, statistics.matched / totals, instead[definition]))


def weighted_bleu(statistics: Statistics, logs: Floats, weights: Sequence[float]) -> Floats:
    """Return BLEU of every hypothesis, (B,), from log precisions (B, O) and one weight for each of the first orders."""
    with np.errstate(over="ignore"):
        penalty = np.exp(np.minimum(0.0, 1.0 - statistics.closest / np.maximum(statistics.lengths, 1)))
    total = sum(weight * logs[:, n] for n, weight in enumerate(weights) if weight)
    return np.where(statistics.matched[:, 0] > 0, penalty * np.exp(total), 0.0)
