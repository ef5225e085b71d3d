"""Likelihood trainings that runs have in common: the first run carries each out, later ones take it over.

Nobody has to say what two runs share. A training is known by a digest of everything that can change it: weights,
optimiser and random streams as it begins, data, settings, code, versions and machine. So a run that takes one over
is the run that would have trained itself, but for an event that says so and its times, which are the first run's.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
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

_ORDINARY = {"evaluate", "metric_skipped"}
"""Events of a training, beside those called as its stage; one with any other event is not kept."""
_MACHINE = ("python", "versions", "platform", "device", "device_name", "threads")


@dataclass(frozen=True)
class Training:
    """A top-level phase that trains the generator: its ``stage`` of kept weights, optimiser, iterations, what it is."""

    phase: str
    stage: str
    optimizer: str
    count: int
    about: Mapping[str, Any]


class Shelf:
    """The finished trainings in a folder; without a folder, every training is carried out."""

    def __init__(self, session: Session, folder: Path | None, journal: Journal) -> None:
        """Serve ``session``, which writes ``journal``."""
        self._session, self._folder, self._journal = session, folder, journal

    def learn(self, training: Training, carry_out: Callable[[], None]) -> None:
        """Take over what ``training`` came to in another run, or ``carry_out`` it and keep what it came to.

        One that was interrupted and goes on is not kept.
        """
        if self._folder is None or self._session.positions.has_begun(training.phase):
            return carry_out()
        path = self._folder / f"{self._key(training)}.safetensors"
        found = _found(path)
        if found is not None:
            return self._take_over(training, found)
        length, seconds = self._journal.length, self._session.seconds
        carry_out()
        return self._keep(training, path, length, seconds)

    def _key(self, training: Training) -> str:
        session, parts = self._session, binding(self._session.experiment.as_dict())
        machine = environment.describe(session.device)
        facts = {
            "code": _code(session.experiment.names),
            "machine": {name: machine[name] for name in _MACHINE},
            "data": data_digest(session.task),
            "settings": {name: parts[name] for name in ("seed", "task", "generator", "run")},
            "training": [training.phase, training.stage, training.count, dict(training.about)],
            "clip": session.optimisers.clip(training.optimizer),
        }
        return checkpoint.fingerprint([json.dumps(facts, sort_keys=True), self._learned(training)])

    def _learned(self, training: Training) -> dict[str, Any]:
        """Return what a training changes, as it is now."""
        state = self._session.state()
        kept = {
            "weights": {f"{training.stage}_{end}": None for end in ("best", "last")},
            "values": {training.stage: None},
            "since": {training.stage: None},
        }
        return {
            "weights": state["networks"]["generator"],
            "optimiser": state["optimisers"][training.optimizer],
            "streams": state["streams"],
            "global_streams": state["global_streams"],
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
            self._session.say(f"warning: {training.phase} could not be kept for other runs ({error.strerror}).")

    def _take_over(self, training: Training, found: Mapping[str, Any]) -> None:
        session, before = self._session, self._session.seconds
        state = session.state()
        state["networks"]["generator"] = found["weights"]
        state["optimisers"][training.optimizer] = found["optimiser"]
        for streams in ("streams", "global_streams"):
            state[streams] = found[streams]
        for part, values in found["kept"].items():
            state["kept"][part] |= {name: value for name, value in values.items() if value is not None}
        state["positions"]["finished"][training.phase] = training.count
        told = {event["metric"] for event in found["events"] if event["event"] == "metric_skipped"}
        state["skipped"] = sorted({*state["skipped"], *told})
        state["seconds"] = before + found["seconds"]
        session.restore(state)
        for event in found["events"]:
            values = dict(event)
            name, phase, step = (values.pop(key) for key in ("event", "phase", "step"))
            self._journal.write(name, phase, step, values, before + values.pop("seconds"))
        about = {"training": training.phase, "run": found["run"], "spent": round(found["seconds"], 3)}
        self._journal.write("taken_over", *session.positions.place(), about, session.seconds)
        session.say(f"{training.phase}: taken over from {found['run']}, which began it with the same state.")


def _found(path: Path) -> dict[str, Any] | None:
    """Return what lies on the shelf, None where nothing whole does."""
    try:
        found: dict[str, Any] = checkpoint.unpack(*checkpoint.read(path))
    except CheckpointError:
        return None
    return found


def _code(names: Mapping[str, str]) -> str:
    """Return the SHA-256 of this package's code and of the plugins of the generator and the task, wherever they lie."""
    total = hashlib.sha256()
    plugins = [registry.load("generators", names["generator"]), registry.load("tasks", names["task"])]
    files = [*sorted(Path(__file__).parents[1].rglob("*.py")), *(Path(str(plugin.__file__)) for plugin in plugins)]
    for file in files:
        total.update(hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()
