"""Every registered discriminator keeps the contract; a new file is tested the moment it exists."""

from __future__ import annotations

import pytest
import torch

from seqgan import registry
from seqgan.functional.masks import lengths_to_mask

EVERY = pytest.mark.parametrize("name", registry.names("discriminators"))
LENGTHS = torch.tensor([1, 3, 6, 8])


def build(name, width=8, seed=0):
    module = registry.load("discriminators", name)
    torch.manual_seed(seed)
    return module.create(module.Settings(), 11, width).double().eval()


def batch():
    generator = torch.Generator().manual_seed(1)
    return torch.randint(11, (4, 8), generator=generator), lengths_to_mask(LENGTHS, 8)


@EVERY
def test_what_stands_at_padding_changes_neither_score_nor_features(name):
    network, (tokens, mask) = build(name), batch()
    other = tokens.where(mask, (tokens + 5) % 11)
    for one, two in zip(network(tokens, mask), network(other, mask), strict=True):
        torch.testing.assert_close(one, two, atol=1e-12, rtol=0)


@EVERY
def test_a_row_alone_without_padding_has_the_score_it_has_in_a_padded_batch(name):
    network, (tokens, mask) = build(name), batch()
    together = network(tokens, mask)[0]
    for row, length in enumerate(LENGTHS.tolist()):
        alone = network(tokens[row : row + 1, :length], mask[row : row + 1, :length])[0]
        torch.testing.assert_close(alone, together[row : row + 1], atol=1e-10, rtol=0)


@EVERY
def test_every_counted_token_can_change_the_score(name):
    network, (tokens, mask) = build(name), batch()
    before = network(tokens, mask)[0]
    changes = torch.zeros(8)
    for position in range(8):
        for shift in range(1, 11):
            changed = tokens.clone()
            changed[3, position] = (changed[3, position] + shift) % 11
            changes[position] += (network(changed, mask)[0][3] - before[3]).abs().item()
    assert changes.min() > 0


@EVERY
def test_batch_order_changes_nothing_and_shapes_are_as_stated(name):
    network, (tokens, mask) = build(name), batch()
    scores, features = network(tokens, mask)
    assert scores.shape == (4,)
    assert features.shape[0] == 4
    assert features.dim() == 2
    order = torch.tensor([2, 0, 3, 1])
    torch.testing.assert_close(network(tokens[order], mask[order])[0], scores[order], atol=1e-12, rtol=0)


@EVERY
def test_every_parameter_gets_a_gradient(name):
    network, (tokens, mask) = build(name).train(), batch()
    (network(tokens, mask)[0].square().sum() + network.penalty()).backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in network.parameters())


@EVERY
@pytest.mark.parametrize("width", [1, 2, 40])
def test_any_length_of_sequence_is_possible(name, width):
    network = build(name, width=width)
    tokens = torch.randint(11, (3, width), generator=torch.Generator().manual_seed(1))
    assert network(tokens, torch.ones(3, width, dtype=torch.bool))[0].isfinite().all()


@EVERY
def test_rows_completed_from_a_known_prefix_have_the_scores_of_whole_rows(name):
    network, (tokens, mask) = build(name), batch()
    known = network.prefixes(tokens, mask)
    if known is None:
        known = torch.zeros(4, 8, 0)
    for length in range(1, 6):
        for row in (2, 3):
            completed = tokens.clone()[:, : 6 if length < 5 else 8]
            completed[:, :length] = tokens[row, :length]
            counted = mask.clone()[:, : completed.shape[1]]
            counted[:, : length + 1] = True
            got = network.completed(completed, counted, known[row, length].expand(4, -1), length)
            torch.testing.assert_close(got, network(completed, counted)[0], atol=1e-10, rtol=0)
