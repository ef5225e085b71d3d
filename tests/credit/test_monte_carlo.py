"""Monte-Carlo search against exact conditional means on a world that can be listed."""

from __future__ import annotations

import pytest
import torch

import worlds
from seqgan.credit import monte_carlo
from seqgan.functional.losses import policy_gradient
from seqgan.functional.returns import reward_to_go
from seqgan.functional.sampling import sample
from seqgan.records import Samples

ENDS = pytest.mark.parametrize("end", [None, 2])
MODELS = pytest.mark.parametrize("model", ["lstm", "gru"])


def search(samples, policy, reward, end, rollouts=1500, seed=5, max_rows=65_536):
    settings = monte_carlo.Settings(rollouts=rollouts, max_rows=max_rows)
    return monte_carlo.credit(samples, policy, reward, settings, torch.Generator().manual_seed(seed), end=end)


class Counting:
    """A reward that remembers the rows it was asked for."""

    def __init__(self, reward):
        self.reward, self.asked = reward, []

    def __call__(self, samples):
        self.asked.append(samples.ids)
        return self.reward(samples)


@ENDS
@MODELS
def test_values_converge_to_the_exact_conditional_mean_at_every_row_and_position(end, model):
    policy, world, reward = worlds.generator(model), worlds.every_sequence(3, 4, end), worlds.table_reward()
    exact = worlds.exact_values(policy, world, world, reward)
    assert exact[:, 0].std() > 0.02
    assert exact[:, 2].std() > 0.1
    worst = (search(world, policy, reward, end) - exact).abs().max().item()
    assert worst < 0.045, "about five standard errors of 1,500 rollouts of a reward spread over [0, 1]"


@ENDS
def test_the_last_column_is_the_reward_of_the_finished_row_itself(end):
    policy, world, reward = worlds.generator(), worlds.every_sequence(3, 4, end), worlds.table_reward()
    values = search(world, policy, reward, end, rollouts=2)
    last = world.mask.sum(dim=1) - 1
    assert torch.equal(values[torch.arange(len(world)), last], reward(world).float())


@ENDS
def test_a_reward_of_the_row_alone_gives_constant_rows(end):
    """All rows that share a first token share the reward, so no prefix of a row may be worth anything else."""
    policy, world = worlds.generator(), worlds.every_sequence(3, 4, end)
    values = search(world, policy, lambda samples: samples.ids[:, 0] * 10.0 + 1, end, rollouts=7)
    expected = (world.ids[:, :1] * 10.0 + 1).expand_as(world.ids) * world.mask
    torch.testing.assert_close(values, expected)


@ENDS
def test_what_stands_at_padding_changes_nothing(end):
    policy, reward = worlds.generator(), worlds.table_reward()
    world = worlds.every_sequence(3, 4, end)
    values = search(world, policy, reward, end, rollouts=5)
    assert values[~world.mask].abs().sum() == 0
    trash = Samples(world.ids.where(world.mask, torch.ones_like(world.ids)), world.mask)
    assert torch.equal(search(trash, policy, reward, end, rollouts=5), values)


@ENDS
def test_batch_order_changes_nothing_but_the_draws(end):
    policy, world, reward = worlds.generator(), worlds.every_sequence(3, 4, end), worlds.table_reward()
    order = torch.randperm(len(world), generator=torch.Generator().manual_seed(1))
    shuffled = Samples(world.ids[order], world.mask[order])
    values = search(world, policy, reward, end, rollouts=400)
    difference = search(shuffled, policy, reward, end, rollouts=400, seed=6) - values[order]
    assert difference.abs().max() < 0.1


@ENDS
def test_the_memory_bound_changes_the_draws_only(end):
    policy, world, reward = worlds.generator(), worlds.every_sequence(3, 4, end), worlds.table_reward()
    exact = worlds.exact_values(policy, world, world, reward)
    assert (search(world, policy, reward, end, rollouts=400, max_rows=5_000) - exact).abs().max() < 0.08


def test_each_finished_row_is_asked_once_and_each_unfinished_prefix_n_times():
    policy, world = worlds.generator(), worlds.every_sequence(3, 4, end=2)
    reward = Counting(worlds.table_reward())
    search(world, policy, reward, 2, rollouts=5)
    unfinished = int((world.mask[:, 1:]).sum())
    assert sum(len(ids) for ids in reward.asked) == len(world) + 5 * unfinished
    assert torch.equal(reward.asked[0], world.ids)


@ENDS
def test_the_policy_gradient_equals_autograd_of_the_enumerated_expected_reward(end):
    """Rows weighted by their exact probability, values from the search: Eq. 6 against the derivative of Eq. 1."""
    policy, world, reward = worlds.generator(), worlds.every_sequence(3, 4, end), worlds.table_reward()
    chance = worlds.log_prob(policy, world).detach().exp()
    values = search(world, policy, reward, end, rollouts=1000)
    loss = policy_gradient(policy(world.ids), world.ids, values * chance[:, None], world.mask, "none")
    estimate = torch.cat([g.flatten() for g in torch.autograd.grad(-loss, list(policy.parameters()))])
    expected = (worlds.log_prob(policy, world).exp() * reward(world)).sum()
    exact = torch.cat([g.flatten() for g in torch.autograd.grad(expected, list(policy.parameters()))])
    assert torch.nn.functional.cosine_similarity(estimate, exact, dim=0) > 0.995
    assert (estimate - exact).norm() < 0.12 * exact.norm()


@ENDS
def test_position_rewards_are_counted_from_their_prefix_on(end):
    policy, world = worlds.generator(), worlds.every_sequence(3, 4, end)

    def reward(samples):
        return (samples.ids == 1).float()

    chance = worlds.log_prob(policy, world).detach().exp()
    to_go = reward_to_go(reward(world), world.mask)
    values = search(world, policy, reward, end, rollouts=600)
    for row in range(0, len(world), 4):
        for position in range(int(world.mask[row].sum())):
            same = (world.ids[:, : position + 1] == world.ids[row, : position + 1]).all(dim=1)
            exact = (chance[same] * to_go[same, position]).sum() / chance[same].sum()
            assert values[row, position].item() == pytest.approx(exact.item(), abs=0.1)


def test_a_completion_without_a_reward_is_left_out():
    policy, world = worlds.generator(), worlds.every_sequence(3, 4, None)

    def reward(samples):
        return (samples.ids[:, 0] * 1.0).masked_fill(samples.ids[:, 3] == 0, float("nan"))

    values = search(world, policy, reward, None, rollouts=200)
    torch.testing.assert_close(values[:, :3], (world.ids[:, :1] * 1.0).expand(-1, 3))
    assert torch.equal(values[:, 3].isnan(), world.ids[:, 3] == 0), "a finished sequence has nothing to stand for it"


def test_no_gradient_and_no_change_of_mode():
    policy = worlds.generator(dropout=0.5).train()
    rows = sample(policy, 4, 4, None, torch.Generator().manual_seed(0))
    values = search(rows, policy, worlds.table_reward(), None, rollouts=2)
    assert not values.requires_grad
    assert policy.training
    assert all(parameter.grad is None for parameter in policy.parameters())


def test_sequences_of_one_position_have_the_reward_itself():
    policy, world, reward = worlds.generator(width=1), worlds.every_sequence(3, 1, None), worlds.table_reward()
    assert torch.equal(search(world, policy, reward, None), reward(world).float()[:, None])
