"""The runner: keeps as many jobs under way as there are workers, until every one has ended or is given up.

What it knows it reads from disk each time: records, the queue's journal, the locks of jobs under way. So a runner
that was killed is simply started again, and several runners may share a grid: each passes over what others are at, and
waits only where nothing else is left. Jobs of a killed runner go on by themselves; the next runner waits for them.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from filelock import BaseFileLock

from seqgan.bench import queue
from seqgan.bench.jobs import BUSY, Job, Places, is_done
from seqgan.bench.launch import STOPPED, Handle, Launcher, last_words
from seqgan.bench.seed import so_far
from seqgan.progress import Progress
from seqgan.results import record
from seqgan.results.collect import failed, relative
from seqgan.runs.signals import Interrupted, catching

POLL = 0.5  # seconds between two looks at the jobs


@dataclass
class _Underway:
    """A job that this runner started: the mark that keeps other runners off, the size of its log before, the time."""

    job: Job
    handle: Handle
    mark: BaseFileLock
    logged: int
    begun: float = field(default_factory=time.monotonic)


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
    """How many jobs of a grid are finished, and the keys of those given up."""

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
        self.running: dict[int, _Underway] = {}
        self._elsewhere: set[str] = set()

    def run(self) -> Outcome:
        """Work until nothing is left; a signal asks every job to save, waits for them, and raises Interrupted."""
        left = self.left if any(self.grid.left.values()) else None
        bar = self.progress.bar("runs", len(self.grid.jobs), len(self.grid.jobs) - len(self.waiting), left=left)
        try:
            with catching(self.progress.quiet) as stop:
                while self.waiting or self.running:
                    if stop.number:
                        self._stop(stop.number)
                    self._reap()
                    self._fill()
                    bar.update(len(self.grid.jobs) - len(self.waiting) - len(self.running), self._words)
                    time.sleep(POLL if self.waiting or self.running else 0)
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
        spent = {work.job.key: time.monotonic() - work.begun for work in self.running.values()}
        jobs = [*self.waiting, *(work.job for work in self.running.values())]
        each = [max(0.0, self.grid.left.get(job.key, 0.0) - spent.get(job.key, 0.0)) for job in jobs]
        return max([sum(each) / self.grid.workers, *each])

    def _words(self) -> str:
        now = ", ".join(work.job.key for work in self.running.values())
        return f"now {now}" if now else "waiting for other processes" if self.waiting else ""

    def _fill(self) -> None:
        for slot in range(self.grid.workers):
            if slot not in self.running and (taken := self._take()) is not None:
                self.running[slot] = self._begin(*taken, slot)

    def _take(self) -> tuple[Job, BaseFileLock] | None:
        """Return the first job that is free, with our mark on it; those that others are at go to the end."""
        for _ in range(len(self.waiting)):
            job = self.waiting.pop(0)
            if (mark := self._mine(job)) is not None:
                return job, mark
            if not self._is_over(job):
                self._put_off(job)
        return None

    def _mine(self, job: Job) -> BaseFileLock | None:
        """Mark a job as ours; None where another process is at it or has ended it."""
        mark = self.places.marked(job)
        if mark is None:
            return None
        self._events = queue.events(self.places.queue)  # no other runner tells anything new of this job from now on
        if self._is_over(job) or self.places.is_claimed(job):
            mark.release()
            return None
        return mark

    def _put_off(self, job: Job) -> None:
        self.waiting.append(job)
        if job.key not in self._elsewhere:
            self._elsewhere.add(job.key)
            self.progress.say(f"{job.key}: another process is at it; its turn comes last")

    def _begin(self, job: Job, mark: BaseFileLock, slot: int) -> _Underway:
        log = self.places.log(job)
        logged = log.stat().st_size if log.is_file() else 0
        queue.note(self.places.queue, "start", job.key)
        return _Underway(job, self.launcher.start(job, slot), mark, logged)

    def _reap(self) -> None:
        for slot, work in list(self.running.items()):
            code = work.handle.poll()
            if code is not None:
                del self.running[slot]
                self._ended(work, code)
                work.mark.release()

    def _ended(self, work: _Underway, code: int) -> None:
        job = work.job
        if self._is_done(job):
            queue.note(self.places.queue, "finished", job.key)
            self.progress.say(f"{job.key}: finished")
        elif code == BUSY or self.places.is_claimed(job):
            self._put_off(job)
        elif code in STOPPED:
            queue.note(self.places.queue, "stopped", job.key)
            self.progress.say(f"{job.key}: stopped by a signal; it goes on")
            self.waiting.insert(0, job)
        else:
            self._failed(work, code)

    def _failed(self, work: _Underway, code: int) -> None:
        job = work.job
        error = f"exit code {code}: {relative(last_words(self.places.log(job), work.logged))}"
        queue.note(self.places.queue, "failed", job.key, error=error)
        self._events = queue.events(self.places.queue)
        again = not queue.is_given_up(self._events, job.key)
        self.progress.say(f"{job.key}: failed ({error}); {'it is tried once more' if again else 'it is given up'}")
        if again:
            self.waiting.insert(0, job)
            return
        self._given_up(job)

    def _given_up(self, job: Job) -> None:
        """Write that a job failed, with its curve so far; over no finished record, which a failed sweep leaves."""
        found, every = so_far(job, self.places), queue.failures(self._events, job.key)
        if found is None:
            found = failed(job.name, job.experiment.as_dict(), job.command, every)
        if found.status != "finished":
            made = found.model_copy(update={"status": "failed", "failures": every})
            record.write(self.places.record_path(job), made)

    def _stop(self, number: int) -> None:
        """Ask every job to save and end, wait for them, and raise Interrupted."""
        while self.running:
            for slot, work in list(self.running.items()):
                work.handle.stop()
                if work.handle.poll() is not None:
                    del self.running[slot]
                    queue.note(self.places.queue, "finished" if self._is_done(work.job) else "stopped", work.job.key)
                    work.mark.release()
            time.sleep(POLL if self.running else 0)
        raise Interrupted("Stopped by a signal; every run is saved.", "To continue: the same command.", number)

    def _is_done(self, job: Job) -> bool:
        return is_done(self.places.recorded(job), self._wanted(job))

    def _wanted(self, job: Job) -> Sequence[float]:
        """Return the temperatures that a record must hold; a run whose model is gone cannot be swept any more."""
        return self.grid.temperatures if self.places.can_be_swept(job) else ()

    def _is_over(self, job: Job) -> bool:
        return self._is_done(job) or queue.is_given_up(self._events, job.key)
