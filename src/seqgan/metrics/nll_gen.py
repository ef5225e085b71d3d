"""NLL_gen (also called NLL_test): how surprising held-out real data is to the generator, in nats a token.

    nll_gen = - sum_b log p_generator(x_b) / sum_b length(x_b),   x_b held-out rows

Total nats over total tokens, not a mean of row or batch means; the end symbol counts as a token where there is one.
At the temperature used for sampling. Lower is better, 0 or more; ln V is what a uniform generator has.

What it rewards wrongly: coverage alone: a generator that spreads over everything is forgiven bad samples, and one
that never yields some real sentence is punished without bound. Read it beside ``nll_oracle`` or ``bleu``. Values of
different vocabularies or tokenisers do not compare.

Sample size: the value does not move with the number of held-out rows; 10,000 captions give it to +-0.02 nats, 1,000
to +-0.07.

Bad input: the value is infinite where a held-out row has probability zero, and NaN where the generator gives NaN;
then it has no interval. No token, or no generator, raises an error. Words that the training rows lack are left out of
held-out rows by the task, which says how many.

Golden value: a generator that is uniform over V symbols has ln V: 8.517 for V = 5000. ``nll_gen([-6.0, -2.0], [3,
2])`` is 8/5 = 1.6; the mean of the two rows' own values would be 1.5.

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
