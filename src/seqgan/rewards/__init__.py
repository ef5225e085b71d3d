"""Rewards: judges of finished sequences. One file is one plugin.

A plugin file has ``Settings`` and ``create(settings, parts) -> Reward``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from seqgan.discriminators import Discriminator
from seqgan.records import Samples

Reward = Callable[[Samples], Tensor]
"""Maps samples to (B,) or (B, T); NaN means that a sequence cannot be scored."""


@dataclass(frozen=True)
class Parts:
    """What a reward may be built from: the live discriminator, the task (decoding) and a way to report trouble."""

    discriminator: Discriminator | None
    task: Any
    report: Callable[..., None]
