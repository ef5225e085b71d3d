"""One job from wherever it stands to its record: train or resume, sweep the temperatures, write."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

from seqgan.bench import queue
from seqgan.bench.jobs import BusyError, Job, Places, missing_temperatures
from seqgan.bench.launch import ASK
from seqgan.errors import RunError, SeqganError
from seqgan.progress import Progress
from seqgan.results import record
from seqgan.results.collect import record_of
from seqgan.runs.folder import CONFIG
from seqgan.runs.signals import Interrupted

_QUESTIONS = {signal.SIGTERM, ASK, getattr(signal, "SIGHUP", signal.SIGTERM)}
PATIENCE = 1.0  # seconds for which a job is tried: whoever only looks at its lock holds it for an instant


def carry_out(job: Job, places: Places, temperatures: Sequence[float], progress: Progress) -> Path:
    """Bring a job to its record and return the record's path; what is finished already is not done again.

    Raises the errors of training; BusyError where another process has the job; Interrupted after a signal, when the
    record of an unfinished run holds its curve so far.
    """
    from seqgan.reports.report import write_report

    with places.claimed(job, PATIENCE) as mine:
        if not mine:
            raise BusyError.of(job)
        found = places.recorded(job)
        if found is None or found.status != "finished":
            found = _trained(job, places, progress)
            record.write(places.record_path(job), found)
            write_report(places.folder(job))
        missing = missing_temperatures(found, temperatures)
        if missing and places.can_be_swept(job):
            found = _swept(job, places, found, missing, progress)
            record.write(places.record_path(job), found)
    return places.record_path(job)


def _trained(job: Job, places: Places, progress: Progress) -> record.Record:
    from seqgan.runs.train import resume, train

    folder = places.folder(job)
    try:
        if (folder / CONFIG).is_file():
            resume(folder, progress, places.shelf)
        else:
            train(job.experiment, folder, progress, shelf=places.shelf)
    except Interrupted:
        _keep_so_far(job, places)
        raise
    except RunError:
        if places.is_written(job):  # somebody resumed the run by hand
            raise BusyError.of(job) from None
        raise
    return _record(job, places)


def _keep_so_far(job: Job, places: Places) -> None:
    """Write the record of a run that was stopped, except over one that got further, whose run folder was lost."""
    with _undisturbed(), suppress(SeqganError, OSError):  # stopped before its first event, or a full disk: it is saved
        found = so_far(job, places)
        if found is not None and found.status == "unfinished":
            record.write(places.record_path(job), found)


def so_far(job: Job, places: Places) -> record.Record | None:
    """Return the record of the farther of two: of what was recorded before, and of the run folder, unfinished.

    A finished record is the farthest. None where neither tells anything.
    """
    before = places.recorded(job)
    try:
        made = _record(job, places, so_far=True)
    except (RunError, OSError):  # no run folder, or one without a first event
        return before
    if before is None or (before.status != "finished" and _progress(before) <= _progress(made)):
        return made
    return before


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Let what asks for an end again not end the process in this short block; Ctrl-C does all the same.

    A terminal that closes, or a service that ends, sends SIGHUP behind the first signal.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, signal.SIG_IGN) for number in _QUESTIONS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _progress(found: record.Record) -> tuple[int, int, float]:
    """Return how far a run got: phases with an evaluation, step of the last one (points are thinned), seconds."""
    step = found.curve[-1].step if found.curve else 0
    return len({point.phase for point in found.curve}), step, found.cost.get("seconds", 0.0)


def _record(job: Job, places: Places, *, so_far: bool = False) -> record.Record:
    failures = queue.failures(queue.events(places.queue), job.key)
    return record_of(places.folder(job), job.name, job.command, failures, so_far=so_far)


def _swept(
    job: Job, places: Places, found: record.Record, temperatures: Sequence[float], progress: Progress
) -> record.Record:
    from seqgan.bench.temperatures import sweep

    points = sweep(places.folder(job), job.experiment, temperatures, progress)
    every = sorted([*found.temperatures, *points], key=lambda point: (point.checkpoint, point.temperature))
    return found.model_copy(update={"temperatures": every})


@contextmanager
def answering() -> Iterator[None]:
    """Let a runner's :data:`ASK` mean one SIGTERM inside this block, and none where somebody asked before the runner.

    A second SIGTERM ends a run that is saving; from the runner's question on, it does nothing any more.
    """

    def end(number: int, _frame: FrameType | None) -> None:
        signal.signal(number, signal.SIG_DFL)
        signal.raise_signal(number)

    def ask(_number: int, _frame: FrameType | None) -> None:
        if signal.getsignal(signal.SIGTERM) != signal.SIG_DFL:  # as the first signal leaves it, see runs.signals
            signal.raise_signal(signal.SIGTERM)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)

    # Outside training SIGTERM ends the process as ever, by a handler, so that SIG_DFL means: it is saving.
    handlers = {signal.SIGTERM: end, ASK: ask} if ASK != signal.SIGTERM else {}
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
