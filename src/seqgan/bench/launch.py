"""Starting jobs as processes on this machine: one process a job, its share of the cores, a device in turn."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from seqgan.bench.jobs import Job, Places

SPIN = "1000"  # as the command line sets it: waiting threads spin briefly
ASK: int = getattr(signal, "SIGUSR1", signal.SIGTERM)
"""The signal by which a runner asks a job to save and end.

Not SIGTERM: what stops a whole service or cluster job sends that to the runner and to its jobs, and a second one would
end a job that is saving.
"""
STOPPED = frozenset(code for number in (1, 2, 15, ASK) for code in (128 + number, -number))
"""Exit codes of a job that a signal asked to end: it did not fail, and goes on when it is started again."""


class Handle(Protocol):
    """A job under way."""

    def poll(self) -> int | None:
        """Return the exit code, None while it runs."""

    def stop(self) -> None:
        """Ask it to save and end."""


class Launcher(Protocol):
    """Whatever starts jobs."""

    def start(self, job: Job, slot: int) -> Handle:
        """Start a job in one of the slots 0, 1, ..., as many as there are workers."""


@dataclass(frozen=True)
class Order:
    """What every job of a grid is started with: folders, temperatures, device ("" as the experiment says), threads."""

    places: Places
    temperatures: Sequence[float] = ()
    device: str = ""
    threads: int = 1

    def command(self, job: Job) -> list[str]:
        """Return the arguments of a job's process."""
        found = [sys.executable, "-m", "seqgan.cli.main", "bench", "seed", str(job.file.absolute())]
        found += ["--seed", str(job.seed), "--runs", str(self.places.runs.absolute())]
        found += ["--results", str(self.places.results.absolute())]
        found += ["--device", self.device] if self.device else []
        found += [] if self.places.share else ["--no-share"]
        found += ["--temperatures", ",".join(map(str, self.temperatures))] if self.temperatures else []
        return found

    def environment(self, slot: int, devices: Sequence[str] = ()) -> dict[str, str]:
        """Return the variables of a job's process; ``devices`` are the names of the visible GPUs, taken in turn."""
        chosen = {"OMP_NUM_THREADS": str(self.threads), "MKL_NUM_THREADS": str(self.threads)}
        if len(devices) > 1:
            chosen["CUDA_VISIBLE_DEVICES"] = devices[slot % len(devices)]
        return {"GOMP_SPINCOUNT": SPIN, **os.environ, **chosen}


class Local:
    """Starts jobs as processes of this machine that outlive a killed runner; their output goes to their logs."""

    def __init__(self, order: Order, devices: Sequence[str] = ()) -> None:
        """Give the jobs to ``devices`` in turn."""
        self.order, self.devices = order, devices

    def start(self, job: Job, slot: int) -> Handle:
        """Start a job in a session of its own, so that a signal to the runner reaches it only through the runner."""
        log = self.order.places.log(job)
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output:
            process = subprocess.Popen(
                self.order.command(job),
                env=self.order.environment(slot, self.devices),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return _Process(process)


class _Process:
    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process, self._asked = process, False

    def poll(self) -> int | None:
        return self._process.poll()

    def stop(self) -> None:
        if not self._asked and self.poll() is None:
            self._asked = True
            self._process.send_signal(ASK)


def gpus() -> list[str]:
    """Return the GPUs that jobs may be given, by the names that CUDA_VISIBLE_DEVICES takes; none without CUDA."""
    import torch

    chosen = os.environ.get("CUDA_VISIBLE_DEVICES")
    if not torch.cuda.is_available():
        return []
    return chosen.split(",") if chosen else [str(number) for number in range(torch.cuda.device_count())]


def cores() -> int:
    """Return how many processor cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def last_words(log: Path, after: int = 0, size: int = 4000) -> str:
    """Return why a job ended, from its log: the last line that says an error, else the last line.

    What earlier attempts said lies before the byte ``after``.
    """
    if not log.is_file():
        return "it left no message"
    with log.open("rb") as file:
        file.seek(max(after, log.stat().st_size - size))
        lines = [line for line in file.read().decode("utf-8", "replace").splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("error: ")]
    return (errors or lines or ["it left no message"])[-1][:500]
