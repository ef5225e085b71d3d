"""One job: an experiment with a seed, where its files lie, and how far it has come."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from filelock import BaseFileLock, FileLock, Timeout

from seqgan.config import Experiment, read_toml, resolve
from seqgan.errors import ConfigError, RunError
from seqgan.results import record
from seqgan.results.collect import relative
from seqgan.runs.folder import CONFIG, LOCK, RunFolder
from seqgan.runs.free import binding

BUSY = 75  # exit code of a job that another process holds: nothing failed, its time is later

_FREE = ("device", "threads")
"""Settings of a run that may differ between a record and the experiment file, beside those that any run may change."""


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
    """Where a grid lies: run folders and the queue below ``runs``, records below ``results``; what its jobs share."""

    runs: Path
    results: Path
    share: bool = True

    @property
    def queue(self) -> Path:
        """Return the journal of the queue."""
        return self.runs / "queue.jsonl"

    @property
    def shelf(self) -> Path | None:
        """Return the folder of likelihood trainings that jobs have in common, None where each carries out its own."""
        return self.runs / "shared" if self.share else None

    def folder(self, job: Job) -> Path:
        """Return the run folder of a job."""
        return self.runs / job.name / f"seed-{job.seed}"

    def log(self, job: Job) -> Path:
        """Return where the output of a job's process goes."""
        return self.runs / job.name / f"seed-{job.seed}.log"

    def _lock(self, job: Job) -> Path:
        return self.runs / job.name / f".seed-{job.seed}.lock"

    def record_path(self, job: Job) -> Path:
        """Return where the record of a job goes."""
        return record.path_of(self.results, job.name, job.seed)

    def recorded(self, job: Job) -> record.Record | None:
        """Return the record of a job, None where there is none yet."""
        path = self.record_path(job)
        return record.read(path) if path.is_file() else None

    @contextmanager
    def claimed(self, job: Job, patience: float = 0.0) -> Iterator[bool]:
        """Hold a job for this process inside the block; yields False where another holds it for ``patience`` seconds.

        A killed process lets go of it.
        """
        lock = _hold(self._lock(job), patience)
        try:
            yield lock is not None
        finally:
            if lock is not None:
                lock.release()

    def marked(self, job: Job) -> BaseFileLock | None:
        """Keep other runners off a job until the lock is released; None where another runner keeps us off.

        A job's own lock is not enough: its process takes that only seconds after it was started.
        """
        return _hold(self._lock(job).with_suffix(".runner.lock"))

    def is_claimed(self, job: Job) -> bool:
        """Return whether some process carries out a job just now, by itself or as a run without the queue."""
        return _is_held(self._lock(job)) or self.is_written(job)

    def is_written(self, job: Job) -> bool:
        """Return whether some process writes the run folder of a job just now."""
        return _is_held(self.folder(job) / LOCK)

    def can_be_swept(self, job: Job) -> bool:
        """Return whether the model of a run lies here; a record may come from elsewhere, a folder may be pruned."""
        return RunFolder(self.folder(job)).model.is_file()


def _hold(path: Path, patience: float = 0.0) -> BaseFileLock | None:
    """Return a lock that this process now holds; None where another process holds it for ``patience`` seconds."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path)
    try:
        lock.acquire(timeout=patience)
    except Timeout:
        return None
    return lock


def _is_held(path: Path) -> bool:
    """Return whether some process holds a lock; to look is to hold it for an instant."""
    if not path.is_file():
        return False
    lock = _hold(path)
    if lock is not None:
        lock.release()
    return lock is None


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
    for section, values in binding(relative(config)).items():
        inner = values if isinstance(values, Mapping) else {"": values}
        flat |= {f"{section}.{key}".rstrip("."): value for key, value in inner.items()}
    return {key: value for key, value in flat.items() if key not in [f"run.{free}" for free in _FREE]}


def check_names(jobs: Sequence[Job]) -> None:
    """Raise ConfigError where two experiment files would write one record."""
    files: dict[str, Path] = {}
    for job in jobs:
        if files.setdefault(job.name, job.file) != job.file:
            raise ConfigError(f"Two experiments are called '{job.name}'.", f"Rename {job.file} or {files[job.name]}.")


class BusyError(RunError):
    """Another process holds the job or writes its run folder: no failure, only too early."""

    exit_code = BUSY

    @classmethod
    def of(cls, job: Job) -> Self:
        """Say which job it is."""
        return cls(f"Another process is carrying out {job.key}.", "Wait for it, or stop it first.")
