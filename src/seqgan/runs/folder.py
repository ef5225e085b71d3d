"""The run folder: its files, and the lock that keeps a second process out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from seqgan import config
from seqgan.errors import RunError
from seqgan.runs.files import PART, replace

CONFIG, ENVIRONMENT, DATA, JOURNAL, LOCK = "config.toml", "environment.json", "data.json", "journal.jsonl", ".lock"


class RunFolder:
    """The paths of one run."""

    def __init__(self, path: Path) -> None:
        """Name the folder; nothing is made or read."""
        self.path = path
        self.config = path / CONFIG
        self.environment = path / ENVIRONMENT
        self.data = path / DATA
        self.journal = path / JOURNAL
        self.samples = path / "samples"
        self.checkpoints = path / "checkpoint"
        self.model = path / "model.safetensors"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the run for this process; raises RunError where another one writes it. A killed process frees it."""
        lock = FileLock(self.path / LOCK)
        try:
            lock.acquire(blocking=False)
        except Timeout:
            raise RunError(
                f"Another process is writing the run {self.path}.", "Wait for it, or stop it first."
            ) from None
        try:
            yield
        finally:
            lock.release()

    def experiment(self) -> config.Experiment:
        """Return the experiment that ``config.toml`` holds; raises ConfigError where it cannot be read."""
        return config.resolve((str(self.config), config.read_toml(self.config)))

    def write_environment(self, values: dict[str, Any]) -> None:
        """Write ``environment.json``; raises RunError where the disk refuses."""
        self._write(self.environment, json.dumps(values, indent=2, ensure_ascii=False) + "\n")

    def write_data(self, facts: Mapping[str, Any]) -> None:
        """Write ``data.json``: what ``seqgan data`` says of the data; raises RunError where the disk refuses."""
        self._write(self.data, json.dumps(dict(facts), indent=2, ensure_ascii=False) + "\n")

    def write_config(self, experiment: config.Experiment) -> None:
        """Write ``config.toml``; raises RunError where the disk refuses."""
        self._write(self.config, experiment.to_toml())

    def _write(self, path: Path, text: str) -> None:
        try:
            replace(path, text.encode())
        except OSError as error:
            reason = error.strerror or error
            raise RunError(
                f"{path} cannot be written: {reason}.", "Make room on the disk, or check its rights."
            ) from error

    def read_environment(self) -> dict[str, Any]:
        """Return ``environment.json``, or nothing where it is missing or unreadable."""
        try:
            values: dict[str, Any] = json.loads(self.environment.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return values

    def write_samples(self, name: str, strings: list[str]) -> None:
        """Write ``samples/<name>.txt``, one decoded sequence a line; line breaks inside a sequence become spaces."""
        self.samples.mkdir(exist_ok=True)
        lines = [" ".join(string.splitlines()) for string in strings]
        replace(self.samples / f"{name}.txt", ("\n".join(lines) + "\n").encode())


def check_new(path: Path) -> None:
    """Raise RunError where ``path`` already holds a run or other files."""
    if (path / CONFIG).exists():
        raise RunError(f"{path} already holds a run.", f"Continue it (seqgan resume {path}) or choose another folder.")
    if path.exists() and not (path.is_dir() and all(_is_debris(inside) for inside in path.iterdir())):
        raise RunError(f"{path} exists and is not empty.", "Choose another folder.")


def _is_debris(path: Path) -> bool:
    """Tell whether a file is what a process killed at its very start leaves behind."""
    return path.name == LOCK or path.name.endswith(PART)


@contextmanager
def created(path: Path, experiment: config.Experiment) -> Iterator[RunFolder]:
    """Make the folder with its ``config.toml`` and hold it; raises RunError where the place is taken."""
    check_new(path)
    folder = RunFolder(path)
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RunError(f"The run folder {path} cannot be made: {error.strerror}.", "Choose another folder.") from None
    with folder.locked():
        check_new(path)  # another process may have been faster
        folder.write_config(experiment)
        yield folder


@contextmanager
def opened(path: Path) -> Iterator[RunFolder]:
    """Hold the folder of an existing run; raises RunError where there is none or another process holds it."""
    if not path.is_dir():
        raise RunError(f"There is no run folder {path}.", "Check the path.")
    folder = RunFolder(path)
    if not folder.config.is_file():
        raise RunError(f"{path} is not a run folder: it has no {CONFIG}.", "Start one with: seqgan train")
    with folder.locked():
        for unfinished in path.rglob(f".*{PART}"):
            unfinished.unlink(missing_ok=True)
        yield folder
