"""The runner: keeps as many jobs under way as there are workers, until every one has its record or is given up.

What it knows it reads from disk each time: records, the queue's journal, the locks of jobs under way. So a runner
that was killed is simply started again, and several runners may share a grid. Jobs of a killed runner go on by
themselves; the next runner waits for them.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from seqgan.bench import queue
from seqgan.bench.jobs import Job, Places, is_done
from seqgan.bench.launch import Handle, Launcher, last_words
from seqgan.progress import Progress
from seqgan.results import record
from seqgan.results.collect import failed, relative
from seqgan.runs.signals import Interrupted, catching

POLL = 0.5  # seconds between two looks at the jobs


@dataclass
class _Elsewhere:
    """A job that another process carries out: over when its lock is free."""

    job: Job
    places: Places

    def poll(self) -> int | None:
        """Return 0 when nobody holds the job any more."""
        return None if self.places.is_claimed(self.job) else 0

    def stop(self) -> None:
        """Leave it alone: it is not ours."""


@dataclass
class Grid:
    """What a runner works on: the jobs in order, their places, the temperatures every record is to hold."""

    jobs: Sequence[Job]
    places: Places
    temperatures: Sequence[float] = ()
    workers: int = 1
    left: dict[str, float] = field(default_factory=dict)
    """Expected seconds that a job still takes, by its key."""


@dataclass
class Outcome:
    """How many jobs of a grid have their record, and the keys of those given up."""

    finished: int
    given_up: list[str]


class Runner:
    """Carries out a grid with one launcher."""

    def __init__(self, grid: Grid, launcher: Launcher, progress: Progress) -> None:
        """Begin with the jobs that are neither finished nor given up."""
        self.grid, self.launcher, self.progress = grid, launcher, progress
        self.places = grid.places
        self._events = queue.events(self.places.queue)
        self.waiting = [job for job in grid.jobs if not self._is_over(job)]
        self.running: dict[int, tuple[Job, Handle, float]] = {}

    def run(self) -> Outcome:
        """Work until nothing is left; a signal asks every job to save, waits for them, and raises Interrupted."""
        left = self.left if any(self.grid.left.values()) else None
        bar = self.progress.bar("runs", len(self.grid.jobs), len(self.grid.jobs) - len(self.waiting), left=left)
        try:
            with catching(self.progress.quiet) as stop:
                while self.waiting or self.running:
                    self._reap()
                    if stop.number:
                        self._stop(stop.number)
                    self._fill()
                    bar.update(len(self.grid.jobs) - len(self.waiting) - len(self.running), self._words)
                    time.sleep(POLL if self.running else 0)
        finally:
            self.progress.close()
        return self.outcome()

    def outcome(self) -> Outcome:
        """Return how far the grid is."""
        self._events = queue.events(self.places.queue)
        done = [job for job in self.grid.jobs if self._is_done(job)]
        lost = [job.key for job in self.grid.jobs if queue.is_given_up(self._events, job.key)]
        return Outcome(len(done), [key for key in lost if key not in [job.key for job in done]])

    def left(self) -> float:
        """Return the seconds that the grid still takes with its workers, from what each job is expected to take."""
        spent = {job.key: time.monotonic() - begun for job, _, begun in self.running.values()}
        jobs = [*self.waiting, *(job for job, _, _ in self.running.values())]
        each = [max(0.0, self.grid.left.get(job.key, 0.0) - spent.get(job.key, 0.0)) for job in jobs]
        return max([sum(each) / self.grid.workers, *each])

    def _words(self) -> str:
        return "now " + ", ".join(job.key for job, _, _ in self.running.values()) if self.running else ""

    def _fill(self) -> None:
        for slot in range(self.grid.workers):
            while slot not in self.running and self.waiting:
                self._begin(self.waiting.pop(0), slot)

    def _begin(self, job: Job, slot: int) -> None:
        self._events = queue.events(self.places.queue)
        if self._is_over(job):  # another runner was faster
            return
        handle: Handle
        if self.places.is_claimed(job):
            self.progress.say(f"{job.key}: another process is at it; waiting for it")
            handle = _Elsewhere(job, self.places)
        else:
            queue.note(self.places.queue, "start", job.key)
            handle = self.launcher.start(job, slot)
        self.running[slot] = (job, handle, time.monotonic())

    def _reap(self) -> None:
        for slot, (job, handle, _) in list(self.running.items()):
            code = handle.poll()
            if code is None:
                continue
            del self.running[slot]
            if self._is_done(job):
                queue.note(self.places.queue, "finished", job.key)
                self.progress.say(f"{job.key}: finished")
            elif isinstance(handle, _Elsewhere) or self.places.is_claimed(job):
                self.waiting.insert(0, job)
            else:
                self._failed(job, code)

    def _failed(self, job: Job, code: int) -> None:
        error = f"exit code {code}: {relative(last_words(self.places.log(job)))}"
        queue.note(self.places.queue, "failed", job.key, error=error)
        self._events = queue.events(self.places.queue)
        again = not queue.is_given_up(self._events, job.key)
        self.progress.say(f"{job.key}: failed ({error}); {'it is tried once more' if again else 'it is given up'}")
        if again:
            self.waiting.insert(0, job)
            return
        found = self.places.recorded(job)
        if found is None or found.status != "finished":  # a sweep that failed leaves the record of its run
            every = queue.failures(self._events, job.key)
            record.write(self.places.record_path(job), failed(job.name, job.experiment.as_dict(), job.command, every))

    def _stop(self, number: int) -> None:
        """Ask every job to save and end, wait for them, and raise Interrupted."""
        while self.running:
            for slot, (job, handle, _) in list(self.running.items()):
                handle.stop()
                if isinstance(handle, _Elsewhere) or handle.poll() is not None:
                    del self.running[slot]
                    queue.note(self.places.queue, "stopped", job.key)
            time.sleep(POLL if self.running else 0)
        raise Interrupted("Stopped by a signal; every run is saved.", "To continue: the same command.", number)

    def _is_done(self, job: Job) -> bool:
        return is_done(self.places.recorded(job), self._wanted(job))

    def _wanted(self, job: Job) -> Sequence[float]:
        """Return the temperatures that a record must hold; a run whose folder is gone cannot be swept any more."""
        return self.grid.temperatures if self.places.folder(job).is_dir() else ()

    def _is_over(self, job: Job) -> bool:
        return self._is_done(job) or queue.is_given_up(self._events, job.key)
