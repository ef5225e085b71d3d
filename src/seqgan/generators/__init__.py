"""Generators: policies that write a sequence token by token. One file is one plugin.

A plugin file has ``Settings`` and ``create(settings, vocabulary_size, max_len) -> Generator``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

import torch
from torch import Tensor, nn

from seqgan.functional.outputs import Output
from seqgan.functional.states import State


class Generator(nn.Module, ABC):
    """The contract of a generator: ids in, next-token distributions out; it never sees text or task.

    A begin symbol that is no member of the vocabulary stands before every sequence. B batch, T time,
    V vocabulary. Padding can be any id: what stands at position t never changes an output at or before t.
    """

    vocabulary_size: int

    @abstractmethod
    def forward(self, tokens: Tensor, condition: Tensor | None = None) -> Output:
        """Return the distributions (B, T) of every token given those before it; gradients flow through here only.

        ``tokens`` (B, T): output position t predicts ``tokens[:, t]`` from ``tokens[:, :t]``.
        """

    @abstractmethod
    def begin(self, batch: int, condition: Tensor | None = None) -> State:
        """Return the state of ``batch`` rows before any token."""

    @abstractmethod
    def step(self, tokens: Tensor, state: State) -> State:
        """Return the state after one more token a row; ``tokens`` (B,)."""

    @abstractmethod
    def predict(self, state: State) -> Output:
        """Return the next-token distributions (B,) of a state."""

    @abstractmethod
    def prefixes(self, tokens: Tensor, condition: Tensor | None = None) -> State:
        """Return the states (B, T, ...) after every prefix: entry [b, p] has read ``tokens[b, :p]``.

        The Monte-Carlo walk starts from these instead of reading each prefix again.
        """

    @property
    def device(self) -> torch.device:
        """Return the device of the parameters."""
        return next(self.parameters()).device
