"""Named random streams from one seed, each independent of how much the others were used."""

from __future__ import annotations

import hashlib

import torch

STREAMS = ("data", "sample", "rollout")


def derive(seed: int, *names: object) -> int:
    """Return a 63-bit seed that depends on ``seed`` and every name (SHA-256, the same on every machine)."""
    text = "/".join(str(part) for part in (seed, *names))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") >> 1


def numbered(number: int) -> tuple[int, ...]:
    """Return what ``number`` adds to the names of a seed: nothing for 0, the first of its kind."""
    return (number,) if number else ()


def stream(seed: int, *names: object, device: torch.device | str = "cpu") -> torch.Generator:
    """Return a fresh random stream for ``names``; equal arguments give equal streams."""
    return torch.Generator(device=device).manual_seed(derive(seed, *names))


class Streams:
    """The named random streams of a run: ``streams["sample"]`` is a ``torch.Generator``."""

    def __init__(self, seed: int, device: torch.device | str = "cpu") -> None:
        """Start every stream of ``STREAMS`` from ``seed``."""
        self.seed = seed
        self._streams = {name: stream(seed, name, device=device) for name in STREAMS}

    def start_over(self, number: int) -> None:
        """Let every stream start anew from the seed and ``number``; 0: as they began."""
        for name, stream_ in self._streams.items():
            stream_.manual_seed(derive(self.seed, name, *numbered(number)))

    def __getitem__(self, name: str) -> torch.Generator:
        """Return the stream called ``name``."""
        return self._streams[name]

    def state(self) -> dict[str, torch.Tensor]:
        """Return the state of every stream as byte tensors."""
        return {name: stream.get_state() for name, stream in self._streams.items()}

    def restore(self, state: dict[str, torch.Tensor]) -> None:
        """Set every stream to a state that :meth:`state` returned; older versions saved streams that nobody read."""
        for name, stream in self._streams.items():
            stream.set_state(state[name])
