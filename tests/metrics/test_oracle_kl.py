"""KL and JS of oracle and generator: expectations equal the enumerated divergences; zero probabilities; NaN."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

import worlds
from seqgan.errors import DataError
from seqgan.functional.sampling import sample
from seqgan.metrics import oracle_kl
from seqgan.metrics.oracle_kl import Judged
from seqgan.records import References, Samples

END = 2


def weighted(values: Tensor, log_probs: Tensor) -> float:
    return float((log_probs.exp() * values).sum())


def divergences(oracle: Tensor, generator: Tensor, lengths: Tensor) -> dict[str, float]:
    """Return the exact divergences of two distributions over all rows, by their definitions."""
    middle = ((oracle.exp() + generator.exp()) / 2).log()
    forward = weighted(oracle - generator, oracle) / weighted(lengths, oracle)
    backward = weighted(generator - oracle, generator) / weighted(lengths, generator)
    js = (weighted(oracle - middle, oracle) + weighted(generator - middle, generator)) / 2
    return {"kl_oracle_generator": forward, "kl_generator_oracle": backward, "js": js}


@pytest.mark.parametrize("end", [None, END])
def test_the_mean_over_draws_is_the_exact_divergence(end: int | None, rng: torch.Generator) -> None:
    oracle, generator = worlds.generator(seed=1), worlds.generator(seed=2)
    world = worlds.every_sequence(3, 4, end)
    with torch.no_grad():
        exact = divergences(*(worlds.log_prob(p, world) for p in (oracle, generator)), world.mask.sum(1).double())
        drawn, made = (sample(policy, 10_000, 4, end, rng) for policy in (oracle, generator))
        references = References(
            held_out=drawn,
            oracle_log_prob=lambda ids, mask: worlds.log_prob(oracle, Samples(ids, mask)),
            generator_log_prob=lambda ids, mask: worlds.log_prob(generator, Samples(ids, mask)),
        )
        scores = oracle_kl.score(made, references)
    assert exact["js"] > 0.01
    for score in scores:
        low, high = score.interval or (9, 9)
        # Twice the half width of the 95 % interval is about four standard errors.
        assert score.value == pytest.approx(exact[score.name], abs=high - low)
        assert high - low < 0.2 * exact[score.name]
        assert "hypotheses:10000" in score.signature


def test_every_row_weighted_by_its_probability_gives_the_exact_divergence() -> None:
    # A uniform oracle over all rows makes "each row once" an exact draw from it.
    world = worlds.every_sequence(3, 4, None)
    policy = worlds.generator(seed=3)
    uniform = torch.full((81,), -4 * math.log(3), dtype=torch.float64)
    with torch.no_grad():
        other = worlds.log_prob(policy, world)
    exact = divergences(uniform, other, torch.full((81,), 4.0, dtype=torch.float64))
    judged = Judged(uniform, other, [4] * 81)
    found = oracle_kl.oracle_kl(judged, Judged([-1.0], [-1.0], [1]))
    assert found["kl_oracle_generator"] == pytest.approx(exact["kl_oracle_generator"], abs=1e-12)


def test_the_oracle_itself_has_nothing_but_zeros() -> None:
    rows = Judged([-3.0, -5.0], [-3.0, -5.0], [2, 3])
    assert oracle_kl.oracle_kl(rows, rows) == pytest.approx(
        {"kl_oracle_generator": 0.0, "kl_generator_oracle": 0.0, "js": 0.0}
    )


def test_a_uniform_generator_against_one_row_has_the_logarithm_of_the_vocabulary() -> None:
    found = oracle_kl.oracle_kl(
        Judged([0.0], [-4 * math.log(50)], [4]), Judged([-4 * math.log(50)] * 2, [-math.inf] * 2, [4, 4])
    )
    assert found["kl_oracle_generator"] == pytest.approx(math.log(50))
    assert found["kl_generator_oracle"] == math.inf
    assert 0.69 < found["js"] <= math.log(2)


def test_rows_that_their_own_source_cannot_make_and_nan_stay_visible() -> None:
    good, impossible = Judged([-1.0], [-1.0], [1]), Judged([-math.inf], [-1.0], [1])
    assert math.isnan(oracle_kl.oracle_kl(impossible, good)["kl_oracle_generator"])
    assert math.isnan(oracle_kl.oracle_kl(good, Judged([-1.0], [math.nan], [1]))["js"])


def test_infinite_scores_have_no_interval() -> None:
    mask = torch.ones(2, 3, dtype=torch.bool)
    rows = Samples(torch.zeros(2, 3, dtype=torch.long), mask)
    references = References(
        held_out=rows,
        oracle_log_prob=lambda ids, mask: torch.tensor([-1.0, -math.inf]),
        generator_log_prob=lambda ids, mask: torch.tensor([-2.0, -2.0]),
    )
    scores = {score.name: score for score in oracle_kl.score(rows, references)}
    assert scores["kl_generator_oracle"].value == math.inf
    assert scores["kl_generator_oracle"].interval is None


@pytest.mark.parametrize("rows", [Judged([], [], []), Judged([-1.0], [-1.0, -2.0], [1]), Judged([-1.0], [-1.0], [0])])
def test_what_cannot_be_scored_is_refused(rows: Judged) -> None:
    with pytest.raises(DataError):
        oracle_kl.oracle_kl(rows, Judged([-1.0], [-1.0], [1]))
    with pytest.raises(DataError, match="an oracle, a generator"):
        oracle_kl.score(Samples([[0]], [[True]]), References())
