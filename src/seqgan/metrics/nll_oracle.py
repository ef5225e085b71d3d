"""NLL_oracle: how surprising generated rows are to the process that made the data, in nats a token.

    nll_oracle = - sum_b log p_oracle(y_b) / sum_b length(y_b),   y_b generated rows

Total nats over total tokens (Table 1 of the SeqGAN paper is per token); the end symbol counts where there is one.
Lower is better down to the entropy of the oracle, which real data has; 0 or more.

What it rewards wrongly: mode collapse: the single most likely row repeated has the lowest value of all, and any
sharpening of the temperature lowers it. Below real data, and often above, it shows collapse: read it beside
``nll_gen`` and ``uniqueness``.

Sample size: the value does not move with the number of samples; 10,000 rows of 20 tokens give it to about +-0.01 nats.

Bad input: rows that the oracle cannot make (probability zero) would make it infinite: they are left out, ``n`` counts
the rows that were kept, and the signature says how many were left out. The value is infinite only where none was
kept, and NaN where the oracle gives NaN. No token, or no oracle, raises an error.

Golden value: with the authors' oracle (vocabulary 5000, length 20) real data has 5.75 and uniformly drawn tokens
11.44. ``nll_oracle([-6.0, -2.0, -inf], [3, 1, 2])`` is 2.0.

Source: Yu et al. 2017, section "Evaluation Metric".
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqgan.errors import DataError
from seqgan.metrics._likelihood import as_numbers, check_rows, row_lengths
from seqgan.metrics._signature import signature
from seqgan.records import References, Samples, Score
from seqgan.stats.bootstrap import ratio_interval

NEEDS = ("oracle_log_prob",)


def nll_oracle(log_prob: Any, lengths: Any) -> float:
    """Return nats a token of rows with oracle log-probabilities ``log_prob`` (B,) and ``lengths`` (B,) in tokens.

    Rows of probability zero (-inf) are left out; infinite where no row is left. Raises DataError where there is no
    token, or the two differ in number.
    """
    nats, tokens = as_numbers(log_prob), as_numbers(lengths)
    check_rows(nats, tokens)
    kept = _possible(nats)
    return float(-nats[kept].sum() / tokens[kept].sum()) if tokens[kept].sum() > 0 else float("inf")


def _possible(nats: NDArray[np.float64]) -> NDArray[np.bool_]:
    return np.asarray(~np.isneginf(nats))


def score(samples: Samples, references: References) -> list[Score]:
    """Return the one Score; n counts the rows with a probability above zero."""
    if references.oracle_log_prob is None:
        raise DataError("nll_oracle needs an oracle.", "Use it with a task whose data come from a known process.")
    nats, tokens = as_numbers(references.oracle_log_prob(samples.ids, samples.mask)), row_lengths(samples.mask)
    value, kept = nll_oracle(nats, tokens), _possible(nats)
    facts = {
        "hypotheses": len(nats),
        "probability_zero": int((~kept).sum()),
        "temperature": references.temperature,
    }
    return [
        Score(
            name="nll_oracle",
            value=value,
            signature=signature("nll_oracle", facts, references.details),
            direction="lower",
            unit="nats/token",
            n=int(kept.sum()),
            interval=ratio_interval(-nats[kept], tokens[kept]) if np.isfinite(value) else None,
        )
    ]
