"""What every credit rule must keep, whatever it computes."""

from __future__ import annotations

import pytest
import torch

import worlds
from seqgan import registry
from seqgan.functional.returns import advantages, fill_missing
from seqgan.records import Samples

RULES = pytest.mark.parametrize("name", registry.names("credit"))
ENDS = pytest.mark.parametrize("end", [None, 2])


def credit(name, samples, reward, end, policy=None, seed=0):
    module = registry.load("credit", name)
    rng = torch.Generator().manual_seed(seed)
    return module.credit(samples, policy or worlds.generator(), reward, module.Settings(), rng, end=end)


@RULES
@ENDS
def test_weights_have_the_shape_of_the_rows_and_are_zero_at_padding(name, end):
    world = worlds.every_sequence(3, 4, end)
    weights = credit(name, world, worlds.table_reward(), end)
    assert weights.shape == world.ids.shape
    assert weights.isfinite().all()
    assert weights[~world.mask].abs().sum() == 0
    assert weights[world.mask].abs().sum() > 0


@RULES
@ENDS
def test_a_reward_of_the_row_alone_gives_constant_rows(name, end):
    world = worlds.every_sequence(3, 4, end)
    weights = credit(name, world, lambda samples: samples.ids[:, 0] * 2.0 + 1, end)
    torch.testing.assert_close(weights, weights[:, :1] * world.mask)


@RULES
@ENDS
def test_what_stands_at_padding_changes_nothing(name, end):
    world = worlds.every_sequence(3, 4, end)
    trash = Samples(world.ids.where(world.mask, torch.zeros_like(world.ids)), world.mask)
    reward = worlds.table_reward()
    assert torch.equal(credit(name, trash, reward, end), credit(name, world, reward, end))


@RULES
def test_equal_streams_give_equal_weights(name):
    world, reward = worlds.every_sequence(3, 4, 2), worlds.table_reward()
    assert torch.equal(credit(name, world, reward, 2), credit(name, world, reward, 2))


@RULES
def test_missing_rewards_are_told_where_they_are_missing_and_nowhere_else(name):
    world, reward = worlds.every_sequence(3, 4, 2), worlds.table_reward()

    def gaps(samples):
        return reward(samples).masked_fill(samples.ids[:, 0] == 1, float("nan"))

    weights = credit(name, world, gaps, 2)
    assert torch.equal(weights.isnan(), world.mask & (world.ids[:, :1] == 1))
    assert fill_missing(weights, world.mask).isfinite().all()
    assert advantages(weights, world.mask).isfinite().all()
    nothing = credit(name, world, lambda samples: reward(samples) * float("nan"), 2)
    assert advantages(nothing, world.mask).abs().sum() == 0


@RULES
def test_no_gradient_flows_and_the_policys_mode_is_left(name):
    policy = worlds.generator(dropout=0.3).train()
    weights = credit(name, worlds.every_sequence(3, 4, 2), worlds.table_reward(), 2, policy)
    assert not weights.requires_grad
    assert policy.training
    assert all(parameter.grad is None for parameter in policy.parameters())
