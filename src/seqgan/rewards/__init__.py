"""Rewards: judges of finished sequences. One file is one plugin.

A plugin file has ``Settings`` and ``create(settings, parts) -> Reward``. A reward may say more of itself:
``uses_discriminator`` (true where it is not said: the algorithm trains one), ``uses_mediators`` (false where it is
not said), ``scale`` (the width of its range, where
it has one; the collapse watch measures by it) and ``own`` (the user's functions inside it).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor

from seqgan.discriminators import Discriminator
from seqgan.records import Samples

Reward = Callable[[Samples], Tensor]
"""Maps samples to (B,) or (B, T); NaN means that a sequence cannot be scored."""


def own_functions(reward: Any) -> tuple[Any, ...]:
    """Return what calls a function of the user's in ``reward``: itself or rewards inside it, each with ``about``."""
    return tuple(getattr(reward, "own", ()))


@dataclass(frozen=True)
class Parts:
    """What a reward may be built from: the live discriminator, the task (decoding) and a way to report trouble.

    ``networks`` are all live networks by name; of the ``mediators`` that the algorithm's settings count, the networks
    ``mediator_<number>`` are there once it has made them.
    """

    discriminator: Discriminator | None
    task: Any
    report: Callable[..., None]
    networks: Mapping[str, Any] = field(default_factory=dict)
    mediators: int = 0
