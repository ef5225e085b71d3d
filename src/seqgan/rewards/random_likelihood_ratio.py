"""A control: the likelihood ratio of a model that never learned anything, with the weights the generator began with.

Its reward depends on the sequence and can be raised by the generator like any other, but real data has no part in it.
Compare with ``constant`` and ``shuffled``.
"""

from __future__ import annotations

from typing import Any

from seqgan.functional.copies import copy_of
from seqgan.rewards import Parts
from seqgan.rewards.likelihood_ratio import LikelihoodRatioReward
from seqgan.rewards.likelihood_ratio import Settings as LikelihoodRatioSettings


class Settings(LikelihoodRatioSettings):
    """How much the generator's own density counts."""


class RandomLikelihoodRatioReward(LikelihoodRatioReward):
    """Scores with one untrained model; the algorithm trains none, since this reward looks at none of its."""

    uses_mediators = False

    def __init__(self, networks: Any, settings: Settings) -> None:
        """Copy the generator as it is now, at the beginning of the run, where its weights come from the run's seed."""
        super().__init__(networks, 1, settings)
        self.untrained = copy_of(networks["generator"]).requires_grad_(False)

    def models(self) -> list[Any]:
        """Return the untrained model."""
        return [self.untrained]


def create(settings: Settings, parts: Parts) -> RandomLikelihoodRatioReward:
    """Return the reward; raises ConfigError where there is no generator to copy."""
    return RandomLikelihoodRatioReward(parts.networks_with_generator(), settings)
