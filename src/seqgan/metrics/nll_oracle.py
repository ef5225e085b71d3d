"""NLL_oracle: how surprising generated rows are to the process that made the data, in nats a token.

    nll_oracle = - sum_b log p_oracle(y_b) / sum_b length(y_b),   y_b generated rows

Total nats over total tokens (Table 1 of the SeqGAN paper is per token); the end symbol counts where there is one.
Lower is better, down to the entropy of the oracle; below that, and often above it, the generator has collapsed onto
likely rows: alone it rewards that, so it stands beside ``nll_gen`` and ``uniqueness``.

Rows that the oracle cannot make (probability zero) would make it infinite: they are left out, ``n`` counts the rows
that were kept, and the signature says how many were left out. The value is infinite only where none was kept, and
NaN where the oracle gives NaN. Source: Yu et al. 2017, equation 9.
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
