"""Likelihood trainings that runs have in common: one run carries each out, a run that begins it later takes it over.

Nobody has to say what two runs share. A training is known by a digest of what can change it: weights, optimiser and
random streams as it begins, data, settings, code, versions and machine. So a run that takes one over is the run that
would have trained itself (on a device whose operations are not deterministic, one such run), but for an event that
says so and its times, which are the first run's.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seqgan import registry
from seqgan.errors import CheckpointError
from seqgan.runs import checkpoint, environment
from seqgan.runs.build import data_digest
from seqgan.runs.free import binding
from seqgan.runs.journal import Journal

if TYPE_CHECKING:
    from seqgan.runs.session import Session

PACKAGE = Path(__file__).parents[1]
_LATER = {"results", "reports", "bench", "board", "cli"}  # rooms that no training can import
_ORDINARY = {"evaluate", "metric_skipped"}
"""Events of a training, beside those called as its stage; one with any other event is not kept."""
_MACHINE = ("python", "versions", "platform", "device", "device_name", "instructions", "threads")


@dataclass(frozen=True)
class Training:
    """A top-level phase that trains the generator.

    ``stage`` names its kept weights and events, ``count`` its iterations at most; ``evaluated`` says whether it
    measures the task's metrics; ``about`` holds, as plain data, whatever else decides what it comes to.
    """

    phase: str
    stage: str
    optimizer: str
    count: int
    evaluated: bool
    about: Mapping[str, Any]


class Shelf:
    """The finished trainings in a folder; without a folder, every training is carried out.

    A training by a plugin from elsewhere is always carried out: what its code consists of is not known.
    """

    def __init__(self, session: Session, folder: Path | None, journal: Journal) -> None:
        """Serve ``session``, which writes ``journal``."""
        self._session, self._journal = session, journal
        self._folder, self._code = None, ""
        if folder is not None and _is_own(session):
            with suppress(OSError):  # a source that cannot be read: then nothing is shared
                self._code = code(PACKAGE)  # as it is now: it may be changed while we train
                self._folder = folder

    def learn(self, training: Training, carry_out: Callable[[], None]) -> None:
        """Take over what ``training`` came to in another run, or ``carry_out`` it and keep what it came to.

        Only a training at the top level is shared, and one that was interrupted and goes on is not kept.
        """
        positions = self._session.positions
        if self._folder is None or not training.count or positions.frames or positions.has_begun(training.phase):
            carry_out()
            return
        path = self._folder / f"{self._key(training)}.safetensors"
        found = _found(path)
        if found is not None:
            self._take_over(training, found)
            return
        length, seconds = self._journal.length, self._session.seconds
        carry_out()
        self._keep(training, path, length, seconds)

    def _key(self, training: Training) -> str:
        session, parts = self._session, binding(self._session.experiment.as_dict())
        machine = environment.describe(session.device)
        run = parts["run"] if training.evaluated else {"dtype": parts["run"]["dtype"]}
        facts = {
            "code": self._code,
            "machine": {name: machine[name] for name in _MACHINE},
            "data": data_digest(session.task),
            "settings": {"run": run, **{name: parts[name] for name in ("seed", "task", "generator")}},
            "training": [training.phase, training.stage, training.count, training.evaluated, dict(training.about)],
            "clip": session.optimisers.clip(training.optimizer),
        }
        return checkpoint.fingerprint([json.dumps(facts, sort_keys=True), self._learned(training)])

    def _learned(self, training: Training) -> dict[str, Any]:
        """Return what a training changes, as it is now."""
        state, stage = self._session.state(), training.stage
        kept = {"weights": (f"{stage}_best", f"{stage}_last"), "values": (stage,), "since": (stage,)}
        return {
            "weights": state["networks"]["generator"],
            "optimiser": state["optimisers"][training.optimizer],
            "streams": state["streams"],
            "global_streams": state["global_streams"],
            "skipped": state["skipped"],
            "kept": {part: {k: state["kept"][part].get(k) for k in names} for part, names in kept.items()},
        }

    def _keep(self, training: Training, path: Path, length: int, seconds: float) -> None:
        """Write what the training came to, unless something happened on its way that was not to be expected."""
        with self._journal.path.open("rb") as file:
            file.seek(length)
            events = [json.loads(line) for line in file]
        if {event["event"] for event in events} - {training.stage, *_ORDINARY}:
            return
        for event in events:
            del event["time"]
            event["seconds"] -= seconds
        came_to = {
            **self._learned(training),
            "events": events,
            "seconds": self._session.seconds - seconds,
            "run": "/".join(self._session.path.absolute().parts[-2:]),
        }
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            checkpoint.write(path, *checkpoint.pack(came_to))
        except OSError as error:
            why = error.strerror or error
            self._session.say(f"warning: {training.phase} could not be kept for other runs ({why}).")

    def _take_over(self, training: Training, found: Mapping[str, Any]) -> None:
        session, before = self._session, self._session.seconds
        state = session.state()
        state["networks"]["generator"] = found["weights"]
        state["optimisers"][training.optimizer] = found["optimiser"]
        for part in ("streams", "global_streams", "skipped"):
            state[part] = found[part]
        for part, values in found["kept"].items():
            state["kept"][part] |= {name: value for name, value in values.items() if value is not None}
        state["positions"]["finished"][training.phase] = training.count
        state["seconds"] = before + found["seconds"]
        session.restore(state)
        step = 0
        for event in found["events"]:
            values = dict(event)
            name, phase, step = (values.pop(key) for key in ("event", "phase", "step"))
            self._journal.write(name, phase, step, values, before + values.pop("seconds"))
        about = {"training": training.phase, "run": found["run"]}
        self._journal.write("taken_over", training.phase, step, about, session.seconds)
        session.say(f"{training.phase}: taken over from {found['run']}, which began it with the same state.")


def _found(path: Path) -> dict[str, Any] | None:
    """Return what lies on the shelf, None where nothing whole does."""
    try:
        found: dict[str, Any] = checkpoint.unpack(*checkpoint.read(path))
    except CheckpointError:
        return None
    return found


def _is_own(session: Session) -> bool:
    """Tell whether everything that takes part in a training is this package's."""
    names, task = session.experiment.names, session.task
    used = [("generators", names["generator"]), ("tasks", names["task"]), *(("metrics", name) for name in task.metrics)]
    files = [getattr(registry.load(kind, name), "__file__", None) or "" for kind, name in used]
    return all(Path(file).is_relative_to(PACKAGE) for file in files)


def code(package: Path) -> str:
    """Return the SHA-256 of all code of a package that a training may use; raises OSError where it cannot be read."""
    total = hashlib.sha256()
    for file in sorted(package.rglob("*.py")):
        place = file.relative_to(package)
        if place.parts[0] not in _LATER and file.is_file():
            total.update(f"{place.as_posix()} {hashlib.sha256(file.read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()
