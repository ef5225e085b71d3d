"""The epoch loop: it learns, keeps the best epoch, is deterministic, and leaves the world around it as it was."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from seqgan.errors import DataError
from seqgan.fit import Fitted, Plan, fit, mean_loss, seeded

WEIGHTS = torch.tensor([1.0, -2.0, 0.5])


def problem(rows: int = 120, **plan: Any) -> tuple[nn.Linear, Fitted, Tensor]:
    """Fit a line to ``rows`` noiseless points; return the network, what came of it and the points."""
    points = torch.randn(rows, 3, generator=torch.Generator().manual_seed(1))
    with seeded(plan.get("seed", 0), "weights"):
        network = nn.Linear(3, 1)

    def loss(numbers: Tensor) -> Tensor:
        return (network(points[numbers]).squeeze(1) - points[numbers] @ WEIGHTS).square().mean()

    fitted = fit(network, rows, loss, Plan(**{"epochs": 60, "batch": 8, "learning_rate": 0.05, **plan}))
    return network, fitted, points


def test_it_learns_also_where_gradients_are_off() -> None:
    with torch.no_grad():
        network, fitted, _ = problem()
    assert fitted.losses[fitted.best] < 1e-3 < fitted.losses[0]
    assert network.weight.detach().squeeze().tolist() == pytest.approx(WEIGHTS.tolist(), abs=0.05)
    assert not network.training


def test_equal_seeds_give_equal_networks_and_others_do_not() -> None:
    first, again, other = (problem(epochs=2, seed=seed)[0].weight for seed in (3, 3, 4))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_the_random_stream_outside_is_left_alone() -> None:
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    problem(epochs=2)
    assert torch.equal(torch.rand(3), expected)


def test_the_best_epoch_is_kept_and_patience_ends_the_rest() -> None:
    network = nn.Linear(1, 1)
    seen = iter([5.0, 3.0, 4.0, math.nan, 1.0, 1.0, 1.0])
    weights = []

    def loss(numbers: Tensor) -> Tensor:
        if network.training:
            return network(torch.ones(1, 1)).sum()
        weights.append(network.weight.item())
        return torch.tensor(next(seen))

    fitted = fit(network, 10, loss, Plan(epochs=7, patience=2))
    assert fitted == Fitted((5.0, 3.0, 4.0, math.inf), 1)
    assert network.weight.item() == weights[1]


def test_a_batch_without_a_finite_gradient_is_not_learnt_from() -> None:
    network = nn.Linear(1, 1)
    before = network.weight.clone()

    def loss(numbers: Tensor) -> Tensor:
        return network(torch.full((1, 1), math.inf if network.training else 1.0)).sum() * 0

    fit(network, 10, loss, Plan(epochs=2))
    assert torch.equal(network.weight, before)


def test_rows_weigh_the_same_whatever_the_batches() -> None:
    network = nn.Linear(1, 1)
    found = mean_loss(network, torch.arange(5), lambda numbers: numbers.double().mean(), batch=2)
    assert found == pytest.approx(2.0)
    assert network.training


def test_one_row_is_both_and_none_is_refused() -> None:
    assert len(problem(rows=1, epochs=2)[1].losses) == 2
    with pytest.raises(DataError, match="no row"):
        problem(rows=0)
    network = nn.Linear(1, 1)
    with pytest.raises(DataError, match="never finite"):
        fit(network, 3, lambda numbers: network(torch.full((1, 1), math.nan)).sum())
