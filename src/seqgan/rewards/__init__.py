"""Rewards: judges of finished sequences. One file is one plugin.

A plugin file has ``Settings`` and ``create(settings, parts) -> Reward``. A reward may say more of itself:
``uses_discriminator``, ``uses_mediators`` and ``uses_start`` (what the algorithm is to train or keep for it; see
:func:`uses`), ``scale`` (the width of its range, where it has one; the collapse watch measures by it), ``own`` (the
user's functions inside it) and ``completions`` (how it reads the rollouts of a shared prefix; see
:func:`completion_rewards`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import torch
from torch import Tensor

from seqgan.discriminators import Discriminator
from seqgan.errors import ConfigError
from seqgan.functional.returns import reward_to_go
from seqgan.functional.rollouts import Completions
from seqgan.records import Samples

Reward = Callable[[Samples], Tensor]
"""Maps samples to (B,) or (B, T); NaN means that a sequence cannot be scored."""


def own_functions(reward: Any) -> tuple[Any, ...]:
    """Return what calls a function of the user's in ``reward``: itself or rewards inside it, each with ``about``."""
    return tuple(getattr(reward, "own", ()))


def uses(reward: Any, what: Literal["discriminator", "mediators", "start"]) -> bool:
    """Tell whether the algorithm is to train or keep ``what`` for ``reward``, by its attribute ``uses_<what>``.

    A reward that says nothing of it uses the discriminator, no mediators, and no copy ("start") of the generator as it
    was when the adversarial stage began.
    """
    return bool(getattr(reward, f"uses_{what}", what == "discriminator"))


def completion_rewards(reward: Reward, samples: Samples, part: Completions) -> Tensor:
    """Return what the completions ``part`` of ``samples`` earn after their prefix, (b, P, N); NaN: it is finished.

    A reward of whole rows is earned after every prefix, one of positions from the prefix's last token on. A reward
    with a method ``completions(samples, part)`` is asked that way: it may read what completions share once.
    """
    judge = getattr(reward, "completions", None)
    if judge is not None:
        return torch.as_tensor(judge(samples, part)).to(samples.ids.device)
    unfinished = samples.mask[part.rows, 1:]
    ids, mask = part.ids[unfinished], part.mask[unfinished]  # (K, N, T)
    finished = Samples(ids.flatten(0, 1), mask.flatten(0, 1))
    earned = torch.as_tensor(reward(finished)).to(samples.ids.device)
    to_go = reward_to_go(earned.float(), finished.mask).view(ids.shape)
    positions = unfinished.nonzero()[:, 1, None, None].expand(-1, ids.shape[1], 1)
    rewards = to_go.new_full(part.ids.shape[:3], torch.nan)
    rewards[unfinished] = to_go.gather(2, positions).squeeze(2)
    return rewards


@dataclass(frozen=True)
class Parts:
    """What a reward may be built from: the live discriminator, the task (decoding) and a way to report trouble.

    ``networks`` are all live networks by name; of the ``mediators`` that the algorithm's settings count, the networks
    ``mediator_<number>`` are there once it has made them, and so is ``start`` for a reward that uses it. ``table`` is
    where the reward's settings stand in ``config.toml``.
    """

    discriminator: Discriminator | None
    task: Any
    report: Callable[..., None]
    networks: Mapping[str, Any] = field(default_factory=dict)
    mediators: int = 0
    table: str = "reward"

    def networks_with_generator(self) -> Mapping[str, Any]:
        """Return the networks; raises ConfigError where there is no generator among them to copy."""
        if "generator" not in self.networks:
            raise ConfigError("This run has no generator to copy.", "Choose another reward.")
        return self.networks
