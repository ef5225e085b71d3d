"""Monte-Carlo search: the value of a token is the mean reward of N completions of the prefix that ends with it.

Source: Yu et al. 2017, Eq. 4. The paper gives no N in the algorithm; the authors' code uses 16.
"""

from __future__ import annotations

import torch
from pydantic import Field
from torch import Tensor

from seqgan import config
from seqgan.functional.returns import reward_to_go
from seqgan.functional.rollouts import complete
from seqgan.generators import Generator
from seqgan.records import Samples
from seqgan.rewards import Reward, completion_rewards


class Settings(config.Settings):
    """How many completions, and how many at once."""

    rollouts: int = Field(16, ge=1, description="N, completions of every prefix (authors' code: 16)")
    max_rows: int = Field(65_536, ge=1, description="completions held at once; bounds the memory")


@torch.no_grad()
def credit(
    samples: Samples, generator: Generator, reward: Reward, settings: Settings, rng: torch.Generator, *, end: int | None
) -> Tensor:
    """Return weights (B, T): Q(b, t) is the mean reward of N completions of ``samples.ids[b, :t + 1]``.

    ``samples`` ids and mask (B, T); ``generator`` is the rollout policy. A row's last symbol (its end symbol, or
    position T) has the reward of the finished sequence itself, asked once. Padding gets 0. A completion whose
    reward is NaN is left out of its mean; where all N are, the weight is NaN.
    B + N * (number of unfinished prefixes) sequences are scored.
    Deviation: the authors' code scores the finished sequence N times; the value is the same.
    """
    values = reward_to_go(reward(samples).float(), samples.mask)  # Eq. 4, t = T
    for part in complete(generator, samples, settings.rollouts, rng, end=end, max_rows=settings.max_rows):
        unfinished = samples.mask[part.rows, 1:]  # position t is unfinished where t + 1 still counts
        if unfinished.any():
            earned = completion_rewards(reward, samples, part)[unfinished]
            values[part.rows, :-1][unfinished] = earned.nanmean(dim=1)  # Eq. 4, t < T
    return values
