"""NLL_gen and NLL_oracle: totals over totals, impossible rows, closed forms."""

from __future__ import annotations

import math

import pytest
import torch

from seqgan.errors import DataError
from seqgan.metrics import nll_gen, nll_oracle
from seqgan.records import References, Samples


def padded(*lengths: int) -> Samples:
    width = max(lengths)
    mask = torch.arange(width)[None, :] < torch.tensor(lengths)[:, None]
    return Samples(torch.zeros(len(lengths), width, dtype=torch.int64), mask)


def test_a_uniform_generator_has_the_logarithm_of_the_vocabulary() -> None:
    held_out = padded(3, 7, 1)
    references = References(held_out=held_out, generator_log_prob=lambda ids, mask: -math.log(50) * mask.sum(1))
    (score,) = nll_gen.score(padded(1), references)
    # The stand-in works in float32.
    assert score.value == pytest.approx(math.log(50), rel=1e-6)
    assert (score.unit, score.direction, score.n) == ("nats/token", "lower", 3)
    assert "tokens:11" in score.signature


def test_totals_over_totals_and_not_a_mean_of_rows() -> None:
    # 1 nat in 1 token and 2 nats in 4 tokens: 3/5, where the mean of rows would say 0.75.
    assert nll_gen.nll_gen([-1.0, -2.0], [1, 4]) == pytest.approx(0.6)
    assert nll_oracle.nll_oracle([-1.0, -2.0], [1, 4]) == pytest.approx(0.6)


def test_rows_that_the_oracle_cannot_make_are_left_out_and_counted() -> None:
    references = References(oracle_log_prob=lambda ids, mask: torch.tensor([-4.0, -math.inf, -6.0]))
    (score,) = nll_oracle.score(padded(2, 9, 3), references)
    assert score.value == pytest.approx(10 / 5)
    assert score.n == 2
    assert "hypotheses:3" in score.signature
    assert "probability_zero:1" in score.signature


def test_nothing_but_impossible_rows_is_infinitely_surprising() -> None:
    references = References(oracle_log_prob=lambda ids, mask: torch.full((2,), -math.inf))
    (score,) = nll_oracle.score(padded(2, 2), references)
    assert (score.value, score.n, score.interval) == (math.inf, 0, None)


def test_nan_stays_visible() -> None:
    assert math.isnan(nll_oracle.nll_oracle([math.nan, -1.0], [1, 1]))
    assert math.isnan(nll_gen.nll_gen([math.nan, -1.0], [1, 1]))
    assert nll_gen.nll_gen([-math.inf, -1.0], [1, 1]) == math.inf


def test_bfloat16_and_gradients_are_read() -> None:
    values = torch.tensor([-1.0, -2.0], requires_grad=True)
    assert nll_gen.nll_gen(values, torch.tensor([1, 1])) == pytest.approx(1.5)
    assert nll_gen.nll_gen(values.detach().bfloat16(), [1, 1]) == pytest.approx(1.5)


@pytest.mark.parametrize(("nats", "tokens"), [([], []), ([-1.0], [0]), ([-1.0], [1, 2]), ([[-1.0]], [1])])
def test_nothing_to_score_is_refused(nats: list[float], tokens: list[int]) -> None:
    with pytest.raises(DataError):
        nll_gen.nll_gen(nats, tokens)
    with pytest.raises(DataError):
        nll_oracle.nll_oracle(nats, tokens)


def test_without_an_oracle_or_a_generator_the_score_says_what_is_missing() -> None:
    with pytest.raises(DataError, match="oracle"):
        nll_oracle.score(padded(1), References())
    with pytest.raises(DataError, match="held-out"):
        nll_gen.score(padded(1), References())
