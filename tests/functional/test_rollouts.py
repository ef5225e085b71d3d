"""The Monte-Carlo walk: what it shares with its rows, what it draws, what it leaves alone."""

from __future__ import annotations

import pytest
import torch

import worlds
from seqgan.functional.rollouts import complete
from seqgan.records import Samples

ENDS = pytest.mark.parametrize("end", [None, 2])


def walk(policy, samples, n, end, max_rows=65_536, seed=0):
    parts = list(complete(policy, samples, n, torch.Generator().manual_seed(seed), end=end, max_rows=max_rows))
    return torch.cat([part.ids for part in parts]), torch.cat([part.mask for part in parts]), parts


@ENDS
@pytest.mark.parametrize("max_rows", [1, 100, 65_536])
def test_every_completion_starts_with_its_prefix_whatever_the_memory_bound(end, max_rows):
    policy, world = worlds.generator().float(), worlds.every_sequence(3, 4, end)
    ids, mask, parts = walk(policy, world, 5, end, max_rows)
    assert ids.shape == mask.shape == (len(world), 3, 5, 4)
    assert [part.rows.start for part in parts] == sorted({part.rows.start for part in parts})
    for prefix in range(3):
        assert (ids[:, prefix, :, : prefix + 1] == world.ids[:, None, : prefix + 1]).all()


def test_completions_of_a_finished_prefix_are_the_row_itself():
    policy, world = worlds.generator().float(), worlds.every_sequence(3, 4, 2)
    ids, mask, _ = walk(policy, world, 5, 2)
    lengths = world.mask.sum(1)
    for row, length in enumerate(lengths.tolist()):
        for prefix in range(length - 1, 3):
            assert (ids[row, prefix] == world.ids[row]).all()
            assert (mask[row, prefix] == world.mask[row]).all()


@ENDS
def test_completions_are_finished_rows(end):
    policy, world = worlds.generator().float(), worlds.every_sequence(3, 4, end)
    ids, mask, _ = walk(policy, world, 5, end)
    listed = {tuple(row) for row in world.ids.tolist()}
    assert {tuple(row) for row in ids.view(-1, 4).tolist()} <= listed
    if end is not None:
        assert (ids[~mask] == end).all()


@ENDS
def test_completions_follow_the_conditional_distribution_of_their_prefix(end):
    policy, world = worlds.generator(), worlds.every_sequence(3, 4, end)
    chance = worlds.log_prob(policy, world).exp()
    some = Samples(world.ids[:12:3], world.mask[:12:3])
    ids, _, _ = walk(policy, some, 8000, end)
    for row in range(len(some)):
        for prefix in range(3):
            if not bool(some.mask[row, prefix]):
                continue
            same = (world.ids[:, : prefix + 1] == some.ids[row, : prefix + 1]).all(1)
            exact = chance[same] / chance[same].sum()
            drawn = ids[row, prefix]
            share = torch.stack([(drawn == other).all(1).double().mean() for other in world.ids[same]])
            error = (exact * (1 - exact) / 8000).sqrt()
            assert ((share - exact).abs() <= 4.5 * error + 1e-9).all()


def test_a_row_of_one_position_has_nothing_to_complete():
    policy = worlds.generator().float()
    short = Samples(torch.tensor([[1]]), torch.ones(1, 1, dtype=torch.bool))
    assert list(complete(policy, short, 4, torch.Generator(), end=None)) == []


def test_the_work_is_as_stated(monkeypatch):
    """T - 1 sequential draws, B N T (T - 1) / 2 tokens."""
    policy = worlds.generator(width=6).float()
    rows = Samples(torch.zeros(7, 6, dtype=torch.long), torch.ones(7, 6, dtype=torch.bool))
    sizes = []
    predict = policy.predict

    def counted(state):
        sizes.append(len(state[0]))
        return predict(state)

    monkeypatch.setattr(policy, "predict", counted)
    walk(policy, rows, 4, None)
    assert len(sizes) == 5
    assert sum(sizes) == 7 * 4 * 6 * 5 // 2
