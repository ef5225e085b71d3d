"""Building the parts of a run from its experiment, and what must be equal for a checkpoint to fit a run."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from seqgan import registry
from seqgan.config import Experiment
from seqgan.errors import CheckpointError
from seqgan.rewards import Parts, Reward, own_functions
from seqgan.rng import derive, numbered
from seqgan.runs.free import binding
from seqgan.runs.kept import Networks

FORMAT = 1
_KINDS = {"generator": "generators", "discriminator": "discriminators"}


def networks(experiment: Experiment, task: Any, device: torch.device) -> Networks:
    """Return the experiment's networks with weights from its seed, the same whatever else is built."""
    return Networks({part: network(experiment, task, device, part) for part in _KINDS if part in experiment.parts})


def network(experiment: Experiment, task: Any, device: torch.device, part: str, number: int = 0) -> nn.Module:
    """Return a network with weights from the experiment's seed and ``number``; 0 are those that a run begins with."""
    plugin = registry.load(_KINDS[part], experiment.names[part])
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(derive(experiment.seed, "init", part, *numbered(number)))
        made: nn.Module = plugin.create(experiment.parts[part], len(task.vocab), task.max_len).to(device)
    return made


class Relay:
    """Passes reports on to whoever listens; a reward is built before the session that hears it."""

    def __init__(self) -> None:
        """Begin without a listener."""
        self.listener: Callable[..., None] | None = None

    def __call__(self, text: str, **values: Any) -> None:
        """Pass one report on."""
        if self.listener is not None:
            self.listener(text, **values)


@dataclass(frozen=True)
class Built:
    """The parts of a run: its networks on ``device``, its reward (None where the algorithm uses none)."""

    task: Any
    device: torch.device
    networks: Networks
    reward: Reward | None
    reports: Relay


def build(experiment: Experiment, task: Any, device: torch.device) -> Built:
    """Build everything; raises ConfigError and its like for settings that nothing can be built from."""
    made, reports, reward = networks(experiment, task, device), Relay(), None
    if "reward" in experiment.parts:
        plugin = registry.load("rewards", experiment.names["reward"])
        mediators = getattr(experiment.parts["algorithm"], "mediators", 0)
        parts = Parts(made.get("discriminator"), task, reports, made, mediators)  # type: ignore[arg-type]
        reward = plugin.create(experiment.parts["reward"], parts)
    return Built(task, device, made, reward, reports)


def reward_code(reward: Any) -> dict[str, str]:
    """Return the SHA-256 of the file of every function of the user's that ``reward`` calls, by its target."""
    return {function.settings.target: function.digest for function in own_functions(reward)}


def changed_code(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """Return a warning for every function of the user's whose file is not the one that the run was started with."""
    return [
        f"The file of your reward {target} has changed since the run was started: from here on another "
        "reward is learned. Restore the file, or start a new run."
        for target, digest in now.items()
        if before.get(target, digest) != digest
    ]


def identity(experiment: Experiment, task: Any, device: torch.device) -> dict[str, Any]:
    """Return what a checkpoint must share with the run that reads it."""
    return {"format": FORMAT, "config": config_digest(experiment), "data": data_digest(task), "device": device.type}


def config_digest(experiment: Experiment) -> str:
    """Return the SHA-256 of every setting that can change a result."""
    return hashlib.sha256(json.dumps(binding(experiment.as_dict()), sort_keys=True).encode()).hexdigest()


def data_digest(task: Any) -> str:
    """Return the SHA-256 of the vocabulary and of every row of the three splits."""
    total = hashlib.sha256(task.vocab.digest.encode())
    for split in (task.train, task.valid, task.test):
        total.update(split.ids.contiguous().numpy().data)
        total.update(split.lengths.contiguous().numpy().data)
    return total.hexdigest()


def check_identity(state: Mapping[str, Any], own: Mapping[str, Any]) -> None:
    """Raise CheckpointError where a checkpoint belongs to another configuration, other data or another device."""
    if state.get("format") != own["format"]:
        raise CheckpointError("The checkpoint was written by another version of seqgan.", "Resume with that version.")
    if state["config"] != own["config"]:
        raise CheckpointError(
            "The checkpoint belongs to other settings than config.toml holds.", "Restore config.toml as it was."
        )
    if state["data"] != own["data"]:
        raise CheckpointError("The data are not those the run was started with.", "Restore them, or start a new run.")
    if state["device"] != own["device"]:
        raise CheckpointError(
            f"The run was made on {state['device']}; this process would use {own['device']}.",
            f"Resume it where there is a device {state['device']}.",
        )
