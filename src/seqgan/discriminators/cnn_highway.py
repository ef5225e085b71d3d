"""Convolutions of many widths, maximum over time, a highway layer (Yu et al. 2017, Sec. 'The Discriminative Model')."""

from __future__ import annotations

import math
from typing import Self

import torch
from pydantic import Field, model_validator
from torch import Tensor, nn

from seqgan.config import Settings as BaseSettings
from seqgan.discriminators import Discriminator
from seqgan.functional.dropout import dropout
from seqgan.functional.precision import linear
from seqgan.functional.windows import completed_windows, pooled_windows, prefix_windows

WINDOWS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 15, 20)
FILTERS = (100, 200, 200, 200, 200, 100, 100, 100, 100, 100, 160, 160)
LENGTH = 20  # positions for which these are the paper's


class Settings(BaseSettings):
    """Sizes of the network; the defaults are the paper's for length 20 (Table 'configuration', authors' code)."""

    embedding: int = Field(64, ge=1, description="embedding size E (authors: 64)")
    windows: tuple[int, ...] = Field(
        WINDOWS, min_length=1, description="window lengths; those above max_len are left out"
    )
    filters: tuple[int, ...] = Field(
        FILTERS, min_length=1, description="filters of each window; the paper's, for max_len < 20, times max_len / 20"
    )
    scale: float = Field(1.0, gt=0, description="multiplies every number of filters; below 1 for small data")
    dropout: float = Field(0.25, ge=0, lt=1, description="authors keep 0.75")
    l2: float = Field(0.05, ge=0, description="on the output weights; 0.05 on one logit is the authors' 0.2 on two")

    @model_validator(mode="after")
    def _paired(self) -> Self:
        if len(self.windows) != len(self.filters):
            raise ValueError(f"{len(self.windows)} windows need as many filters, not {len(self.filters)}")
        if min(*self.windows, *self.filters) < 1 or len(set(self.windows)) < len(self.windows):
            raise ValueError("windows must be different lengths from 1 up, filters numbers from 1 up")
        return self


class CnnHighway(Discriminator):
    """Windowed convolutions, ReLU, max over time, one highway layer, dropout, one logit.

    Deviations: one logit where the authors have a softmax over two classes (the same function; their weight
    penalty 0.2 * |w|^2 / 2 on two opposite rows is 0.05 * |w|^2 on their difference); windows are counted only
    inside a row's own length, so padding changes nothing. The paper's sizes are for 20 positions: with fewer, windows
    that do not fit are left out and each other one has its share ``max_len / 20`` of the filters; longer rows keep
    these sizes, since the maximum over time finds a window anywhere (for its music of 32 notes the paper has others:
    give them as ``windows`` and ``filters``). Own ``filters`` are taken as they are.
    """

    def __init__(self, vocabulary_size: int, settings: Settings, max_len: int) -> None:
        """Build the network for rows of up to ``max_len`` positions."""
        super().__init__()
        share = settings.scale * (min(1.0, max_len / LENGTH) if settings.filters == FILTERS else 1.0)
        sizes = {w: max(1, round(f * share)) for w, f in zip(settings.windows, settings.filters, strict=True)}
        sizes = {width: size for width, size in sizes.items() if width <= max_len} or {max_len: sizes[min(sizes)]}
        self.widths, counts = list(sizes), list(sizes.values())
        total, self.l2 = sum(counts), settings.l2
        self.embedding = nn.Embedding(vocabulary_size, settings.embedding)
        nn.init.uniform_(self.embedding.weight, -1, 1)
        shapes = zip(counts, self.widths, strict=True)
        self.filters = nn.ParameterList([torch.empty(c, w * settings.embedding) for c, w in shapes])
        self.filter_bias = nn.Parameter(torch.full((total,), 0.1))
        self.transform, self.gate, self.output = nn.Linear(total, total), nn.Linear(total, total), nn.Linear(total, 1)
        self.dropout = settings.dropout
        for weight in (*self.filters, self.output.weight):
            nn.init.trunc_normal_(weight, std=0.1)
        for layer in (self.transform, self.gate):
            nn.init.trunc_normal_(layer.weight, std=1 / math.sqrt(total))
            nn.init.zeros_(layer.bias)
        nn.init.constant_(self.gate.bias, -2.0)
        nn.init.constant_(self.output.bias, 0.1)

    def forward(self, tokens: Tensor, mask: Tensor, condition: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Return logits (B,) and features (B, F); see :class:`~seqgan.discriminators.Discriminator`."""
        embedded, mask = self._embedded(tokens, mask)
        features = self._features(pooled_windows(embedded, mask, list(self.filters)))
        return self.output(dropout(features, self.dropout, self.training)).squeeze(-1), features

    def prefixes(self, tokens: Tensor, mask: Tensor) -> Tensor:
        """Return the largest responses inside every prefix, (B, T, F)."""
        return prefix_windows(self.embedding(tokens), list(self.filters))

    def completed(self, tokens: Tensor, mask: Tensor, known: Tensor, length: int) -> Tensor:
        """Return the logits (B,), from the windows that reach beyond the first ``length`` positions."""
        embedded, mask = self._embedded(tokens, mask)
        features = self._features(completed_windows(embedded, mask, list(self.filters), known, length))
        return self.output(features).squeeze(-1)  # type: ignore[no-any-return]

    def _embedded(self, tokens: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Return embeddings (B, T, E), zero at padding, and mask, both as wide as the widest window at least."""
        short = max(self.widths) - tokens.shape[1]
        if short > 0:
            tokens, mask = nn.functional.pad(tokens, (0, short)), nn.functional.pad(mask, (0, short))
        embedded = self.embedding(tokens)
        return embedded if bool(mask.all()) else embedded * mask[:, :, None], mask

    def _features(self, pooled: Tensor) -> Tensor:
        pooled = torch.relu_(pooled + self.filter_bias)
        gate = torch.sigmoid_(linear(pooled, self.gate.weight, self.gate.bias))
        changed = torch.relu_(linear(pooled, self.transform.weight, self.transform.bias))
        return torch.lerp(pooled, changed, gate)

    def penalty(self) -> Tensor:
        """Return the authors' penalty on the output layer, ``l2 * (|w|^2 + b^2)``."""
        return self.l2 * (self.output.weight.square().sum() + self.output.bias.square().sum())


def create(settings: Settings, vocabulary_size: int, max_len: int) -> CnnHighway:
    """Return the discriminator for ``vocabulary_size`` tokens and rows of up to ``max_len`` positions."""
    return CnnHighway(vocabulary_size, settings, max_len)
