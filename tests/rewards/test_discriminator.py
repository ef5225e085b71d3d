"""The discriminator's probability as a reward: without dropout, without gradient, in any chunk size."""

from __future__ import annotations

import pytest
import torch

from seqgan import registry
from seqgan.errors import ConfigError
from seqgan.functional.masks import mask_after_end
from seqgan.functional.rollouts import complete
from seqgan.generators import lstm
from seqgan.records import Samples
from seqgan.rewards import Parts, discriminator

SMALL = {"cnn_highway": {"windows": (1, 2, 3), "filters": (4, 4, 4)}, "rnn": {}}


@pytest.fixture(params=registry.names("discriminators"))
def network(request):
    module = registry.load("discriminators", request.param)
    torch.manual_seed(0)
    return module.create(module.Settings(dropout=0.5, **SMALL.get(request.param, {})), 5, 6).train()


@pytest.fixture
def samples(rng):
    ids = torch.randint(5, (7, 6), generator=rng)
    return Samples(ids, mask_after_end(ids, 4))


def make(network, rows=1024):
    return discriminator.create(discriminator.Settings(rows=rows), Parts(network, None, print))


def test_it_is_the_sigmoid_of_the_score_without_dropout(network, samples):
    reward = make(network)(samples)
    assert network.training, "the mode is given back"
    network.eval()
    torch.testing.assert_close(reward, network(samples.ids, samples.mask)[0].detach().sigmoid())
    assert torch.equal(reward, make(network)(samples))


def test_nothing_flows_into_the_discriminator(network, samples):
    assert not make(network)(samples).requires_grad
    assert all(parameter.grad is None for parameter in network.parameters())


def test_chunks_change_nothing(network, samples):
    torch.testing.assert_close(make(network, rows=2)(samples), make(network)(samples))


def test_completions_have_the_rewards_of_their_rows_asked_one_by_one(network):
    torch.manual_seed(1)
    generator = lstm.create(lstm.Settings(embedding=3, hidden=3), 5, 6)
    ids = torch.randint(5, (7, 6), generator=torch.Generator().manual_seed(3))
    given = Samples(ids, mask_after_end(ids, 4))
    part = next(iter(complete(generator, given, 3, torch.Generator().manual_seed(0), end=4)))
    for rows in (2, 1024):
        reward = make(network, rows)
        got = reward.completions(given, part)
        unfinished = given.mask[:, 1:]
        assert got.shape == (7, 5, 3)
        assert got[~unfinished].isnan().all()
        asked = reward(Samples(part.ids[unfinished].flatten(0, 1), part.mask[unfinished].flatten(0, 1)))
        torch.testing.assert_close(got[unfinished].flatten(), asked)


def test_rows_that_all_end_early_leave_nothing_to_complete_at_the_end(network):
    generator = lstm.create(lstm.Settings(embedding=3, hidden=3), 5, 6)
    ids = torch.tensor([[0, 1, 4, 4, 4, 4], [2, 4, 4, 4, 4, 4]])
    given = Samples(ids, mask_after_end(ids, 4))
    part = next(iter(complete(generator, given, 3, torch.Generator().manual_seed(0), end=4)))
    known = make(network).completions(given, part).isfinite()
    assert torch.equal(known, given.mask[:, 1:, None].expand(-1, -1, 3))


def test_padding_and_batch_order_change_nothing(network, samples):
    reward, order = make(network)(samples), torch.randperm(7, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(make(network)(Samples(samples.ids[order], samples.mask[order])), reward[order])
    trash = samples.ids.where(samples.mask, torch.zeros_like(samples.ids))
    torch.testing.assert_close(make(network)(Samples(trash, samples.mask)), reward)


def test_it_follows_the_training_of_the_discriminator(network, samples):
    reward = make(network)
    before = reward(samples)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(0.1)
    assert not torch.equal(reward(samples), before)


def test_without_a_discriminator_it_is_refused():
    with pytest.raises(ConfigError, match="no discriminator"):
        make(None)
