"""Worlds so small that every sequence can be listed: exact probabilities, expectations and action values."""

from __future__ import annotations

from itertools import product
from typing import Any

import torch
from torch import Tensor

from seqgan import registry
from seqgan.functional.masks import mask_after_end
from seqgan.generators import Generator
from seqgan.records import Samples


def generator(name: str = "lstm", vocabulary: int = 3, width: int = 4, seed: int = 0, **settings: Any) -> Generator:
    """Return a float64 generator with weights large enough to be far from uniform."""
    module = registry.load("generators", name)
    torch.manual_seed(seed)
    made: Generator = module.create(module.Settings(**settings), vocabulary, width).double()
    with torch.no_grad():
        for parameter in made.parameters():
            parameter.normal_(std=0.7)
    return made


def every_sequence(vocabulary: int, width: int, end: int | None) -> Samples:
    """Return all finished rows once; after the end symbol stands the end symbol, with mask false."""
    ids = torch.tensor(list(product(range(vocabulary), repeat=width)))
    mask = mask_after_end(ids, end)
    if end is not None:
        ids = ids.where(mask, torch.full_like(ids, end)).unique(dim=0)
    return Samples(ids, mask_after_end(ids, end))


def log_prob(policy: Generator, samples: Samples) -> Tensor:
    """Return the exact log-probability (B,) of finished rows, differentiable."""
    return policy(samples.ids).log_prob(samples.ids).masked_fill(~samples.mask, 0.0).sum(dim=1)


def table_reward(seed: int = 0) -> Any:
    """Return a reward that depends on the whole row in no simple way, never on what stands at padding."""

    def reward(samples: Samples) -> Tensor:
        places = torch.arange(1, samples.ids.shape[1] + 1)
        key = ((samples.ids + 1) * samples.mask * places**2).sum(dim=1) + seed
        return (torch.sin(key.double() * 12.9898) * 43758.5453).frac().abs()

    return reward


def exact_values(policy: Generator, samples: Samples, world: Samples, reward: Any) -> Tensor:
    """Return Q (B, T) by enumeration: the mean reward of all finished rows that share ``ids[b, :t + 1]``."""
    probability, rewards = log_prob(policy, world).detach().exp(), reward(world)
    values = torch.zeros(samples.ids.shape, dtype=torch.float64)
    for row in range(len(samples)):
        for position in range(samples.ids.shape[1]):
            same = (world.ids[:, : position + 1] == samples.ids[row, : position + 1]).all(dim=1)
            values[row, position] = (probability[same] * rewards[same]).sum() / probability[same].sum()
    return values.masked_fill(~samples.mask, 0.0)
