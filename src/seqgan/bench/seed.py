"""One job from wherever it stands to its record: train or resume, sweep the temperatures, write."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from seqgan.bench import queue
from seqgan.bench.jobs import Job, Places, busy, missing_temperatures
from seqgan.progress import Progress
from seqgan.results import record
from seqgan.results.collect import record_of
from seqgan.runs.folder import CONFIG


def carry_out(job: Job, places: Places, temperatures: Sequence[float], progress: Progress) -> Path:
    """Bring a job to its record and return the record's path; what is finished already is not done again.

    Raises the errors of training; RunError where another process has the job; Interrupted after a signal.
    """
    from seqgan.reports.report import write_report

    with places.claimed(job) as mine:
        if not mine:
            raise busy(job)
        found = places.recorded(job)
        if found is None or found.status != "finished":
            found = _trained(job, places, progress)
            record.write(places.record_path(job), found)
            write_report(places.folder(job))
        missing = missing_temperatures(found, temperatures)
        if missing and places.folder(job).is_dir():
            found = _swept(job, places, found, missing, progress)
            record.write(places.record_path(job), found)
    return places.record_path(job)


def _trained(job: Job, places: Places, progress: Progress) -> record.Record:
    from seqgan.runs.train import resume, train

    folder = places.folder(job)
    if (folder / CONFIG).is_file():
        resume(folder, progress)
    else:
        train(job.experiment, folder, progress)
    return record_of(folder, job.name, job.command, queue.failures(queue.events(places.queue), job.key))


def _swept(
    job: Job, places: Places, found: record.Record, temperatures: Sequence[float], progress: Progress
) -> record.Record:
    from seqgan.bench.temperatures import sweep

    points = sweep(places.folder(job), job.experiment, temperatures, progress)
    every = sorted([*found.temperatures, *points], key=lambda point: (point.checkpoint, point.temperature))
    return found.model_copy(update={"temperatures": every})
