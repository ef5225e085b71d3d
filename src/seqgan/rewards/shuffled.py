"""A control: the rewards of another plugin, dealt out anew among the sequences that were scored together.

Every call keeps the set of rewards, so mean, spread and drift in training are those of the real reward (its
discriminator is trained as ever), and destroys which sequence earned which. The permutation is uniform: the expected
gradient is that of a constant reward with the same mean. A permutation without fixed points would do something else,
it would reward each row with the mean of the *others* and so push the best rows down.

Rewards of positions stay together as they are: what lies beyond the end of the row that receives them is lost.

A Monte-Carlo value is the mean of N rewards; dealing out single rewards would make its spread smaller by N. Where
``together`` is N, the rewards of one prefix move together, and the spread of the values is kept as well.
"""

from __future__ import annotations

import hashlib
from typing import Any

import torch
from pydantic import Field, field_validator
from torch import Tensor

from seqgan import config, registry
from seqgan.records import Samples
from seqgan.rewards import Parts, Reward, own_functions
from seqgan.rewards._inner import inner_settings


class Settings(config.Settings):
    """Which reward is shuffled, and how much of it stays together."""

    of: dict[str, Any] = Field({"name": "discriminator"}, description="the real reward: its name and its settings")
    together: int = Field(1, ge=1, description="neighbouring rows moved as one; the rollouts N keep a value's spread")

    @field_validator("of")
    @classmethod
    def _known(cls, of: dict[str, Any]) -> dict[str, Any]:
        _inner(of)
        return of


def _inner(of: dict[str, Any]) -> tuple[str, config.Settings]:
    own = {key: value for key, value in of.items() if key != "name"}
    name = str(of.get("name", "discriminator"))
    return name, inner_settings("of", name, own)


class ShuffledReward:
    """Gives each row the reward of another row of the same call."""

    def __init__(self, reward: Reward, together: int) -> None:
        """Keep the real reward."""
        self.reward, self.together = reward, together
        self.uses_discriminator = bool(getattr(reward, "uses_discriminator", False))
        self.uses_mediators = bool(getattr(reward, "uses_mediators", False))
        self.own = own_functions(reward)
        self.scale = getattr(reward, "scale", None)

    def __call__(self, samples: Samples) -> Tensor:
        """Return the rewards (B,) or (B, T) of ``samples`` in another order of rows.

        The order depends on the ids and masks of the call alone, so a resumed run draws the same one. Where B is no
        multiple of ``together``, every row moves alone.
        """
        values = self.reward(samples)
        size = self.together if len(samples) % self.together == 0 else 1
        order = torch.randperm(len(samples) // size, generator=torch.Generator().manual_seed(_seed(samples)))
        rows = (order[:, None] * size + torch.arange(size)).reshape(-1)
        return values[rows.to(values.device)]


def _seed(samples: Samples) -> int:
    """Return 63 bits (SHA-256) of what counts in the rows, the same on every machine."""
    ids = samples.ids.masked_fill(~samples.mask, -1).to("cpu", torch.int32).contiguous()
    return int.from_bytes(hashlib.sha256(ids.numpy().tobytes()).digest()[:8], "big") >> 1


def create(settings: Settings, parts: Parts) -> ShuffledReward:
    """Return the reward; raises what the real reward raises."""
    name, own = _inner(settings.of)
    return ShuffledReward(registry.load("rewards", name).create(own, parts), settings.together)
