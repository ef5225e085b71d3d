"""REINFORCE: every token is credited with what its finished sequence earns from there on; no rollouts.

One reward call a sequence instead of 1 + N(T - 1): cheaper and noisier than Monte-Carlo search. Its baseline is
the algorithm's ``baseline`` setting. A reward of the whole sequence goes to every token undiscounted;
blended with one of positions it is earned at the last of them.

Source: Williams 1992; Yu et al. 2017, Eq. 1.
"""

from __future__ import annotations

from typing import Any

import torch
from pydantic import Field
from torch import Tensor

from seqgan import config
from seqgan.functional.returns import reward_to_go
from seqgan.records import Samples
from seqgan.rewards import Reward


class Settings(config.Settings):
    """How far ahead a token is credited."""

    discount: float = Field(
        1.0,
        ge=0,
        le=1,
        description="of rewards earned at later positions, not of a whole row's; 0: a token's own alone",
    )


@torch.no_grad()
def credit(
    samples: Samples, generator: Any, reward: Reward, settings: Settings, rng: torch.Generator, *, end: int | None
) -> Tensor:
    """Return weights (B, T): the row's reward, or the sum of the rewards still to come where positions earn them.

    ``samples`` ids and mask (B, T); padding gets 0, what depends on a reward of NaN is NaN.
    ``generator``, ``rng`` and ``end`` are not needed here.
    """
    return reward_to_go(reward(samples).float(), samples.mask, settings.discount)
