"""Gated recurrent unit generator (Cho et al. 2014), a lighter cell than the paper's."""

from __future__ import annotations

from torch import nn

from seqgan.generators._recurrent import RecurrentGenerator, RecurrentSettings


class Settings(RecurrentSettings):
    """Sizes of the GRU generator."""


def create(settings: Settings, vocabulary_size: int, max_len: int) -> RecurrentGenerator:
    """Return a GRU generator over ``vocabulary_size`` tokens; ``max_len`` does not limit it."""
    return RecurrentGenerator(vocabulary_size, settings, nn.GRU)
