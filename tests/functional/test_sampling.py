"""Whole sequences: lengths, ends, prefixes, chunks."""

from __future__ import annotations

import torch

import worlds
from seqgan.functional.sampling import Choice, sample


def test_rows_end_at_the_end_symbol_and_are_padded_with_it():
    drawn = sample(worlds.generator().float(), 500, 4, 2, torch.Generator().manual_seed(0))
    lengths = drawn.mask.sum(1)
    assert set(lengths.tolist()) == {1, 2, 3, 4}
    for row, mask, length in zip(drawn.ids.tolist(), drawn.mask.tolist(), lengths.tolist(), strict=True):
        assert mask == [True] * length + [False] * (4 - length)
        assert 2 not in row[: length - 1]
        assert all(token == 2 for token in row[length:])


def test_a_prefix_stands_in_front_of_every_row_and_the_rest_follows_its_conditional_distribution():
    policy = worlds.generator().float()
    prefix = torch.tensor([1, 0])
    drawn = sample(policy, 20_000, 4, None, torch.Generator().manual_seed(0), prefix=prefix)
    assert (drawn.ids[:, :2] == prefix).all()
    exact = torch.softmax(policy(torch.tensor([[1, 0, 0, 0]])).logits[0, 2], -1)
    share = drawn.ids[:, 2].bincount(minlength=3) / 20_000
    torch.testing.assert_close(share, exact.detach(), atol=0.015, rtol=0)


def test_a_prefix_as_long_as_the_row_is_the_row():
    prefix = torch.tensor([1, 0, 1, 1])
    drawn = sample(worlds.generator().float(), 3, 4, 2, torch.Generator(), prefix=prefix)
    assert (drawn.ids == prefix).all()


def test_the_same_stream_gives_the_same_rows_and_zero_rows_are_possible():
    policy = worlds.generator().float()
    first, again = (sample(policy, 30, 4, 2, torch.Generator().manual_seed(5)).ids for _ in range(2))
    assert torch.equal(first, again)
    assert sample(policy, 0, 4, 2, torch.Generator()).ids.shape == (0, 4)


def test_chunks_add_up():
    drawn = sample(worlds.generator().float(), 25, 4, 2, torch.Generator().manual_seed(5), chunk=10)
    assert len(drawn) == 25
    assert drawn.ids.unique(dim=0).shape[0] > 5


def test_temperature_zero_writes_the_greedy_row():
    policy = worlds.generator().float()
    drawn = sample(policy, 3, 4, None, torch.Generator(), choice=Choice(temperature=0))
    logits = policy(drawn.ids).logits
    assert torch.equal(logits.argmax(-1), drawn.ids)
    assert drawn.ids.unique(dim=0).shape[0] == 1
