"""A control: the likelihood ratio whose one model of the data is the generator as it was before the adversarial stage.

The reward is log G_start - own_weight log G, with G_start the generator as maximum likelihood left it, frozen. Nothing
in it knows more of the data than the generator did, so what a run gains under it is mere sharpening by ``own_weight``:
of whole sequences the best answer is G_start to the power 1 / own_weight. What a run with mediators gains beyond
that, it owes to what they know. At the first step the reward is (1 - own_weight) log G; at an own_weight of 1 that is
zero, and the generator is held where it began. Compare with ``random_likelihood_ratio``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from seqgan.rewards import Parts
from seqgan.rewards.likelihood_ratio import LikelihoodRatioReward
from seqgan.rewards.likelihood_ratio import Settings as LikelihoodRatioSettings


class Settings(LikelihoodRatioSettings):
    """How much the generator's own density counts."""


class StartLikelihoodRatioReward(LikelihoodRatioReward):
    """Scores with the network ``start``, the algorithm's frozen copy of the generator; no mediator is trained."""

    uses_mediators = False
    uses_start = True

    def __init__(self, networks: Mapping[str, Any], settings: Settings) -> None:
        """Keep the networks themselves; the copy is made later, and a checkpoint holds it."""
        super().__init__(networks, 1, settings)

    def models(self) -> list[Any]:
        """Return the frozen copy; before it is made, for a trial of the time, the generator stands in."""
        return [self.networks.get("start", self.networks["generator"])]


def create(settings: Settings, parts: Parts) -> StartLikelihoodRatioReward:
    """Return the reward; raises ConfigError where there is no generator to copy."""
    return StartLikelihoodRatioReward(parts.networks_with_generator(), settings)
