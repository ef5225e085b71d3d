"""The cost of a reward: every sequence that it scores is counted once, however it is asked."""

from __future__ import annotations

import pytest
import torch

import worlds
from seqgan.credit import monte_carlo
from seqgan.discriminators import cnn_highway
from seqgan.functional.rollouts import Completions
from seqgan.records import Samples
from seqgan.rewards.discriminator import DiscriminatorReward
from seqgan.runs.counting import CountedReward


@pytest.mark.parametrize("end", [None, 2])
def test_completions_are_counted_like_single_sequences(end):
    world, counted = worlds.every_sequence(3, 4, end), []
    torch.manual_seed(0)
    judge = DiscriminatorReward(cnn_highway.create(cnn_highway.Settings(scale=0.05), 3, 4), 10)
    for asked in (judge, lambda samples: judge(samples)):
        cost: list[int] = []
        rng = torch.Generator().manual_seed(1)
        reward = CountedReward(asked, cost.append)
        values = monte_carlo.credit(world, worlds.generator(), reward, monte_carlo.Settings(rollouts=3), rng, end=end)
        counted.append((sum(cost), values))
    assert counted[0][0] == counted[1][0] == len(world) + 3 * int(world.mask[:, 1:].sum())
    torch.testing.assert_close(counted[0][1], counted[1][1])


def test_a_reward_without_completions_offers_none():
    assert CountedReward(lambda samples: torch.zeros(len(samples)), print).completions is None


def test_rewards_come_on_the_device_of_the_samples():
    class Judge:
        def __call__(self, samples):
            return [1.0] * len(samples)

        def completions(self, samples, part):
            return torch.ones(1, 1, 1)

    ids = torch.zeros(5, 2, dtype=torch.long)
    samples = Samples(ids.to("meta"), ids == 0)
    reward = CountedReward(Judge(), lambda sequences: None)
    part = Completions(slice(0, 1), torch.zeros(1, 1, 1, 2), torch.zeros(1, 1, 1, 2))
    assert reward(samples).device.type == "meta"
    assert reward.completions(samples, part).device.type == "meta"


def test_single_sequences_are_counted():
    cost: list[int] = []
    reward = CountedReward(lambda samples: torch.ones(len(samples)), cost.append)
    ids = torch.zeros(5, 2, dtype=torch.long)
    assert reward(Samples(ids, ids == 0)).tolist() == [1.0] * 5
    assert cost == [5]
