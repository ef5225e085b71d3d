"""A control: the judgement of a discriminator that never learned anything, with the weights it was made with.

Its reward depends on the sequence and can be raised by the generator like any other, but real data has no part in it.
What a run gains under it, it does not owe to adversarial training. Compare with ``constant`` and ``shuffled``.
"""

from __future__ import annotations

from seqgan.errors import ConfigError
from seqgan.functional.copies import copy_of
from seqgan.rewards import Parts
from seqgan.rewards.discriminator import DiscriminatorReward
from seqgan.rewards.discriminator import Settings as DiscriminatorSettings


class Settings(DiscriminatorSettings):
    """How the discriminator is asked."""


class RandomDiscriminatorReward(DiscriminatorReward):
    """Scores with an untrained discriminator; the algorithm trains none, since this reward looks at none of its."""

    uses_discriminator = False


def create(settings: Settings, parts: Parts) -> RandomDiscriminatorReward:
    """Return the reward around a copy of the discriminator as it is now, at the beginning of the run.

    The weights come from the run's seed, so a resumed run makes the same copy. Raises ConfigError where the
    algorithm has no discriminator.
    """
    if parts.discriminator is None:
        raise ConfigError("This algorithm has no discriminator, not even a random one.", "Choose another reward.")
    return RandomDiscriminatorReward(copy_of(parts.discriminator).requires_grad_(False), settings.rows)
