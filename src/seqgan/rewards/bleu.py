"""BLEU of a sequence against real sequences of the training split: how many of its n-grams occur in real text.

The same formula as the metric ``bleu`` (see :mod:`seqgan.stats.sentence_bleu`), on ids instead of words, counted in
numpy; the references are counted once. In [0, 1]. A generator that repeats one real sequence for ever gets the full
reward, so read a result beside its diversity. Source: Yu et al. 2017 (PG-BLEU), who state no order, smoothing or
number of references.
"""

from __future__ import annotations

from typing import Any

import torch
from pydantic import Field
from torch import Tensor

from seqgan import config
from seqgan.records import Samples
from seqgan.rewards import Parts
from seqgan.rng import stream
from seqgan.stats import ngrams
from seqgan.stats.sentence_bleu import Definition, sentence_bleu


class Settings(config.Settings):
    """Which BLEU, and against which real sequences."""

    order: int = Field(4, ge=1, le=20, description="the longest n-grams; all orders from 1 count alike")
    definition: Definition = Field("texygen", description="what a missing order counts: see the metric bleu")
    references: int = Field(0, ge=0, description="how many training sequences, drawn at random; 0: all of them")
    reference_seed: int = Field(1, ge=0, description="chooses them; not the run's seed")


class BleuReward:
    """Scores rows of ids against references that were counted once."""

    uses_discriminator = False
    scale = 1.0

    def __init__(self, references: Samples, end: int | None, settings: Settings) -> None:
        """Count the n-grams of ``references``, ids (R, T) and mask; ``end`` is the end symbol, which is no word."""
        self.end, self.settings = end, settings
        self.index = ngrams.index(_rows(references, end), settings.order)

    def __call__(self, samples: Samples) -> Tensor:
        """Return sentence BLEU as float32 (B,) on the samples' device; padding and the end symbol count for nothing."""
        found = ngrams.match(self.index, _rows(samples, self.end))
        values = sentence_bleu(found, (self.settings.order,), self.settings.definition)[:, 0]
        return torch.from_numpy(values).float().to(samples.ids.device)


def _rows(samples: Samples, end: int | None) -> list[list[int]]:
    """Return the ids of each row without end symbol and padding."""
    kept = samples.mask if end is None else samples.mask & (samples.ids != end)
    flat: list[int] = samples.ids[kept].tolist()
    ends = kept.sum(dim=1).cumsum(dim=0).tolist()
    return [flat[begin:stop] for begin, stop in zip([0, *ends], ends, strict=False)]


def _references(train: Any, settings: Settings) -> Samples:
    if not 0 < settings.references < len(train):
        return train.samples()  # type: ignore[no-any-return]
    order = torch.randperm(len(train), generator=stream(settings.reference_seed, "bleu references"))
    return train.samples(order[: settings.references])  # type: ignore[no-any-return]


def create(settings: Settings, parts: Parts) -> BleuReward:
    """Return the reward against the training split of ``parts.task``; the held-out splits are never looked at."""
    return BleuReward(_references(parts.task.train, settings), parts.task.vocab.end, settings)
