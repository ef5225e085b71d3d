"""Discriminators: networks that tell real sequences from generated ones. One file is one plugin.

A plugin file has ``Settings`` and ``create(settings, vocabulary_size, max_len) -> Discriminator``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

from torch import Tensor, nn


class Discriminator(nn.Module, ABC):
    """The contract of a discriminator; positions whose mask is false never change a number."""

    @abstractmethod
    def forward(self, tokens: Tensor, mask: Tensor, condition: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Return logits (B,), higher is more real, and features (B, F) of ``tokens`` (B, T) with ``mask`` (B, T)."""

    def prefixes(self, tokens: Tensor, mask: Tensor) -> Tensor | None:
        """Return what the network knows of every prefix, (B, T, K): [b, p] has read ``tokens[b, :p]``.

        None where it has no use for that. Monte-Carlo search asks for the scores of many completions of a prefix;
        with this the prefix is read once and not anew for each.
        """
        return None

    def completed(self, tokens: Tensor, mask: Tensor, known: Tensor, length: int) -> Tensor:
        """Return the logits (B,) of rows longer than ``length``; ``known`` (B, K) is the entry of :meth:`prefixes`.

        No gradient flows through it.
        """
        return self(tokens, mask)[0]  # type: ignore[no-any-return]

    def penalty(self) -> Tensor | float:
        """Return the weight penalty that the discriminator adds to its loss (0 where it has none)."""
        return 0.0
