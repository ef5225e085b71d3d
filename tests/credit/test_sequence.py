"""REINFORCE: each token is credited with its row's reward."""

from __future__ import annotations

import pytest
import torch

import worlds
from seqgan.credit import sequence
from seqgan.functional.losses import policy_gradient
from seqgan.functional.returns import mean_baseline
from seqgan.functional.sampling import sample


def reinforce(samples, reward):
    return sequence.credit(samples, None, reward, sequence.Settings(), torch.Generator(), end=None)


@pytest.mark.parametrize("end", [None, 2])
def test_every_token_has_the_reward_of_its_row(end):
    world, reward = worlds.every_sequence(3, 4, end), worlds.table_reward()
    weights = reinforce(world, reward)
    torch.testing.assert_close(weights, reward(world).float()[:, None] * world.mask)


def test_a_missing_reward_is_told():
    world = worlds.every_sequence(3, 2, None)
    rewards = torch.arange(9.0)
    rewards[8] = float("nan")
    weights = reinforce(world, lambda samples: rewards)
    assert weights.isnan().nonzero().tolist() == [[8, 0], [8, 1]]


@pytest.mark.thorough
@pytest.mark.parametrize("baseline", [False, True])
def test_the_sampled_gradient_approaches_autograd_of_the_enumerated_expected_reward(baseline):
    policy, end = worlds.generator(), 2
    world, reward = worlds.every_sequence(3, 4, end), worlds.table_reward()
    rows = sample(policy, 30_000, 4, end, torch.Generator().manual_seed(3))
    weights = reinforce(rows, reward).double()
    if baseline:
        weights = weights - mean_baseline(weights, rows.mask)
    loss = policy_gradient(policy(rows.ids), rows.ids, weights, rows.mask)
    estimate = torch.cat([g.flatten() for g in torch.autograd.grad(-loss, list(policy.parameters()))])
    expected = (worlds.log_prob(policy, world).exp() * reward(world)).sum()
    exact = torch.cat([g.flatten() for g in torch.autograd.grad(expected, list(policy.parameters()))])
    assert torch.nn.functional.cosine_similarity(estimate, exact, dim=0) > 0.97
    assert (estimate - exact).norm() < 0.25 * exact.norm()
