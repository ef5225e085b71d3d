"""Optimiser steps: Adam's own, cut gradients, steps that must not be taken, restored moments."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from seqgan.errors import RunError
from seqgan.runs.optimisation import Optimisers


def linear(rows: int = 2, columns: int = 2) -> nn.Linear:
    torch.manual_seed(0)
    return nn.Linear(columns, rows)


def declared(network: nn.Module, clip: float | None = None, refused: list[str] | None = None) -> Optimisers:
    heard = refused if refused is not None else []
    optimisers = Optimisers({"net": network}, heard.append)
    optimisers.declare("net", 0.1, "net", clip, (0.9, 0.999), 0.0)
    return optimisers


def weights(network: nn.Module) -> torch.Tensor:
    return torch.cat([p.detach().flatten() for p in network.parameters()])


def test_a_step_is_adams_step():
    ours, theirs = linear(), linear()
    adam = torch.optim.Adam(theirs.parameters(), lr=0.1)
    optimisers, x = declared(ours), torch.tensor([[1.0, -2.0]])
    for _ in range(3):
        value = optimisers.step("net", ours(x).square().sum())
        loss = theirs(x).square().sum()
        adam.zero_grad()
        loss.backward()
        adam.step()
        assert value == pytest.approx(loss.item(), rel=1e-6)
    assert torch.allclose(weights(ours), weights(theirs), atol=1e-6)


def test_gradients_are_cut_to_the_given_norm():
    network = linear()
    optimisers = declared(network, clip=0.5)
    optimisers.step("net", 1000 * network(torch.ones(1, 2)).sum())
    norm = torch.cat([p.grad.flatten() for p in network.parameters()]).norm()
    assert norm.item() == pytest.approx(0.5, rel=1e-4)


@pytest.mark.parametrize("clip", [None, 1.0])
@pytest.mark.parametrize("size", [(2, 2), (300, 300)])  # judged whole, and by first row and column
@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_a_step_that_is_not_finite_is_not_taken(clip, size, bad):
    network, refused = linear(*size), []
    optimisers, before = declared(network, clip, refused), weights(network)
    x = torch.ones(1, size[1])
    x[0, -1] = bad
    optimisers.step("net", network(x).sum())
    optimisers.step("net", network(torch.ones(1, size[1])).sum() * bad)
    assert refused == ["net", "net"]
    assert torch.equal(weights(network), before)


@pytest.mark.parametrize("place", [0, 299])
def test_a_finite_loss_with_a_gradient_that_is_not_is_not_taken(place):
    network, refused = linear(300, 300), []
    optimisers, before = declared(network, None, refused), weights(network)
    out = network(torch.ones(1, 300))
    spoiled = out[0, place].detach() - out[0, place] + 0.0
    value = optimisers.step("net", torch.sqrt(spoiled))  # sqrt(0) is 0, its slope is infinite
    assert value == 0.0
    assert refused == ["net"]
    assert torch.equal(weights(network), before)


def test_moments_survive_a_restore_whenever_the_optimiser_is_declared():
    first = linear()
    optimisers, x = declared(first), torch.tensor([[1.0, -2.0]])
    for _ in range(3):
        optimisers.step("net", first(x).square().sum())
    state, copy = optimisers.state(), linear()
    copy.load_state_dict(first.state_dict())
    later = Optimisers({"net": copy}, lambda _: None)
    later.restore(state)
    assert later.state().keys() == {"net"}  # saved again before anybody declared it
    later.declare("net", 0.1, "net", None, (0.9, 0.999), 0.0)
    optimisers.step("net", first(x).square().sum())
    later.step("net", copy(x).square().sum())
    assert torch.equal(weights(first), weights(copy))


def test_an_undeclared_optimiser_is_named():
    with pytest.raises(RunError, match="no optimiser 'other'"):
        declared(linear()).step("other", torch.tensor(0.0))


def test_declaring_again_keeps_the_moments():
    network = linear()
    optimisers = declared(network)
    optimisers.step("net", network(torch.ones(1, 2)).sum())
    optimisers.declare("net", 9.9, "net", None, (0.9, 0.999), 0.0)
    assert optimisers.state()["net"]["param_groups"][0]["lr"] == 0.1


def test_an_optimiser_that_a_state_lacks_starts_anew():
    network = linear()
    optimisers = declared(network)
    state = optimisers.state()
    optimisers.declare("late", 0.2, "net", None, (0.9, 0.999), 0.0)
    optimisers.step("late", network(torch.ones(1, 2)).sum())
    optimisers.slow_down("late", 0.5)
    optimisers.restore(state)
    late = optimisers.state()["late"]
    assert (late["state"], late["param_groups"][0]["lr"]) == ({}, 0.2)


def test_a_state_that_waited_is_forgotten_where_the_next_one_lacks_it():
    optimisers = Optimisers({"net": linear()}, print)
    optimisers.restore(declared(linear()).state())
    optimisers.restore({})
    assert optimisers.state() == {}
