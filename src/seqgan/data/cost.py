"""What training on some data will cost: seconds of its parts, megabytes, and how fast this machine is."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import torch

from seqgan.config import Experiment
from seqgan.data.task import Task

_COPIES = 4  # of every weight: itself, its gradient and the two means of Adam
_BLOCK = 8_000_000  # bytes of the logits that exist at once
_TOKEN = 9  # bytes of an id and its mask


@dataclass(frozen=True)
class Cost:
    """Rough figures of a run with its own settings on this machine.

    Seconds in all and of one epoch of likelihood, one adversarial step with its discriminator, the discriminator before
    the first step, and all evaluations; None for an algorithm whose settings do not tell. Megabytes of the data, of the
    networks with their optimisers, and of the rollouts of one step.
    """

    total_seconds: float | None
    epoch_seconds: float | None
    epochs: int
    step_seconds: float | None
    steps: int
    before_seconds: float | None
    measuring_seconds: float | None
    data_megabytes: float
    networks_megabytes: float
    step_megabytes: float


def cost(experiment: Experiment, task: Task, networks: Iterable[torch.nn.Module], found: Any) -> Cost:
    """Return the cost of an experiment with its ``networks``; ``found`` holds the seconds, or is None.

    The Monte-Carlo search of a batch of B sequences completes every prefix N times: B N T rows of T positions.
    """
    weights = sum(part.numel() for network in networks for part in network.parameters())
    batch = getattr(experiment.parts["algorithm"], "batch", 0)
    drawn = batch * getattr(experiment.parts.get("credit"), "rollouts", 1) * task.max_len
    return Cost(
        total_seconds=getattr(found, "total", None),
        epoch_seconds=getattr(found, "epoch", None),
        epochs=getattr(found, "epochs", 0),
        step_seconds=getattr(found, "step", None),
        steps=getattr(found, "steps", 0),
        before_seconds=getattr(found, "before", None),
        measuring_seconds=getattr(found, "measuring", None),
        data_megabytes=len(task.train) * (task.max_len + 1) * 4 / 1e6,
        networks_megabytes=_COPIES * 4 * weights / 1e6,
        step_megabytes=(drawn * task.max_len * _TOKEN + _BLOCK) / 1e6,
    )


def matrix_rate(seconds: float = 0.1, size: int = 512, dtype: torch.dtype = torch.float32) -> float:
    """Return the floating-point operations a second of matrix products of ``dtype`` on this machine's CPU."""
    left, right = torch.rand(size, size).to(dtype), torch.rand(size, size).to(dtype)
    torch.mm(left, right)
    begin, count = time.perf_counter(), 0
    while (spent := time.perf_counter() - begin) < seconds:
        torch.mm(left, right)
        count += 1
    return 2.0 * size**3 * count / spent
