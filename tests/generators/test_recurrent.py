"""The recurrent layers beside torch's own module of them all: the same names, the same numbers, the same dropout."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from seqgan.generators._recurrent import RecurrentGenerator, RecurrentSettings

KINDS = pytest.mark.parametrize("kind", [nn.LSTM, nn.GRU])
DEPTHS = pytest.mark.parametrize("layers", [1, 3])


def generator(kind: type, layers: int, dropout: float = 0.0) -> RecurrentGenerator:
    torch.manual_seed(0)
    settings = RecurrentSettings(embedding=4, hidden=5, layers=layers, dropout=dropout)
    return RecurrentGenerator(3, settings, kind)


def whole(policy: RecurrentGenerator, kind: type, layers: int, dropout: float = 0.0) -> nn.Module:
    """Return one module of torch for all layers, with the weights that ``policy`` would save."""
    module = kind(4, 5, layers, batch_first=True, dropout=dropout)
    prefix = "recurrent."
    saved = {name.removeprefix(prefix): w for name, w in policy.state_dict().items() if name.startswith(prefix)}
    module.load_state_dict(saved)
    assert list(saved) == list(module.state_dict())
    return module


@KINDS
@DEPTHS
def test_the_weights_are_saved_and_loaded_under_the_names_of_one_module(kind, layers):
    policy, other = generator(kind, layers), generator(kind, layers)
    state = policy.state_dict()
    module = whole(policy, kind, layers)
    for tensor in module.state_dict().values():
        tensor.normal_()
    state |= {f"recurrent.{name}": tensor for name, tensor in module.state_dict().items()}
    before = list(state)
    other.load_state_dict(state)
    assert list(state) == before, "loading leaves what is loaded as it is"
    assert list(other.state_dict()) == before
    assert all(torch.equal(state[name], tensor) for name, tensor in other.state_dict().items())


@KINDS
@DEPTHS
def test_the_weights_begin_as_those_of_one_module(kind, layers):
    policy = generator(kind, layers)
    torch.manual_seed(0)
    nn.Embedding(4, 4)
    fresh = kind(4, 5, layers)
    assert all(torch.equal(a, b) for a, b in zip(policy.recurrent.parameters(), fresh.parameters(), strict=True))


@KINDS
@DEPTHS
def test_dropout_comes_before_every_layer_and_from_the_global_stream(kind, layers):
    policy, ids = generator(kind, layers, dropout=0.5).train(), torch.tensor([[0, 1, 2, 1], [2, 2, 0, 1]])
    module = whole(policy, kind, layers, dropout=0.5 if layers > 1 else 0.0).train()
    torch.manual_seed(3)
    found = policy(ids).features
    torch.manual_seed(3)
    begun = torch.cat([torch.full((2, 1), 3), ids[:, :-1]], dim=1)
    features, _ = module(nn.functional.dropout(policy.embedding(begun), 0.5))
    assert torch.equal(found, nn.functional.dropout(features, 0.5))
    assert [part.dropout for part in policy.modules() if isinstance(part, nn.RNNBase)] == [0.0] * layers


def test_weights_of_another_depth_are_refused():
    with pytest.raises(RuntimeError, match="recurrent"):
        generator(nn.LSTM, 1).load_state_dict(generator(nn.LSTM, 2).state_dict())
    with pytest.raises(RuntimeError, match="recurrent"):
        generator(nn.LSTM, 2).load_state_dict(generator(nn.LSTM, 1).state_dict())
