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

    def penalty(self) -> Tensor | float:
        """Return the weight penalty that the discriminator adds to its loss (0 where it has none)."""
        return 0.0
