"""The probability that the discriminator gives a sequence of being real.

Source: Yu et al. 2017, Eq. 2 and 4 (D of the finished sequence).
"""

from __future__ import annotations

import torch
from pydantic import Field
from torch import Tensor

from seqgan import config
from seqgan.discriminators import Discriminator
from seqgan.errors import ConfigError
from seqgan.functional.masks import trim
from seqgan.functional.precision import unchanging_weights
from seqgan.functional.rollouts import Completions
from seqgan.functional.sampling import evaluating
from seqgan.records import Samples
from seqgan.rewards import Parts


class Settings(config.Settings):
    """How the discriminator is asked."""

    rows: int = Field(1024, ge=1, description="sequences scored at once; bounds the memory, changes no value")


class DiscriminatorReward:
    """Scores with the live discriminator, without dropout and without gradient."""

    uses_discriminator = True
    scale = 1.0

    def __init__(self, discriminator: Discriminator, rows: int) -> None:
        """Keep the network itself, so the reward follows its training."""
        self.discriminator, self.rows = discriminator, rows

    def __call__(self, samples: Samples) -> Tensor:
        """Return sigmoid(score), (B,) in [0, 1], higher is more real; padding never changes it.

        Dropout is switched off while scoring: with it a reward would judge a random half of the network.
        """
        pairs = zip(samples.ids.split(self.rows), samples.mask.split(self.rows), strict=True)
        with evaluating(self.discriminator), unchanging_weights():
            scores = [self.discriminator(*trim(ids, mask))[0] for ids, mask in pairs]
        return torch.cat(scores).float().sigmoid()

    def completions(self, samples: Samples, part: Completions) -> Tensor:
        """Return the rewards (b, P, N) of ``part``, the completions of ``samples``; NaN where a prefix is finished.

        The same values as asked one by one, but what the completions of a prefix share is read once.
        """
        ids, mask = samples.ids[part.rows], samples.mask[part.rows]
        rewards = torch.full(part.ids.shape[:3], torch.nan, device=ids.device)
        with evaluating(self.discriminator), unchanging_weights():
            known = self.discriminator.prefixes(ids, mask)
            for place in range(rewards.shape[1]):
                rows = mask[:, place + 1].nonzero().squeeze(-1)
                if not len(rows):
                    break  # every row ends before the last position
                for some in rows.split(max(1, self.rows // rewards.shape[2])):
                    rewards[some, place] = self._continued(part, some, place, known)
        return rewards

    def _continued(self, part: Completions, rows: Tensor, place: int, known: Tensor | None) -> Tensor:
        """Return the rewards (K, N) of the completions of K rows' prefixes of ``place + 1`` tokens."""
        tokens, counts = part.ids[rows, place], part.mask[rows, place]
        ids, mask = trim(tokens.flatten(0, 1), counts.flatten(0, 1))
        if known is None:
            scores: Tensor = self.discriminator(ids, mask)[0]
        else:
            before = known[rows, place + 1].repeat_interleave(tokens.shape[1], dim=0)
            scores = self.discriminator.completed(ids, mask, before, place + 1)
        return scores.float().sigmoid().view(tokens.shape[:2])


def create(settings: Settings, parts: Parts) -> DiscriminatorReward:
    """Return the reward; raises ConfigError where the algorithm has no discriminator."""
    if parts.discriminator is None:
        raise ConfigError("This algorithm has no discriminator to take rewards from.", "Choose another reward.")
    return DiscriminatorReward(parts.discriminator, settings.rows)
