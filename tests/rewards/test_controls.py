"""Rewards that carry no knowledge of real data: constant, dealt out anew, a discriminator that never learned."""

from __future__ import annotations

import pytest
import torch

import worlds
from seqgan.credit import monte_carlo
from seqgan.discriminators import rnn
from seqgan.errors import ConfigError
from seqgan.functional.masks import mask_after_end
from seqgan.functional.rollouts import complete
from seqgan.generators import lstm
from seqgan.records import Samples
from seqgan.rewards import (
    Parts,
    blend,
    completion_rewards,
    constant,
    random_discriminator,
    random_likelihood_ratio,
    shuffled,
    start_likelihood_ratio,
    uses,
)
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
    reward = shuffled.ShuffledReward(lambda samples: torch.arange(len(samples)))
    assert not torch.equal(reward(rows(50)), reward(rows(50, seed=1)))
    assert torch.equal(reward(rows(50)), reward(rows(50)))


def test_every_row_is_as_likely_to_keep_its_reward_as_to_get_any_other():
    """Were it never its own, the best rows would be pushed down: the mean of the others is below theirs."""
    reward = shuffled.ShuffledReward(lambda samples: torch.arange(len(samples)))
    given = torch.stack([reward(rows(4, seed)) for seed in range(800)])
    shares = torch.stack([(given == value).float().mean(dim=0) for value in range(4)])
    assert (shares - 0.25).abs().max() < 4 * (0.25 * 0.75 / 800) ** 0.5


def search(samples, reward, rollouts=16):
    """Return the values (B, T) of the Monte-Carlo search with a small generator."""
    policy, rng = worlds.generator(vocabulary=5, width=6), torch.Generator().manual_seed(3)
    return monte_carlo.credit(samples, policy, reward, monte_carlo.Settings(rollouts=rollouts), rng, end=None)


def test_with_rollouts_the_finished_rows_do_not_keep_their_own_reward():
    """Rows of a batch are no completions of one prefix: moved in groups of 16, a quarter of them kept their own."""
    kept, told = [], []
    for seed in range(16):
        samples = Samples(rows(64, seed).ids[:, :3], torch.ones(64, 3, dtype=torch.bool))
        true = torch.randn(64, generator=torch.Generator().manual_seed(seed))
        real = lambda asked, true=true: true if len(asked) == 64 else asked.ids[:, 0].float()  # noqa: E731
        given = search(samples, shuffled.ShuffledReward(real))[:, -1]
        kept.append((given == true).float().mean())
        told.append(torch.corrcoef(torch.stack([true, given]))[0, 1])
    assert abs(float(torch.stack(kept).mean()) - 1 / 64) < 4 / 64 / 16**0.5, "one row keeps its own, give or take one"
    assert abs(float(torch.stack(told).mean())) < 4 * (63 * 16) ** -0.5


def test_what_the_completions_of_a_prefix_earn_moves_together_and_loses_the_link():
    samples, policy = rows(40), worlds.generator(vocabulary=5, width=6)
    (part,) = complete(policy, samples, 16, torch.Generator().manual_seed(1), end=END)
    unfinished = samples.mask[:, 1:]
    real = completion_rewards(worlds.table_reward(), samples, part)
    dealt = shuffled.ShuffledReward(worlds.table_reward()).completions(samples, part)
    assert dealt.isnan().all(dim=2).equal(~unfinished)
    before, after = real[unfinished], dealt[unfinished]
    assert sorted(before.tolist()) == sorted(after.tolist()) != before.tolist()
    shares = torch.corrcoef(torch.stack([before.mean(dim=1), after.mean(dim=1)]))
    assert abs(float(shares[0, 1])) < 4 / len(before) ** 0.5
    assert not (before == after).all(dim=1).float().mean() > 5 / len(before), "about one prefix keeps its own"


def test_the_values_of_a_search_keep_their_spread():
    """Sixteen completions of a prefix earn alike: moved singly, every mean of them becomes the overall mean."""
    samples = Samples(rows(64).ids[:, :3], torch.ones(64, 3, dtype=torch.bool))
    real = lambda asked: asked.ids[:, 0].float()  # noqa: E731
    values = [search(samples, reward)[:, :-1] for reward in (real, shuffled.ShuffledReward(real))]
    assert values[0].flatten().sort().values.equal(values[1].flatten().sort().values)
    assert not values[0].equal(values[1])


def test_rows_are_dealt_out_as_in_the_records_that_exist():
    """Worked out by the form of this reward that made them: the order comes from SHA-256 of the ids."""
    ids = torch.arange(24).view(8, 3)
    reward = shuffled.ShuffledReward(lambda samples: torch.arange(len(samples)))
    assert reward(Samples(ids, ids != 5)).tolist() == [5, 2, 1, 6, 3, 7, 0, 4]


def test_records_of_earlier_runs_can_still_be_read_where_every_row_moved_alone():
    assert shuffled.Settings(together=1) == shuffled.Settings()
    with pytest.raises(ValueError, match="together"):
        shuffled.Settings(together=16)


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


def test_a_ratio_to_the_start_keeps_the_copy_and_follows_the_generator():
    torch.manual_seed(0)
    first, samples = lstm.create(lstm.Settings(), 5, 6), rows(20)
    networks = {"generator": first}
    settings = start_likelihood_ratio.Settings(own_weight=0.7)
    reward = start_likelihood_ratio.create(settings, Parts(None, None, print, networks))
    own = first(samples.ids).log_prob(samples.ids).detach().masked_fill(~samples.mask, 0.0)
    torch.testing.assert_close(reward(samples), 0.3 * own, rtol=1e-4, atol=1e-5)
    networks |= {"start": first, "generator": lstm.create(lstm.Settings(), 5, 6)}
    moved = networks["generator"](samples.ids).log_prob(samples.ids).detach().masked_fill(~samples.mask, 0.0)
    torch.testing.assert_close(reward(samples), own - 0.7 * moved, rtol=1e-4, atol=1e-5)
    with pytest.raises(ConfigError, match="no generator"):
        start_likelihood_ratio.create(settings, Parts(None, None, print))


def test_rewards_inside_others_use_what_they_use_alone():
    """A reward of another package that says nothing has the discriminator trained, alone and inside another."""
    part = {"name": "start_likelihood_ratio"}
    parts = Parts(None, None, print, {"generator": lstm.create(lstm.Settings(), 5, 6)})
    around = [
        shuffled.create(shuffled.Settings(of=part), parts),
        blend.create(blend.Settings(parts={"start_likelihood_ratio": {}}), parts),
    ]
    for reward in around:
        assert [uses(reward, what) for what in ("discriminator", "mediators", "start")] == [False, False, True]
    silent = lambda samples: torch.zeros(len(samples))  # noqa: E731
    for reward in (silent, shuffled.ShuffledReward(silent), blend.BlendReward([(1.0, silent)])):
        assert [uses(reward, what) for what in ("discriminator", "mediators", "start")] == [True, False, False]


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
