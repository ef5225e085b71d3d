"""A gated recurrent network read forwards, its states pooled over time: light, for sequences of any length."""

from __future__ import annotations

import torch
from pydantic import Field
from torch import Tensor, nn

from seqgan.config import Settings as BaseSettings
from seqgan.discriminators import Discriminator


class Settings(BaseSettings):
    """Sizes of the recurrent discriminator (ours; the paper has only the convolutional one)."""

    embedding: int = Field(64, ge=1, description="embedding size E")
    hidden: int = Field(128, ge=1, description="hidden size H")
    layers: int = Field(1, ge=1, le=4, description="stacked recurrent layers")
    dropout: float = Field(0.25, ge=0, lt=1, description="share of features dropped in training")


class Rnn(Discriminator):
    """Embedding, GRU, mean and maximum of its states over the unmasked positions, one logit.

    The network reads forwards only, so a state never depends on padding to its right.
    """

    def __init__(self, vocabulary_size: int, settings: Settings) -> None:
        """Build the network."""
        super().__init__()
        self.embedding = nn.Embedding(vocabulary_size, settings.embedding)
        self.recurrent = nn.GRU(settings.embedding, settings.hidden, settings.layers, batch_first=True)
        self.dropout = nn.Dropout(settings.dropout)
        self.output = nn.Linear(2 * settings.hidden, 1)

    def forward(self, tokens: Tensor, mask: Tensor, condition: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Return logits (B,) and features (B, 2 H); see :class:`~seqgan.discriminators.Discriminator`."""
        states, _ = self.recurrent(self.dropout(self.embedding(tokens)))
        counted = mask[:, :, None]
        mean = (states * counted).sum(1) / counted.sum(1).clamp(min=1)
        most = states.masked_fill(~counted, -1.0).amax(1)
        features = torch.cat([mean, most], dim=1)
        return self.output(self.dropout(features)).squeeze(-1), features


def create(settings: Settings, vocabulary_size: int, max_len: int) -> Rnn:
    """Return the discriminator for ``vocabulary_size`` tokens; ``max_len`` does not limit it."""
    return Rnn(vocabulary_size, settings)
