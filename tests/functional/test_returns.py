"""Rewards to go, missing rewards and baselines against loops and exact expectations."""

from __future__ import annotations

import itertools

import pytest
import torch

import worlds
from seqgan.errors import ShapeError
from seqgan.functional.losses import policy_gradient
from seqgan.functional.returns import advantages, fill_missing, last_value, mean_baseline, reward_to_go, whole_reward

MASK = torch.tensor([[1, 1, 1], [1, 1, 0], [1, 0, 0]], dtype=torch.bool)
NAN = float("nan")


def test_a_row_reward_is_earned_by_every_position_and_never_by_padding():
    result = reward_to_go(torch.tensor([1.0, 2.0, 3.0]), MASK)
    assert result.tolist() == [[1, 1, 1], [2, 2, 0], [3, 0, 0]]


def test_position_rewards_are_summed_to_the_end():
    rewards = torch.tensor([[1.0, 2, 4], [1, 2, NAN], [8, NAN, NAN]])
    assert reward_to_go(rewards, MASK).tolist() == [[7, 6, 4], [3, 2, 0], [8, 0, 0]]


@pytest.mark.parametrize("whole", [torch.float32, torch.int64])
def test_later_rewards_are_discounted_over_and_over(whole):
    rewards = torch.tensor([[1, 2, 3], [1, 2, 9], [8, 9, 9]]).to(whole)
    assert reward_to_go(rewards, MASK, 0.5).tolist() == [[1 + 1 + 0.75, 3.5, 3], [2, 2, 0], [8, 0, 0]]


def test_without_a_future_what_is_not_known_later_spoils_nothing():
    rewards = torch.tensor([[1.0, NAN, 4], [1, -torch.inf, 9], [8, 9, 9]])
    found = reward_to_go(rewards, MASK, 0.0)
    assert found[:, 0].tolist() == [1, 1, 8]
    assert found.isnan().tolist() == [[False, True, False], [False] * 3, [False] * 3]


def test_a_row_reward_is_never_discounted():
    rewards = torch.tensor([1.0, 2.0, 3.0])
    assert torch.equal(reward_to_go(rewards, MASK, 0.5), reward_to_go(rewards, MASK))


def test_what_a_row_earned_in_all():
    rewards = torch.tensor([[1.0, 2, 4], [1, 2, 9], [8, 9, 9]])
    assert whole_reward(rewards, MASK).tolist() == [7, 3, 8]
    assert whole_reward(torch.tensor([4.0, NAN, 2.0]), MASK).tolist() == [4, 3, 2]


def test_a_reward_of_another_shape_is_refused():
    with pytest.raises(ShapeError, match=r"\(3, 1\)"):
        reward_to_go(torch.ones(3, 1), MASK)


def test_missing_rewards_become_the_mean_of_their_position():
    weights = torch.tensor([[1.0, NAN, NAN], [3.0, 5.0, 0], [NAN, 0, 0]])
    assert fill_missing(weights, MASK).tolist() == [[1, 5, 3], [3, 5, 0], [2, 0, 0]]


def test_a_batch_without_any_reward_weighs_nothing():
    assert fill_missing(torch.full((3, 3), NAN), MASK).abs().sum() == 0


def test_a_missing_reward_has_no_gradient_with_a_baseline_and_is_in_no_mean():
    found = advantages(torch.tensor([[1.0, 2, 6], [NAN, NAN, 0], [3.0, 0, 0]]), MASK)
    assert found.tolist() == [[-2, -1, 3], [0, 0, 0], [2, 0, 0]]  # row 0 has one other, and that one position: 3
    assert advantages(torch.full((3, 3), NAN), MASK).abs().sum() == 0


@pytest.mark.parametrize("missing", [0, 1, 62])
def test_missing_rewards_do_not_shrink_what_is_known(missing):
    rewards = torch.tensor([0.0, 1.0] + [NAN] * missing)[:, None]
    assert advantages(rewards, torch.ones_like(rewards, dtype=torch.bool))[:2, 0].tolist() == [-1, 1]


def test_the_baseline_is_the_mean_of_the_other_rows():
    weights = torch.tensor([[1.0, 2, 6], [3.0, 8, NAN], [4.0, NAN, NAN]])
    expected = [[3.5, 8, 5.0], [2.5, 2, 0], [2, 0, 0]]  # row 0, position 2: mean of 3, 8 and 4
    assert mean_baseline(weights, MASK).tolist() == expected


def test_one_row_has_no_baseline():
    assert mean_baseline(torch.ones(1, 3), MASK[:1]).abs().sum() == 0


def test_the_last_value_is_the_one_before_padding():
    assert last_value(torch.arange(9).view(3, 3), MASK).tolist() == [2, 4, 6]


@pytest.mark.parametrize("end", [None, 2])
def test_the_mean_baseline_leaves_the_expected_gradient_unchanged(end):
    """Over all pairs of rows, weighted by their probability, with rows that end early among them."""
    policy = worlds.generator(embedding=2, hidden=2)
    world, reward = worlds.every_sequence(3, 3, end), worlds.table_reward()
    probability, rewards = worlds.log_prob(policy, world).detach().exp(), reward(world)
    pairs = torch.tensor(list(itertools.product(range(len(world)), repeat=2)))
    weight = probability[pairs[:, 0]] * probability[pairs[:, 1]]
    gradients = []
    for with_baseline in (False, True):
        coefficients = torch.zeros(world.ids.shape, dtype=torch.float64)
        for chance, pair in zip(weight, pairs, strict=True):
            values, mask = reward_to_go(rewards[pair], world.mask[pair]), world.mask[pair]
            values = values - mean_baseline(values, mask) if with_baseline else values
            coefficients.index_add_(0, pair, chance * values)
        loss = policy_gradient(policy(world.ids), world.ids, coefficients, world.mask, "none") / 2
        gradients.append(torch.cat([g.flatten() for g in torch.autograd.grad(loss, list(policy.parameters()))]))
    expected = torch.autograd.grad((worlds.log_prob(policy, world).exp() * rewards).sum(), list(policy.parameters()))
    expected = -torch.cat([g.flatten() for g in expected])
    assert expected.abs().max() > 1e-3
    torch.testing.assert_close(gradients[0], expected, rtol=1e-9, atol=1e-12)
    torch.testing.assert_close(gradients[1], expected, rtol=1e-9, atol=1e-12)


def test_batch_order_changes_nothing():
    weights, order = torch.randn(3, 3), torch.tensor([2, 0, 1])
    shuffled = mean_baseline(weights[order], MASK[order])
    torch.testing.assert_close(mean_baseline(weights, MASK)[order], shuffled)
