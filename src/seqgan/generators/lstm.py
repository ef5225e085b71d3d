"""Long short-term memory generator, the paper's (Yu et al. 2017, Sec. 'The Generative Model for Sequences')."""

from __future__ import annotations

from torch import nn

from seqgan.generators._recurrent import RecurrentGenerator, RecurrentSettings


class Settings(RecurrentSettings):
    """Sizes of the LSTM generator."""


def create(settings: Settings, vocabulary_size: int, max_len: int) -> RecurrentGenerator:
    """Return an LSTM generator over ``vocabulary_size`` tokens; ``max_len`` does not limit it."""
    return RecurrentGenerator(vocabulary_size, settings, nn.LSTM)
