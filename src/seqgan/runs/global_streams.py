"""PyTorch's own random streams, which dropout draws from: the CPU's and that of a run's device, no other's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor


@contextmanager
def seeded(seed: int, device: torch.device) -> Iterator[None]:
    """Let the streams of the CPU and of ``device`` start from ``seed`` inside this block, set back after it."""
    before = state(device)
    start(seed, device)
    try:
        yield
    finally:
        restore(before, device)


def start(seed: int, device: torch.device) -> None:
    """Let the streams of the CPU and of ``device`` start from ``seed``.

    ``torch.manual_seed`` would start the streams of every other device anew too.
    """
    torch.default_generator.manual_seed(seed)
    if device.type == "cuda":
        with torch.cuda.device(device):
            torch.cuda.manual_seed(seed)
    elif device.type == "mps":
        torch.mps.manual_seed(seed)


def state(device: torch.device) -> dict[str, Tensor]:
    """Return the states of the streams by type of device, as bytes."""
    found = {"cpu": torch.get_rng_state()}
    if device.type == "cuda":
        found["cuda"] = torch.cuda.get_rng_state(device)
    elif device.type == "mps":
        found["mps"] = torch.mps.get_rng_state()
    return found


def restore(saved: Mapping[str, Any], device: torch.device) -> list[str]:
    """Set the streams to what :func:`state` returned; return a note where it holds nothing for ``device``."""
    torch.set_rng_state(saved["cpu"])
    if device.type == "cpu":
        return []
    own = state_of(saved, device)
    if own is None:
        return [f"The checkpoint lacks the random stream of {device}: dropout goes on with other numbers."]
    if device.type == "cuda":
        torch.cuda.set_rng_state(own, device)
    else:
        torch.mps.set_rng_state(own)
    return []


def state_of(saved: Mapping[str, Any], device: torch.device) -> Tensor | None:
    """Return what ``saved`` holds for ``device``, None where that is nothing; older versions saved a list of GPUs."""
    own: Any = saved.get(device.type)
    if isinstance(own, list):
        place = device.index or 0
        return own[place] if place < len(own) else None
    return own  # type: ignore[no-any-return]
