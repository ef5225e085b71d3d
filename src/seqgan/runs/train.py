"""Starting a run, and going on with one exactly where it stood."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from seqgan import registry
from seqgan.config import Experiment
from seqgan.data.source import Source
from seqgan.functional.precision import matrix_precision
from seqgan.progress import Progress
from seqgan.rng import derive
from seqgan.runs import build, environment, global_streams
from seqgan.runs.checkpoint import Checkpoints
from seqgan.runs.folder import RunFolder, check_new, created, opened
from seqgan.runs.journal import Journal
from seqgan.runs.memory import keep_freed_memory
from seqgan.runs.session import Session
from seqgan.runs.signals import catching
from seqgan.runs.surroundings import Resumption, Surroundings

Announce = Callable[[build.Built], None]
"""Told the parts of a run before anything is written or learned; it leaves them as they are."""


def train(
    experiment: Experiment,
    out: Path,
    progress: Progress | None = None,
    announce: Announce | None = None,
    shelf: Path | None = None,
) -> Path:
    """Carry out ``experiment`` in the new folder ``out`` and return it.

    Nothing is written before the settings and the data are known to be usable; then ``announce`` is called with the
    parts that were built. Likelihood trainings that lie in the folder ``shelf`` are taken over, others are left there
    (see :mod:`seqgan.runs.shelf`).
    Raises the errors of :mod:`seqgan.errors`; a signal saves the run and raises Interrupted.
    """
    progress = progress or Progress()
    check_new(out)
    with _machine(experiment) as device:
        task = load_task(experiment, progress)
        built = build.build(experiment, task, device)
        if announce is not None:
            announce(built)
        facts = {**_facts(built), "origins": experiment.origins}
        with created(out, experiment) as folder:
            folder.write_environment(facts)
            folder.write_data(task.facts)
            _carry_out(experiment, built, folder, progress, None, shelf)
    return out


def resume(run: Path, progress: Progress | None = None, shelf: Path | None = None) -> Path:
    """Go on with the run in the folder ``run`` and return it; a finished run is left as it is.

    A run that was killed before its first checkpoint begins anew. Raises the errors of :mod:`seqgan.errors`.
    """
    progress = progress or Progress()
    with opened(run) as folder:
        experiment = folder.experiment()
        resumption = _resumption(folder, experiment, progress)
        if resumption.state.get("finished"):
            progress.say(f"The run {run} is finished.")
            return run
        with _machine(experiment) as device:
            task = load_task(experiment, progress)
            built = build.build(experiment, task, device)
            if resumption.state:
                build.check_identity(resumption.state, build.identity(experiment, task, device))
            resumption = replace(resumption, warnings=_note_resume(folder, built))
            _carry_out(experiment, built, folder, progress, resumption, shelf)
    return run


def _resumption(folder: RunFolder, experiment: Experiment, progress: Progress) -> Resumption:
    """Find the newest whole checkpoint; what is wrong with others is said aloud and noted for the journal."""
    notes: list[str] = []

    def say(text: str) -> None:
        progress.say(text)
        notes.append(text)

    found = Checkpoints(folder.checkpoints, experiment.run.keep_checkpoints).load(say)
    if found is None:
        say("No checkpoint was written yet: the run begins anew.")
        return Resumption({}, None, tuple(notes))
    return Resumption(found[0], found[1].name, tuple(notes))


def load_task(experiment: Experiment, progress: Progress) -> Any:
    """Return the task of an experiment; raises DataError and ConfigError where it cannot be used."""
    plugin = registry.load("tasks", experiment.names["task"])
    return plugin.load(experiment.parts["task"], experiment.seed, Source.default(progress=progress))


def _carry_out(
    experiment: Experiment,
    built: build.Built,
    folder: RunFolder,
    progress: Progress,
    resumption: Resumption | None,
    shelf: Path | None,
) -> None:
    """Run to the end, from the beginning where there is no ``resumption``."""
    keep = resumption.state.get("journal_length", 0) if resumption is not None else 0
    journal = Journal(folder.journal, keep)
    try:
        dropout = derive(experiment.seed, "dropout")
        with catching(progress.quiet) as stop, global_streams.seeded(dropout, built.device):
            session = Session(experiment, built, Surroundings(folder, journal, progress, stop, shelf))
            session.begin(resumption)
            _learn(session)
    finally:
        progress.close()
        journal.close()


def _learn(session: Session) -> None:
    name = session.experiment.names["algorithm"]
    algorithm = registry.load("algorithms", name)
    with matrix_precision(session.experiment.run.dtype):
        algorithm.run(session, session.experiment.parts["algorithm"])
    with matrix_precision("fp32"):
        session.finish()


@contextmanager
def _machine(experiment: Experiment) -> Iterator[torch.device]:
    """Choose the device and the number of threads, and give the threads back afterwards."""
    keep_freed_memory()
    with environment.threads(experiment.run.threads):
        yield environment.choose_device(experiment.run.device)


def _facts(built: build.Built) -> dict[str, Any]:
    """Return what ``environment.json`` holds: the machine, and the hash of the user's own code where there is any."""
    code = build.reward_code(built.reward)
    return {**environment.describe(built.device), **({"reward_code": code} if code else {})}


def _note_resume(folder: RunFolder, built: build.Built) -> tuple[str, ...]:
    """Note in ``environment.json`` what differs from the start; return warnings about what changes the learning.

    A process that was killed at the very start has left no facts: those of this one then stand for them.
    """
    values, now = folder.read_environment(), _facts(built)
    if not values.keys() - {"resumes"}:
        values = {**now, **values}
    if not folder.data.is_file():
        folder.write_data(built.task.facts)
    changed = {key: value for key, value in now.items() if values.get(key) != value}
    values["resumes"] = [*values.get("resumes", []), changed]
    folder.write_environment(values)
    return tuple(build.changed_code(values.get("reward_code", {}), now.get("reward_code", {})))
