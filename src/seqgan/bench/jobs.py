"""One job: an experiment with a seed, where its files lie, and how far it has come."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from seqgan.config import Experiment, read_toml, resolve
from seqgan.errors import ConfigError, RunError
from seqgan.results import record
from seqgan.results.collect import relative
from seqgan.runs.folder import CONFIG

_FREE = ("device", "threads", "checkpoint_minutes", "keep_checkpoints")
"""Settings of a run that may differ between a record and the experiment file that is asked for now."""


@dataclass(frozen=True)
class Job:
    """An experiment, resolved with one seed; ``file`` is where it is written, its stem the experiment's name."""

    file: Path
    experiment: Experiment

    @property
    def name(self) -> str:
        """Return the experiment's name."""
        return self.file.stem

    @property
    def seed(self) -> int:
        """Return the seed."""
        return self.experiment.seed

    @property
    def key(self) -> str:
        """Return ``name/seed-n``, by which the queue knows the job."""
        return f"{self.name}/seed-{self.seed}"

    @property
    def command(self) -> str:
        """Return the command that does this job alone, without a folder of this machine in it."""
        return f"seqgan bench seed {relative(str(self.file))} --seed {self.seed}"


@dataclass(frozen=True)
class Places:
    """Where a grid lies: run folders and the queue below ``runs``, records below ``results``."""

    runs: Path
    results: Path

    @property
    def queue(self) -> Path:
        """Return the journal of the queue."""
        return self.runs / "queue.jsonl"

    def folder(self, job: Job) -> Path:
        """Return the run folder of a job."""
        return self.runs / job.name / f"seed-{job.seed}"

    def log(self, job: Job) -> Path:
        """Return where the output of a job's process goes."""
        return self.runs / job.name / f"seed-{job.seed}.log"

    def record_path(self, job: Job) -> Path:
        """Return where the record of a job goes."""
        return record.path_of(self.results, job.name, job.seed)

    def recorded(self, job: Job) -> record.Record | None:
        """Return the record of a job, None where there is none yet."""
        path = self.record_path(job)
        return record.read(path) if path.is_file() else None

    @contextmanager
    def claimed(self, job: Job) -> Iterator[bool]:
        """Hold a job for this process inside the block; yields False where another process holds it.

        A killed process lets go of it.
        """
        path = self.runs / job.name / f".seed-{job.seed}.lock"
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(path)
        try:
            lock.acquire(blocking=False)
        except Timeout:
            yield False
            return
        try:
            yield True
        finally:
            lock.release()

    def is_claimed(self, job: Job) -> bool:
        """Return whether some process holds a job just now."""
        with self.claimed(job) as free:
            return not free


def is_done(found: record.Record | None, temperatures: Sequence[float]) -> bool:
    """Return whether a record is of a finished seed and holds every temperature that is asked for."""
    if found is None or found.status != "finished":
        return False
    return not missing_temperatures(found, temperatures)


def missing_temperatures(found: record.Record, temperatures: Sequence[float]) -> list[float]:
    """Return the temperatures at which the checkpoints of a record were not sampled yet."""
    swept = {point.temperature for point in found.temperatures}
    return [temperature for temperature in temperatures if temperature not in swept]


def check_settings(jobs: Sequence[Job], places: Places) -> None:
    """Raise ConfigError where a record or a run folder of that name was made with other settings than asked for."""
    faults = []
    for job in jobs:
        asked = _comparable(job.experiment.as_dict())
        found = places.recorded(job)
        if found is not None and (other := _differences(asked, found.config)):
            faults.append(f"{relative(str(places.record_path(job)))}: {other}")
        config = places.folder(job) / CONFIG
        if config.is_file() and (other := _differences(asked, read_toml(config))):
            faults.append(f"{relative(str(places.folder(job)))}: {other}")
    if faults:
        raise ConfigError(
            "These were made with other settings than the experiment files hold now:\n  " + "\n  ".join(faults) + "\n",
            "Move them away, give the experiment another name, or restore its file.",
        )


def _differences(asked: Mapping[str, Any], found: Mapping[str, Any]) -> str:
    """Return what differs, in words; settings that came into being later count with their defaults."""
    made = _comparable(_today(found))
    keys = sorted({*asked, *made})
    other = [key for key in keys if asked.get(key) != made.get(key)]
    shown = [f"{key} was {made.get(key)!r}, is {asked.get(key)!r}" for key in other]
    return "; ".join(shown[:5]) + (f"; and {len(shown) - 5} more" if len(shown) > 5 else "")


def _today(config: Mapping[str, Any]) -> Mapping[str, Any]:
    try:
        return resolve(("record", config)).as_dict()
    except ConfigError:  # a setting that has gone since then: it differs
        return config


def _comparable(config: Mapping[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for section, values in relative(config).items():
        inner = values if isinstance(values, Mapping) else {"": values}
        flat |= {f"{section}.{key}".rstrip("."): value for key, value in inner.items()}
    return {key: value for key, value in flat.items() if key not in [f"run.{free}" for free in _FREE]}


def check_names(jobs: Sequence[Job]) -> None:
    """Raise ConfigError where two experiment files would write one record."""
    files: dict[str, Path] = {}
    for job in jobs:
        if files.setdefault(job.name, job.file) != job.file:
            raise ConfigError(f"Two experiments are called '{job.name}'.", f"Rename {job.file} or {files[job.name]}.")


def busy(job: Job) -> RunError:
    """Return the error for a job that another process holds."""
    return RunError(f"Another process is carrying out {job.key}.", "Wait for it, or stop it first.")
