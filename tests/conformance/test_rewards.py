"""What every reward must keep, whatever it rewards."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import torch

from seqgan import registry
from seqgan.data.task import Split
from seqgan.discriminators import rnn
from seqgan.functional.masks import mask_after_end
from seqgan.generators import lstm
from seqgan.records import Samples
from seqgan.rewards import Parts

END = 4
ONE_VALUE = {"constant"}  # controls, which by their purpose do not judge the single row
DEALT_OUT = {"shuffled"}


@pytest.fixture(params=registry.names("rewards"))
def reward(request, tmp_path):
    (tmp_path / "mine.py").write_text("def score(rows):\n    return [sum(row) + len(row) for row in rows]\n", "utf-8")
    needed = {"function": {"target": f"{tmp_path / 'mine.py'}:score", "on": "ids"}}
    module = registry.load("rewards", request.param)
    torch.manual_seed(0)
    network = rnn.create(rnn.Settings(), 5, 6)
    ids = torch.randint(5, (6, 6), generator=torch.Generator().manual_seed(1)).int()
    train = Split(ids, mask_after_end(ids, END).sum(dim=1).int())
    task = SimpleNamespace(vocab=SimpleNamespace(end=END), train=train)
    models = {name: lstm.create(lstm.Settings(), 5, 6) for name in ("generator", "mediator_1", "mediator_2")}
    parts = Parts(network, task, lambda *_, **__: None, models, mediators=2)
    made = module.create(module.Settings(**needed.get(request.param, {})), parts)
    made.name = request.param
    return made


@pytest.fixture
def samples(rng):
    ids = torch.randint(5, (9, 6), generator=rng)
    mask = mask_after_end(ids, END)
    return Samples(ids.masked_fill(~mask, END), mask)


def test_it_gives_a_number_for_each_row_without_gradient(reward, samples):
    values = reward(samples)
    assert values.shape in {(9,), (9, 6)}
    assert values.isfinite().all()
    assert not values.requires_grad
    assert (values.std() > 0) == (reward.name not in ONE_VALUE)


def test_it_is_the_same_each_time(reward, samples):
    assert torch.equal(reward(samples), reward(samples))


def test_padding_changes_nothing(reward, samples):
    trash = Samples(samples.ids.masked_fill(~samples.mask, 0), samples.mask)
    torch.testing.assert_close(reward(trash), reward(samples))


def test_batch_order_and_company_change_nothing(reward, samples):
    order = torch.tensor([3, 0, 8])
    if reward.name in DEALT_OUT:
        pytest.skip("gives a row the reward of its company")
    torch.testing.assert_close(reward(Samples(samples.ids[order], samples.mask[order])), reward(samples)[order])


def test_it_says_whether_it_looks_at_the_discriminator(reward):
    assert isinstance(reward.uses_discriminator, bool)
