"""What the recurrent generators share: embedding, recurrent layers, linear head."""

from __future__ import annotations

from typing import Any

import torch
from pydantic import Field
from torch import Tensor, nn

from seqgan.config import Settings as BaseSettings
from seqgan.functional.outputs import Output
from seqgan.functional.states import State
from seqgan.generators import Generator


class RecurrentSettings(BaseSettings):
    """Sizes of a recurrent generator; the paper's are E = H = 32, one layer, no dropout (authors' code)."""

    embedding: int = Field(32, ge=1, description="embedding size E")
    hidden: int = Field(32, ge=1, description="hidden size H")
    layers: int = Field(1, ge=1, le=8, description="stacked recurrent layers")
    dropout: float = Field(
        0.0, ge=0, lt=1, description="share of features dropped in training, before each layer and the head"
    )
    init: float = Field(0.0, ge=0, description="0: PyTorch's initialisation; s: normal with deviation s (authors: 0.1)")


class Layers(nn.ModuleList):
    """Recurrent layers, a module each, saved under the names that one module of them all would give their weights.

    One module would also do the dropout between them; but cuDNN's has a random state that no checkpoint can hold.
    """

    def __init__(self, kind: type[nn.LSTM] | type[nn.GRU], inputs: int, hidden: int, layers: int) -> None:
        """Build ``layers`` layers of size ``hidden`` on features of size ``inputs``."""
        sizes = [inputs] + [hidden] * (layers - 1)
        super().__init__(kind(size, hidden, batch_first=True) for size in sizes)
        self.register_state_dict_post_hook(_name_together)  # type: ignore[no-untyped-call]
        self.register_load_state_dict_pre_hook(_name_apart)  # type: ignore[no-untyped-call]


def _name_together(layers: nn.Module, state: dict[str, Any], prefix: str, *unused: Any) -> None:
    """Turn ``1.weight_ih_l0`` into ``weight_ih_l1``, and so on."""
    for name in [name for name in state if name.startswith(prefix)]:
        layer, _, weight = name.removeprefix(prefix).partition(".")
        state[f"{prefix}{weight.removesuffix('0')}{layer}"] = state.pop(name)


def _name_apart(layers: nn.Module, state: dict[str, Any], prefix: str, *unused: Any) -> None:
    """Undo :func:`_name_together`."""
    for name in [name for name in state if name.startswith(prefix)]:
        weight, _, layer = name.removeprefix(prefix).rpartition("_l")
        state[f"{prefix}{layer}.{weight}_l0"] = state.pop(name)


class RecurrentGenerator(Generator):
    """A recurrent language model over tokens; a cell of ``torch.nn`` and a softmax head.

    Source: Yu et al. 2017, Sec. "The Generative Model".

    The begin symbol is an embedding row of its own (index V), so it can never be generated. The authors start
    from token 0, which is also a word; to have that, copy row 0 to row V, as ``tasks/oracle_lstm`` does.
    """

    def __init__(self, vocabulary_size: int, settings: RecurrentSettings, kind: type[nn.LSTM] | type[nn.GRU]) -> None:
        """Build the layers for ``vocabulary_size`` tokens."""
        super().__init__()
        self.vocabulary_size = vocabulary_size
        self.embedding = nn.Embedding(vocabulary_size + 1, settings.embedding)
        self.recurrent = Layers(kind, settings.embedding, settings.hidden, settings.layers)
        self._parts = 2 if kind is nn.LSTM else 1  # tensors of a state: hidden and memory, or hidden
        self.head = nn.Linear(settings.hidden, vocabulary_size)
        self.dropout = nn.Dropout(settings.dropout)
        if settings.init > 0:
            for parameter in self.parameters():
                nn.init.normal_(parameter, std=settings.init)

    def forward(self, tokens: Tensor, condition: Tensor | None = None) -> Output:
        """Return the distributions (B, T); see :class:`~seqgan.generators.Generator`."""
        begin = tokens.new_full((len(tokens), 1), self.vocabulary_size)
        shifted = torch.cat([begin, tokens[:, :-1]], dim=1)
        features = self.embedding(shifted)
        for layer in self.recurrent:
            features, _ = layer(self.dropout(features))
        return Output(self.dropout(features), self.head.weight, self.head.bias)

    def begin(self, batch: int, condition: Tensor | None = None) -> State:
        """Return the state of ``batch`` rows that have read the begin symbol."""
        zeros = self.head.weight.new_zeros(batch, len(self.recurrent), self.head.in_features)
        begin = torch.full((batch,), self.vocabulary_size, device=zeros.device)
        return self.step(begin, (zeros,) * self._parts)

    def step(self, tokens: Tensor, state: State) -> State:
        """Return the state after ``tokens`` (B,): layers (B, L, H) for each tensor of the state."""
        below = self.embedding(tokens)
        layers = []
        for number, layer in enumerate(self.recurrent):
            after = _cell(layer, self.dropout(below), tuple(part[:, number] for part in state))
            layers.append(after)
            below = after[0]
        if len(layers) == 1:
            return tuple(part[:, None] for part in layers[0])
        return tuple(torch.stack(parts, dim=1) for parts in zip(*layers, strict=True))

    def predict(self, state: State) -> Output:
        """Return the next-token distributions (B,) of the top layer's state."""
        return Output(self.dropout(state[0][:, -1]), self.head.weight, self.head.bias)

    def prefixes(self, tokens: Tensor, condition: Tensor | None = None) -> State:
        """Return the states (B, T, L, H) after every prefix of 0 to T - 1 tokens."""
        states = [self.begin(len(tokens))]
        for column in tokens[:, :-1].unbind(dim=1):
            states.append(self.step(column, states[-1]))
        return tuple(torch.stack(parts, dim=1) for parts in zip(*states, strict=True))


def _cell(layer: nn.Module, below: Tensor, before: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    weights = [getattr(layer, f"{name}_l0") for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")]
    if isinstance(layer, nn.LSTM):
        hidden, memory = torch.lstm_cell(below, before, *weights)
        return hidden, memory
    return (torch.gru_cell(below, before[0], *weights),)
