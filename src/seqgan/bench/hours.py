"""How long a grid will take: from finished records of the same experiment on a like machine, else from a trial."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

from filelock import FileLock

from seqgan.bench import queue
from seqgan.bench.jobs import Job, Places, is_done
from seqgan.bench.tables import ESTIMATES, estimates
from seqgan.errors import SeqganError
from seqgan.progress import Progress
from seqgan.results.record import Record, read_all
from seqgan.runs.files import replace
from seqgan.runs.folder import JOURNAL

TRIAL, RECORDS, UNKNOWN = "a trial of its networks", "finished seeds of it here", "unknown"


@dataclass(frozen=True)
class Expected:
    """Seconds that a whole run of an experiment takes, None where nothing tells, and what that was found from."""

    seconds: float | None
    source: str


def expected(job: Job, records: Sequence[Record], machine: Mapping[str, Any], progress: Progress) -> Expected:
    """Return the time of one seed: of records made on the same ``machine``, else of a trial with as many threads.

    A trial counts training and measuring, no temperatures.
    """
    alike = [
        float(found.cost["seconds"])
        for found in records
        if found.experiment == job.name and found.status == "finished" and _same(found.environment, machine)
    ]
    if alike:
        return Expected(fmean(alike), RECORDS)
    try:
        seconds = trial(job, int(machine["threads"]), progress)
    except SeqganError as error:
        progress.say(f"{job.name}: {error}")
        return Expected(None, UNKNOWN)
    return Expected(seconds, TRIAL if seconds is not None else UNKNOWN)


def _same(environment: Mapping[str, Any], machine: Mapping[str, Any]) -> bool:
    return all(environment.get(key) == machine.get(key) for key in ("device_name", "threads"))


def machine(device: str, threads: int) -> dict[str, Any]:
    """Return what decides how fast this machine is: the name of its device and the threads of a job."""
    from seqgan.runs import environment

    chosen = environment.choose_device(device or "auto")
    return {**environment.describe(chosen), "threads": threads}


def trial(job: Job, threads: int, progress: Progress) -> float | None:
    """Return the seconds that a run takes by a trial of its networks, None for an algorithm that cannot be tried."""
    from seqgan.bench.estimate import estimate
    from seqgan.runs import build, environment
    from seqgan.runs.train import load_task

    experiment = job.experiment
    device = environment.choose_device(experiment.run.device)
    with environment.threads(threads):
        found = estimate(experiment, build.build(experiment, load_task(experiment, progress), device))
    return None if found is None else found.total


def spent(folder: Path) -> float:
    """Return the seconds a run has already taken, by the last line of its journal."""
    path = folder / JOURNAL
    if not path.is_file():
        return 0.0
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 65_536))
        whole = [line for line in file.read().splitlines(keepends=True)[-2:] if line.endswith(b"\n")]
    try:
        return float(json.loads(whole[-1])["seconds"]) if whole else 0.0
    except (ValueError, KeyError):
        return 0.0


def left(jobs: Sequence[Job], places: Places, times: Mapping[str, Expected]) -> dict[str, float]:
    """Return the seconds that each job still takes, by its key; an unknown time and the temperatures count nothing."""
    events = queue.events(places.queue)
    return {
        job.key: max(0.0, (times[job.name].seconds or 0.0) - spent(places.folder(job)))
        for job in jobs
        if not is_done(places.recorded(job), ()) and not queue.is_given_up(events, job.key)
    }


def keep(job: Job, results: Path, machine: Mapping[str, Any], progress: Progress) -> Expected:
    """Find the time of one seed and keep it in ``estimates.json`` with the machine and the way it was found."""
    found = expected(job, read_all(results), machine, progress)
    if found.seconds is not None:
        path = results / ESTIMATES
        about = f"{machine['device_name']}, {machine['threads']} thread(s)"
        entry = {"seconds": round(found.seconds), "source": found.source, "machine": about, "commit": machine["commit"]}
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(path.with_name(f".{ESTIMATES}.lock")):
            every = {**estimates(results), job.name: entry}
            replace(path, (json.dumps(every, indent=1, sort_keys=True) + "\n").encode())
    return found
