"""Oracle KL and JS: exact distances of generator and oracle, where both give log-probabilities of any row.

    kl_oracle_generator = sum_x (log o(x) - log g(x)) / sum_x length(x),   x_1 .. x_N held-out rows of the oracle
    kl_generator_oracle = sum_y (log g(y) - log o(y)) / sum_y length(y),   y_1 .. y_M rows of the generator
    js = (1/2) mean_x (log o(x) - log m(x)) + (1/2) mean_y (log g(y) - log m(y)),   m = (o + g) / 2

The log-probabilities are exact, the means over rows estimate the divergences without bias. Lower is better, 0 is the
oracle itself. The KLs are in nats a token (total nats over total tokens, the end symbol counts where there is one) and
have no upper bound; JS is in nats a sequence, in [0, log 2 = 0.693]. By chance an estimate can lie below 0.

What it rewards wrongly: kl_generator_oracle alone rewards a generator that makes one likely row only, and
kl_oracle_generator alone one that also makes much that the oracle never would: read them together. JS says little
once two processes differ in most rows: it is then near log 2 for good and bad generators alike.

Sample size: the value does not move with the number of rows, its interval shrinks with the root of it; 1,000 rows of
20 tokens give the KLs to about 0.02 nats.

Bad input: kl_oracle_generator is infinite where the generator gives a held-out row the probability zero, and
kl_generator_oracle where it makes a row that the oracle cannot make: that is their true value, and JS stays finite. A
row that its own source gives the probability zero, and NaN, give NaN. No rows, no tokens, no oracle or no generator
raise an error.

Golden value: a generator that is the oracle has 0 for all three; one that is uniform over V tokens, against an oracle
that makes one row only, has kl_oracle_generator = log V.

Source: Kullback and Leibler 1951; Lin 1991; for oracle and generator: Montahaei et al. 2019, section 3.3, and ours.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqgan.errors import DataError
from seqgan.metrics._likelihood import as_numbers, check_rows, row_lengths
from seqgan.metrics._signature import signature
from seqgan.records import References, Samples, Score
from seqgan.stats.bootstrap import Interval, ratio_interval

NEEDS = ("held_out", "oracle_log_prob", "generator_log_prob")

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Judged:
    """Rows of one source: their natural-log probabilities under it and under the other model, and their lengths.

    ``own``, ``other`` and ``lengths`` are lists, arrays or tensors (B,); lengths are in tokens.
    """

    own: Any
    other: Any
    lengths: Any


def oracle_kl(of_oracle: Judged, of_generator: Judged) -> dict[str, float]:
    """Return ``kl_oracle_generator``, ``kl_generator_oracle`` (nats a token) and ``js`` (nats a sequence).

    ``of_oracle`` are rows drawn from the oracle, ``of_generator`` rows drawn from the generator. Raises DataError where
    there is no token, or where the numbers of one source differ in length.
    """
    first, second = _Excess.of(of_oracle), _Excess.of(of_generator)
    return {
        "kl_oracle_generator": first.per_token(),
        "kl_generator_oracle": second.per_token(),
        "js": float((first.middle.mean() + second.middle.mean()) / 2),
    }


@dataclass(frozen=True)
class _Excess:
    """By how many nats the own source finds each row likelier than the other does, and than both mixed do; (B,)."""

    nats: Floats
    middle: Floats
    tokens: Floats

    @classmethod
    def of(cls, rows: Judged) -> _Excess:
        own, other, tokens = (as_numbers(part) for part in (rows.own, rows.other, rows.lengths))
        check_rows(own, tokens)
        check_rows(other, tokens)
        own = np.where(np.isneginf(own), np.nan, own)  # a row that its source cannot have made
        with np.errstate(invalid="ignore"):
            return cls(own - other, own - np.logaddexp(own, other) + math.log(2), tokens)

    def per_token(self) -> float:
        """Return total nats over total tokens."""
        return float(self.nats.sum() / self.tokens.sum())

    def interval(self) -> Interval | None:
        """Return the interval of that, or None where it is not finite."""
        return ratio_interval(self.nats, self.tokens) if np.isfinite(self.nats).all() else None


def _js_interval(first: Floats, second: Floats) -> Interval | None:
    """Return the normal 95 % interval of the half sum of two independent means, or None where it is not finite."""
    if not (np.isfinite(first).all() and np.isfinite(second).all()):
        return None
    error = math.sqrt(first.var() / len(first) + second.var() / len(second)) / 2
    middle, width = float(first.mean() + second.mean()) / 2, NormalDist().inv_cdf(0.975) * error
    return middle - width, middle + width


def score(samples: Samples, references: References) -> list[Score]:
    """Return the three Scores; n counts held-out rows for kl_oracle_generator, samples otherwise."""
    held_out, oracle, generator = references.held_out, references.oracle_log_prob, references.generator_log_prob
    if held_out is None or oracle is None or generator is None:
        raise DataError("oracle_kl needs an oracle, a generator and rows of the oracle.", "Use it on an oracle's task.")
    drawn, made = (held_out.ids, held_out.mask), (samples.ids, samples.mask)
    of_oracle = Judged(oracle(*drawn), generator(*drawn), row_lengths(held_out.mask))
    of_generator = Judged(generator(*made), oracle(*made), row_lengths(samples.mask))
    first, second = _Excess.of(of_oracle), _Excess.of(of_generator)
    intervals = {
        "kl_oracle_generator": first.interval(),
        "kl_generator_oracle": second.interval(),
        "js": _js_interval(first.middle, second.middle),
    }
    facts = {"rows": len(first.nats), "hypotheses": len(second.nats), "temperature": references.temperature}
    return [
        Score(
            name=name,
            value=value,
            signature=signature(name, facts, references.details),
            direction="lower",
            unit="nats/sequence" if name == "js" else "nats/token",
            n=len(first.nats) if name == "kl_oracle_generator" else len(second.nats),
            interval=intervals[name],
        )
        for name, value in oracle_kl(of_oracle, of_generator).items()
    ]
