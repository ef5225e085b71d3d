"""The logit of the best discriminator, token by token: log-probability of the data less that of the generator.

Source: Goodfellow et al. 2014 (arXiv 1406.2661), Prop. 1: D = p / (p + G), so its logit is log p - log G; p is the
geometric mean of the algorithm's mediators. ``own_weight`` below 1 makes the generator's own entropy worth less, and
its best answer sharper than p: of whole sequences p to the power 1 / own_weight; at 0 the likeliest sequence alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from pydantic import Field
from torch import Tensor

from seqgan import config
from seqgan.errors import ConfigError, RunError
from seqgan.functional.outputs import Output
from seqgan.functional.sampling import evaluating
from seqgan.records import Samples
from seqgan.rewards import Parts


class Settings(config.Settings):
    """How much the generator's own density counts."""

    own_weight: float = Field(
        1.0, ge=0, le=1, description="of the generator's own log-probability; below 1 the best answer is a sharper one"
    )
    rows: int = Field(64, ge=1, description="sequences scored at once; bounds the memory, changes no value")


class LikelihoodRatioReward:
    """Scores with the live mediators and the live generator, without dropout and without gradient."""

    uses_discriminator = False
    uses_mediators = True

    def __init__(self, networks: Mapping[str, Any], mediators: int, settings: Settings) -> None:
        """Keep the networks themselves, so the reward follows their training."""
        self.networks, self.mediators, self.settings = networks, mediators, settings

    def models(self) -> list[Any]:
        """Return the models of the data; before any is made, for a trial of the time, the generator stands in.

        Raises RunError where the algorithm made another number of mediators than its settings say.
        """
        made = [network for name, network in self.networks.items() if name.startswith("mediator_")]
        if made and len(made) != self.mediators:
            raise RunError(f"There are {len(made)} of {self.mediators} mediators.", "Report this as a bug.")
        return made or [self.networks["generator"]] * self.mediators

    def __call__(self, samples: Samples) -> Tensor:
        """Return log p - own_weight log G of every token given those before it, (B, T) nats; padding earns 0."""
        models, generator = self.models(), self.networks["generator"]
        pairs = zip(samples.ids.split(self.settings.rows), samples.mask.split(self.settings.rows), strict=True)
        with evaluating(generator, *models):
            return torch.cat([self._earned(models, generator, ids, mask) for ids, mask in pairs])

    def _earned(self, models: list[Any], generator: Any, ids: Tensor, mask: Tensor) -> Tensor:
        data = Output.geometric_mean(model(ids) for model in models).log_prob(ids)
        earned: Tensor = data.float() - self.settings.own_weight * generator(ids).log_prob(ids).float()
        return earned.masked_fill(~mask, 0.0)


def create(settings: Settings, parts: Parts) -> LikelihoodRatioReward:
    """Return the reward; raises ConfigError where the algorithm has no mediators."""
    if parts.mediators < 1:
        raise ConfigError(
            "This algorithm has no mediators to stand for the data.", 'Take algorithm.name = "likelihood_ratio".'
        )
    return LikelihoodRatioReward(parts.networks, parts.mediators, settings)
