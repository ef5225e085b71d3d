"""A control: the same reward for every sequence, so that nothing can be learned from it.

What still changes under it is the work of the update rule itself: without a baseline a policy gradient with a
constant reward makes the generator's own samples likelier, whatever they are. With the mean baseline it is zero.
"""

from __future__ import annotations

import torch
from pydantic import Field
from torch import Tensor

from seqgan import config
from seqgan.records import Samples
from seqgan.rewards import Parts


class Settings(config.Settings):
    """The one number."""

    value: float = Field(
        0.5, allow_inf_nan=False, description="the reward; sums of a power of two are exact, so its baseline is too"
    )


class ConstantReward:
    """Gives every sequence one number."""

    uses_discriminator = False

    def __init__(self, value: float) -> None:
        """Keep the number."""
        self.value = value

    def __call__(self, samples: Samples) -> Tensor:
        """Return the number for each row, (B,) float32."""
        return torch.full((len(samples),), self.value, device=samples.ids.device)


def create(settings: Settings, parts: Parts) -> ConstantReward:
    """Return the reward; it needs no parts."""
    return ConstantReward(settings.value)
