"""A control: the rewards of another plugin, dealt out anew among the sequences that were scored together.

Every call keeps the set of rewards, so mean, spread and drift in training are those of the real reward (its
discriminator is trained as ever), and destroys which sequence earned which. The permutation is uniform: the expected
gradient is that of a constant reward with the same mean. A permutation without fixed points would do something else,
it would reward each row with the mean of the *others* and so push the best rows down.

Rewards of positions stay together as they are: what lies beyond the end of the row that receives them is lost.

A Monte-Carlo value is the mean of N rewards; dealing out single rewards would make its spread smaller by N. So what
the N completions of a prefix earn moves together, to a prefix of any row and length, and the spread of the values is
kept as well. The finished rows are dealt out among themselves, every one alone. Where ``credit.max_rows`` lets only
some rows of a batch be completed at once, their prefixes are dealt out among those rows.
"""

from __future__ import annotations

import hashlib
from typing import Any

import torch
from pydantic import Field, field_validator, model_validator
from torch import Tensor

from seqgan import config
from seqgan.functional.rollouts import Completions
from seqgan.records import Samples
from seqgan.rewards import Parts, Reward, completion_rewards, own_functions, uses
from seqgan.rewards._inner import inner_reward, inner_settings


class Settings(config.Settings):
    """Which reward is shuffled."""

    of: dict[str, Any] = Field({"name": "discriminator"}, description="the real reward: its name and its settings")

    @model_validator(mode="before")
    @classmethod
    def _of_earlier_records(cls, values: Any) -> Any:
        """Leave out ``together = 1``, a setting that is gone: every row moved alone under it, as all do now."""
        if isinstance(values, dict) and values.get("together") == 1:
            return {key: value for key, value in values.items() if key != "together"}
        return values

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
    """Gives each row the reward of a row of the same call, by chance its own: 1 in B."""

    def __init__(self, reward: Reward) -> None:
        """Keep the real reward."""
        self.reward = reward
        self.uses_discriminator = uses(reward, "discriminator")
        self.uses_mediators = uses(reward, "mediators")
        self.uses_start = uses(reward, "start")
        self.own = own_functions(reward)
        self.scale = getattr(reward, "scale", None)

    def __call__(self, samples: Samples) -> Tensor:
        """Return the rewards (B,) or (B, T) of ``samples`` in another order of rows.

        The order depends on the ids and masks of the call alone, so a resumed run draws the same one.
        """
        values = self.reward(samples)
        return values[_order(len(samples), samples.ids, samples.mask).to(values.device)]

    def completions(self, samples: Samples, part: Completions) -> Tensor:
        """Return the rewards (b, P, N) of ``part``, the completions of ``samples``, whole prefixes in another order.

        NaN where a prefix is finished. The order depends on the ids and masks of ``part`` alone.
        """
        rewards, unfinished = completion_rewards(self.reward, samples, part), samples.mask[part.rows, 1:]
        order = _order(int(unfinished.sum()), part.ids, part.mask).to(rewards.device)
        dealt = rewards.clone()
        dealt[unfinished] = rewards[unfinished][order]
        return dealt


def _order(count: int, ids: Tensor, mask: Tensor) -> Tensor:
    """Return a uniform permutation (count,) seeded by what counts in ``ids`` (63 bits of SHA-256), on every machine."""
    seen = ids.masked_fill(~mask, -1).to("cpu", torch.int32).contiguous()
    seed = int.from_bytes(hashlib.sha256(seen.numpy().tobytes()).digest()[:8], "big") >> 1
    return torch.randperm(count, generator=torch.Generator().manual_seed(seed))


def create(settings: Settings, parts: Parts) -> ShuffledReward:
    """Return the reward; raises what the real reward raises."""
    name, own = _inner(settings.of)
    return ShuffledReward(inner_reward("of", name, own, parts))
