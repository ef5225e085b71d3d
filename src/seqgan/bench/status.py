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
    if folder.is_dir() or places.log(job).is_file():
        so_far = f"{clock_time(spent(folder))} so far, {len(failures)} failures"
        return ("running" if places.is_claimed(job) else "stopped"), so_far
    if found is not None:
        return "waiting", f"its record has {clock_time(found.cost.get('seconds', 0.0))}, its run folder is not here"
    return "waiting", ""
