"""BLEU as a reward: the metric's value on the same rows, of ids, against training rows only."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import torch

from seqgan.data.task import Split
from seqgan.functional.masks import mask_after_end
from seqgan.metrics.bleu import per_sentence
from seqgan.records import Samples
from seqgan.rewards import Parts, bleu

END = 9


def rows(n, seed):
    ids = torch.randint(10, (n, 12), generator=torch.Generator().manual_seed(seed))
    return Samples(ids, mask_after_end(ids, END))


def words(samples):
    return [
        [i for i, counted in zip(ids, mask, strict=True) if counted and i != END]
        for ids, mask in zip(samples.ids.tolist(), samples.mask.tolist(), strict=True)
    ]


def make(train, end=END, **settings):
    split = Split(train.ids.int(), train.mask.sum(dim=1).int())
    task = SimpleNamespace(train=split, vocab=SimpleNamespace(end=end))
    return bleu.create(bleu.Settings(**settings), Parts(None, task, print))


@pytest.mark.parametrize("definition", ["texygen", "legacy", "strict"])
@pytest.mark.parametrize("order", [1, 2, 4])
def test_it_is_the_metric_on_the_same_rows(order, definition):
    train, samples = rows(30, 0), rows(40, 1)
    reward = make(train, order=order, definition=definition)(samples)
    expected = per_sentence(words(samples), words(train), definition, (order,))[:, 0]
    torch.testing.assert_close(reward.double(), torch.from_numpy(expected), rtol=0, atol=1e-7)
    assert reward.min() >= 0
    assert reward.max() <= 1


def test_a_real_row_has_the_full_reward_and_a_row_of_strangers_none():
    train = Samples(torch.randint(5, (20, 12)), torch.ones(20, 12, dtype=torch.bool))
    reward = make(train, end=None)
    torch.testing.assert_close(reward(train), torch.ones(20))
    strangers = Samples(train.ids + 5, train.mask)
    assert reward(strangers).tolist() == [0.0] * 20


def test_an_empty_row_has_no_reward():
    ids = torch.full((1, 12), END)
    assert make(rows(30, 0))(Samples(ids, mask_after_end(ids, END))).tolist() == [0.0]


def test_fewer_references_are_a_fixed_random_choice():
    train, samples = rows(30, 0), rows(40, 1)
    whole, part = make(train, order=3), make(train, order=3, references=5)
    assert part(samples).mean() < whole(samples).mean()
    assert torch.equal(part(samples), make(train, order=3, references=5)(samples))
    assert not torch.equal(part(samples), make(train, order=3, references=5, reference_seed=2)(samples))
    assert torch.equal(make(train, references=30)(samples), make(train)(samples))
