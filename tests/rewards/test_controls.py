"""Rewards that carry no knowledge of real data: constant, dealt out anew, a discriminator that never learned."""

from __future__ import annotations

import pytest
import torch

from seqgan.discriminators import rnn
from seqgan.errors import ConfigError
from seqgan.functional.masks import mask_after_end
from seqgan.generators import lstm
from seqgan.records import Samples
from seqgan.rewards import Parts, constant, random_discriminator, random_likelihood_ratio, shuffled
from seqgan.rewards.discriminator import DiscriminatorReward

END = 4


@pytest.fixture
def network():
    torch.manual_seed(0)
    return rnn.create(rnn.Settings(), 5, 6)


def rows(n, seed=0):
    ids = torch.randint(5, (n, 6), generator=torch.Generator().manual_seed(seed))
    return Samples(ids, mask_after_end(ids, END))


def make(module, network, **settings):
    return module.create(module.Settings(**settings), Parts(network, None, print))


def test_a_constant_reward_needs_no_discriminator(network):
    reward = make(constant, None, value=0.25)
    assert reward(rows(5)).tolist() == [0.25] * 5
    assert not reward.uses_discriminator


def test_shuffling_keeps_the_rewards_and_loses_the_link(network):
    samples = rows(4000)
    real, dealt = DiscriminatorReward(network, 512)(samples), make(shuffled, network)(samples)
    assert torch.equal(real.sort().values, dealt.sort().values)
    correlation = torch.corrcoef(torch.stack([real, dealt]))[0, 1]
    assert abs(correlation) < 4 / 4000**0.5


def test_each_batch_is_shuffled_anew_and_the_same_batch_alike(network):
    reward = shuffled.ShuffledReward(lambda samples: torch.arange(len(samples)), 1)
    assert not torch.equal(reward(rows(50)), reward(rows(50, seed=1)))
    assert torch.equal(reward(rows(50)), reward(rows(50)))


def test_every_row_is_as_likely_to_keep_its_reward_as_to_get_any_other():
    """Were it never its own, the best rows would be pushed down: the mean of the others is below theirs."""
    reward = shuffled.ShuffledReward(lambda samples: torch.arange(len(samples)), 1)
    given = torch.stack([reward(rows(4, seed)) for seed in range(800)])
    shares = torch.stack([(given == value).float().mean(dim=0) for value in range(4)])
    assert (shares - 0.25).abs().max() < 4 * (0.25 * 0.75 / 800) ** 0.5


def test_rows_that_stay_together_keep_the_spread_of_their_mean():
    """Sixteen rollouts of a prefix have alike rewards: moved singly their means all become the overall mean."""
    samples = rows(16 * 50)
    prefix = torch.arange(50).float().repeat_interleave(16)
    spread = {
        together: shuffled.ShuffledReward(lambda _: prefix, together)(samples).view(50, 16).mean(dim=1).std()
        for together in (1, 16)
    }
    torch.testing.assert_close(spread[16], torch.arange(50).float().std())
    assert spread[1] < 0.4 * spread[16]


def test_rows_that_are_no_whole_number_of_groups_move_singly():
    values = shuffled.ShuffledReward(lambda samples: torch.arange(len(samples)), 16)(rows(37))
    assert sorted(values.tolist()) == list(range(37)) != values.tolist()


def test_shuffled_rewards_come_from_the_live_discriminator_and_from_any_other_reward(network):
    assert make(shuffled, network).uses_discriminator
    assert not make(shuffled, None, of={"name": "constant", "value": 1.0}).uses_discriminator
    with pytest.raises(ValueError, match="valu"):
        shuffled.Settings(of={"name": "constant", "valu": 1.0})


def test_a_random_likelihood_ratio_keeps_the_model_and_follows_the_generator():
    torch.manual_seed(0)
    networks, samples = {"generator": lstm.create(lstm.Settings(), 5, 6)}, rows(20)
    reward = random_likelihood_ratio.create(random_likelihood_ratio.Settings(), Parts(None, None, print, networks))
    assert reward(samples).abs().max() < 1e-5, "both are the same network yet"
    kept = networks["generator"](samples.ids).log_prob(samples.ids).detach()
    with torch.no_grad():
        for parameter in networks["generator"].parameters():
            parameter.add_(0.5 * torch.randn_like(parameter))
    moved = networks["generator"](samples.ids).log_prob(samples.ids).detach()
    torch.testing.assert_close(reward(samples), (kept - moved).masked_fill(~samples.mask, 0.0), rtol=1e-4, atol=1e-5)
    assert not reward.uses_mediators


def test_a_random_discriminator_stays_as_it_was_made(network):
    reward, samples = make(random_discriminator, network), rows(20)
    before = reward(samples)
    torch.testing.assert_close(before, DiscriminatorReward(network, 512)(samples))
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(0.5)
    assert torch.equal(reward(samples), before)
    assert not reward.uses_discriminator
    with pytest.raises(ConfigError, match="no discriminator"):
        make(random_discriminator, None)
