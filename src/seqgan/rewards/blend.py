"""A weighted sum of other rewards.

In TOML each part is a table: ``[reward.parts.discriminator]`` with ``weight = 0.5`` and the part's own
settings. The table's key names the reward; a key of another choosing takes the reward's name as ``name``.
Source: Guimaraes et al. 2017 (ORGAN), Eq. 3, for any number of parts.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch
from pydantic import Field, field_validator
from torch import Tensor

from seqgan import config
from seqgan.functional.returns import reward_to_go
from seqgan.functional.rollouts import Completions
from seqgan.records import Samples
from seqgan.rewards import Parts, Reward, completion_rewards, own_functions, uses
from seqgan.rewards._inner import inner_reward, inner_settings


class Settings(config.Settings):
    """Which rewards are added, and how much each counts."""

    parts: dict[str, dict[str, Any]] = Field(
        {"discriminator": {"weight": 1.0}}, min_length=1, description="tables of weight, name and the part's settings"
    )

    @field_validator("parts")
    @classmethod
    def _known(cls, parts: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
        for label, values in parts.items():
            _part(label, values)
        return parts


def _part(label: str, values: dict[str, Any]) -> tuple[str, float, config.Settings]:
    """Return the plugin's name, the weight and the checked settings of one part."""
    own = dict(values)
    name, weight = str(own.pop("name", label)), own.pop("weight", 1.0)
    if isinstance(weight, bool) or not isinstance(weight, int | float) or not math.isfinite(weight):
        raise ValueError(f"{label}.weight must be a number, not {weight!r}")
    return name, float(weight), inner_settings(label, name, own)


class BlendReward:
    """Adds the rewards of its parts; a sequence that one part cannot score (NaN) has no reward."""

    def __init__(self, parts: Sequence[tuple[float, Reward]]) -> None:
        """Keep ``(weight, reward)`` pairs."""
        self.parts = tuple(parts)
        self.uses_discriminator = any(uses(reward, "discriminator") for _, reward in self.parts)
        self.uses_mediators = any(uses(reward, "mediators") for _, reward in self.parts)
        self.uses_start = any(uses(reward, "start") for _, reward in self.parts)
        self.own = tuple(function for _, reward in self.parts for function in own_functions(reward))
        scales = [(weight, getattr(reward, "scale", None)) for weight, reward in self.parts]
        known = [abs(weight) * scale for weight, scale in scales if scale is not None]
        self.scale = sum(known) if len(known) == len(scales) else None

    def __call__(self, samples: Samples) -> Tensor:
        """Return the weighted sum: (B,), or (B, T) where a part rewards positions."""
        rewards = [(weight, reward(samples)) for weight, reward in self.parts]
        if any(value.dim() == 2 for _, value in rewards):
            return _add_positions(rewards, samples.mask)
        return _weighted(rewards)

    def completions(self, samples: Samples, part: Completions) -> Tensor:
        """Return the rewards (b, P, N) of ``part``, the completions of ``samples``; NaN where a prefix is finished.

        A sum to go is the sum of what goes: each part is asked in its own way, which may need to know what completions
        share a prefix (``shuffled``) or gain by it.
        """
        return _weighted([(weight, completion_rewards(reward, samples, part)) for weight, reward in self.parts])


def _weighted(rewards: Sequence[tuple[float, Tensor]]) -> Tensor:
    return torch.stack([weight * value.float() for weight, value in rewards]).sum(dim=0)


def _add_positions(rewards: Sequence[tuple[float, Tensor]], mask: Tensor) -> Tensor:
    """Add row rewards to position rewards: a row's reward is earned at its last position."""
    last = mask & ~torch.cat([mask[:, 1:], torch.zeros_like(mask[:, :1])], dim=1)
    total = torch.zeros(mask.shape, device=mask.device)
    for weight, value in rewards:
        earned = value if value.dim() == 2 else reward_to_go(value, mask).where(last, torch.zeros_like(total))
        total = total + weight * earned.masked_fill(~mask, 0.0)
    return total


def create(settings: Settings, parts: Parts) -> BlendReward:
    """Return the blended reward; raises what its parts raise."""
    rewards = []
    for label, values in settings.parts.items():
        name, weight, own = _part(label, values)
        rewards.append((weight, inner_reward(f"parts.{label}", name, own, parts)))
    return BlendReward(rewards)
