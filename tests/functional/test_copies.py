"""Copies of networks: equal, on their own, and their recurrent layers in one piece."""

from __future__ import annotations

import pytest
import torch
from torch import nn

import worlds
from seqgan.functional.copies import copy_of


@pytest.mark.parametrize("kind", ["lstm", "gru"])
def test_a_copy_is_equal_and_learns_on_its_own(kind):
    network, ids = worlds.generator(kind, layers=2), torch.tensor([[0, 1, 2, 1]])
    before, copy = network(ids).log_prob(ids), copy_of(network)
    assert torch.equal(copy(ids).log_prob(ids), before)
    with torch.no_grad():
        for parameter in copy.parameters():
            parameter.add_(1.0)
    assert torch.equal(network(ids).log_prob(ids), before)


def test_every_recurrent_layer_of_the_copy_is_put_together_again(monkeypatch):
    network = worlds.generator("lstm", layers=2)
    flattened: list[nn.Module] = []
    monkeypatch.setattr(nn.RNNBase, "flatten_parameters", lambda layer: flattened.append(layer))
    copy = copy_of(network)
    layers = [part for part in copy.modules() if isinstance(part, nn.RNNBase)]
    assert len(layers) == 2
    assert all(any(part is layer for part in flattened) for layer in layers)
