"""NLL_gen (also called NLL_test): how surprising held-out real data is to the generator, in nats a token.

    nll_gen = - sum_b log p_generator(x_b) / sum_b length(x_b),   x_b held-out rows

Total nats over total tokens, not a mean of row or batch means; the end symbol counts as a token where there is one.
At the temperature used for sampling. Lower is better; ln V is what a uniform generator has. It rewards coverage:
a generator that never yields some real sentence is punished without bound, so it stands beside NLL_oracle or BLEU.
The value is infinite where a held-out row has probability zero, and NaN where the generator gives NaN.
Source: Yu et al. 2017; Zhu et al. 2018; Caccia et al. 2020 (NLL_test, and why the temperature matters).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from seqgan.errors import DataError
from seqgan.metrics._likelihood import as_numbers, check_rows, row_lengths
from seqgan.metrics._signature import signature
from seqgan.records import References, Samples, Score
from seqgan.stats.bootstrap import ratio_interval

NEEDS = ("held_out", "generator_log_prob")


def nll_gen(log_prob: Any, lengths: Any) -> float:
    """Return nats a token of rows with natural-log probabilities ``log_prob`` (B,) and ``lengths`` (B,) in tokens.

    Raises DataError where there is no token, or the two differ in number.
    """
    nats, tokens = as_numbers(log_prob), as_numbers(lengths)
    check_rows(nats, tokens)
    return float(-nats.sum() / tokens.sum())


def score(samples: Samples, references: References) -> list[Score]:
    """Return the one Score; ``samples`` are not used. n is the number of held-out rows."""
    held_out, log_prob = references.held_out, references.generator_log_prob
    if held_out is None or log_prob is None:
        raise DataError("nll_gen needs held-out rows and a generator.", "Give References both.")
    nats, tokens = as_numbers(log_prob(held_out.ids, held_out.mask)), row_lengths(held_out.mask)
    facts = {
        "rows": len(nats),
        "tokens": int(tokens.sum()),
        "temperature": references.temperature,
    }
    return [
        Score(
            name="nll_gen",
            value=nll_gen(nats, tokens),
            signature=signature("nll_gen", facts, references.details),
            direction="lower",
            unit="nats/token",
            n=len(nats),
            interval=ratio_interval(-nats, tokens) if np.isfinite(nats).all() else None,
        )
    ]
