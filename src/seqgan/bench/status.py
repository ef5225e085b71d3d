"""How far a job is, in words, from what lies on the disk."""

from __future__ import annotations

from seqgan.bench import queue
from seqgan.bench.hours import spent
from seqgan.bench.jobs import Job, Places
from seqgan.progress import clock_time


def state(job: Job, places: Places) -> tuple[str, str]:
    """Return one word (finished, given up, running, stopped, waiting) and what more there is to say."""
    found = places.recorded(job)
    if found is not None and found.status == "finished":
        return "finished", f"{clock_time(found.cost.get('seconds', 0.0))}, {len(found.failures)} failures"
    events, folder = queue.events(places.queue), places.folder(job)
    failures = queue.failures(events, job.key)
    if queue.is_given_up(events, job.key):
        return "given up", failures[-1].error
    if places.is_claimed(job):
        return "running", _so_far(spent(folder), len(failures))
    if found is not None and not folder.is_dir():
        known = f"its record has {_so_far(found.cost.get('seconds', 0.0), len(found.failures))}"
        return "waiting", f"{known}; its run folder is not here, so it begins anew"
    if folder.is_dir() or places.log(job).is_file():
        return "stopped", _so_far(spent(folder), len(failures))
    return "waiting", ""


def _so_far(seconds: float, failures: int) -> str:
    return f"{clock_time(seconds)} so far, {failures} failures"
