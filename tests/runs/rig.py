"""What tests of runs share: the smallest settings, and what two runs are compared by."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from typing import Any

import torch

from seqgan.progress import Bar, Progress

TINY = (
    "algorithm.name=toy",
    "task.train_rows=40",
    "task.valid_rows=20",
    "task.test_rows=20",
    "generator.embedding=4",
    "generator.hidden=4",
    "generator.dropout=0.3",
    "discriminator.hidden=4",
    "run.evaluate_samples=10",
    "run.final_samples=10",
)


def journal(folder: Path, keep_resumes: bool = False) -> list[str]:
    """Return the lines of a journal without times, and without resume events."""
    events = [json.loads(line) for line in (folder / "journal.jsonl").read_text().splitlines()]
    kept = [event for event in events if keep_resumes or event["event"] != "resume"]
    return [json.dumps({k: v for k, v in event.items() if k not in ("time", "seconds")}) for event in kept]


def results(folder: Path) -> dict[str, bytes]:
    """Return the bytes of every model and sample file of a finished run."""
    return {
        str(p.relative_to(folder)): p.read_bytes() for p in [*folder.glob("*.safetensors"), *folder.glob("samples/*")]
    }


class Impatient(Progress):
    """Sends this process one signal when its first bar moves, so that the next boundary ends the run."""

    sent = False

    def bar(self, description: str, total: int, done: int = 0) -> Bar:
        """Return a bar that sends the signal when it is updated."""
        made = super().bar(description, total, done)
        made.update = self.send  # type: ignore[method-assign]
        return made

    def send(self, *_: object) -> None:
        """Send it; a second one would end this process."""
        if not self.sent:
            self.sent = True
            signal.raise_signal(signal.SIGTERM)


class SinglePrecision(torch.Tensor):
    """A tensor as on a device without float64 (Apple's): that can be had on the CPU only."""

    @classmethod
    def __torch_function__(cls, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Refuse float64; what ``cpu`` returns is an ordinary tensor."""
        if function is torch.Tensor.double or any(value is torch.float64 for value in args):
            raise TypeError("Cannot convert a tensor to float64 here.")
        result = super().__torch_function__(function, types, args, kwargs or {})
        return result.as_subclass(torch.Tensor) if function is torch.Tensor.cpu else result
