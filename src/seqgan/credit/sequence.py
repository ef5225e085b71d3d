"""REINFORCE: every token is credited with the reward of its finished sequence; no rollouts.

One reward call a sequence instead of 1 + N(T - 1): cheaper and noisier than Monte-Carlo search. Its baseline is
the algorithm's ``baseline`` setting. Source: Williams 1992; Yu et al. 2017, Eq. 1.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from seqgan import config
from seqgan.functional.returns import fill_missing, reward_to_go
from seqgan.records import Samples
from seqgan.rewards import Reward


class Settings(config.Settings):
    """Nothing to choose."""


@torch.no_grad()
def credit(
    samples: Samples, generator: Any, reward: Reward, settings: Settings, rng: torch.Generator, *, end: int | None
) -> Tensor:
    """Return weights (B, T): the row's reward, or the sum of the rewards still to come where positions earn them.

    ``samples`` ids and mask (B, T); padding gets 0; a reward of NaN counts as the mean of the batch.
    ``generator``, ``settings``, ``rng`` and ``end`` are not needed here.
    """
    return fill_missing(reward_to_go(reward(samples).float(), samples.mask), samples.mask)
