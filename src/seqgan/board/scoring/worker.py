"""The worker: takes jobs from the queue, lets a limited process of its own score each, keeps what comes back."""

from __future__ import annotations

import json
import os
import secrets
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from seqgan.board.benchmarks.install import by_id
from seqgan.board.scoring import jobs, record
from seqgan.board.scoring.limits import Limits
from seqgan.board.store import Store
from seqgan.board.submissions import states
from seqgan.board.submissions.samples import unpack
from seqgan.errors import BoardError, SeqganError
from seqgan.progress import Progress

Answer = TypeVar("Answer")
_PACKAGE = Path(__file__).resolve().parents[3]
_PASSED = ("PATH", "HOME", "XDG_CACHE_HOME", "SEQGAN_MIRROR", "SEQGAN_DATA", "LANG", "SYSTEMROOT", "LD_LIBRARY_PATH")
_NO_MEMORY = ("MemoryError", "bad_alloc", "memory", "failed to map segment")  # how libraries say so
_AWAY = ("08", "57P", "55P03", "40001", "40P01")
"""How SQLSTATEs of PostgreSQL begin: no connection, server going or coming, lock not free, lost against a neighbour."""

_TAIL = 600  # characters of an error that are kept


class StoppedError(Exception):
    """The worker was told to stop in the middle of a job."""


@dataclass
class Worker:
    """Scores what waits in a store's queue; several may work on one database."""

    store: Store
    limits: Limits = field(default_factory=Limits)
    lease: float = jobs.LEASE
    progress: Progress | None = None
    patience: float = 5.0
    """Seconds between two tries where the database is locked, each of which itself waits for a while."""

    def __post_init__(self) -> None:
        """Take a name that no other worker has, and nothing to stop for."""
        self.name = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self.stopped = threading.Event()

    def once(self) -> bool:
        """Work on one job and return whether there was any; raises StoppedError when told to stop meanwhile.

        Whatever goes wrong with a job, the job fails and says why. While the database is locked, the answer waits.
        """
        job = self._claim()
        if job is None:
            return False
        try:
            answer = self._score(job)
            self._patiently(lambda: self._keep(job, answer))
        except StoppedError:
            self._give_back(job)
            raise
        except Exception as error:  # also a fault of this software: the next job must have its turn
            text = str(error) if isinstance(error, SeqganError) else f"{type(error).__name__}: {error}"
            self._patiently(lambda: self._fail(job, text))
        return True

    def forever(self, pause: float = 1.0) -> None:
        """Work until :attr:`stopped` is set; an error, as of a locked database, is said and outlived."""
        while not self.stopped.is_set():
            try:
                worked = self.once()
            except StoppedError:
                return
            except Exception as error:  # a worker that ends here would leave every later submission unscored
                self._tell(f"The scoring goes on after an error: {type(error).__name__}: {error}")
                worked = False
            if not worked:
                self.stopped.wait(pause)

    def _patiently(self, action: Callable[[], Answer]) -> Answer:
        """Do something to the database, again and again while it is locked; raises StoppedError when told to stop."""
        while True:
            try:
                return action()
            except Exception as error:
                if not _passing(error):
                    raise
                self._tell(f"The database cannot be used now, the scoring waits: {error}")
            if self.stopped.wait(self.patience):
                raise StoppedError

    def _claim(self) -> jobs.Job | None:
        with self.store.read() as session:  # looking disturbs neither those who write nor what is kept of pages
            if not jobs.free(session):
                return None
        with self.store.write() as session:
            return jobs.claim(session, self.name, self.lease)

    def _keep(self, job: jobs.Job, answer: dict[str, Any]) -> None:
        with self.store.write() as session:
            if jobs.done(session, job, self.name):
                record.keep(session, job.submission, answer)
        self._say(job, f"scored in {answer.get('seconds', 0):.1f} s")

    def _fail(self, job: jobs.Job, error: str) -> None:
        with self.store.write() as session:
            jobs.failed(session, job, self.name, error)
        self._say(job, f"not scored: {error}")

    def _give_back(self, job: jobs.Job) -> None:
        with self.store.write() as session:
            session.run(
                "UPDATE job SET state = 'waiting', attempts = attempts - 1 WHERE id = :id AND worker = :worker",
                id=job.id,
                worker=self.name,
            )

    def _say(self, job: jobs.Job, text: str) -> None:
        self._tell(f"submission {job.submission}: {text}")

    def _tell(self, text: str) -> None:
        if self.progress is not None:
            self.progress.say(text)

    def _score(self, job: jobs.Job) -> dict[str, Any]:
        """Return what the scoring process answers; raises BoardError where it cannot score, or breaks a limit."""
        with TemporaryDirectory(prefix="seqgan-scoring-") as folder:
            order = self._patiently(lambda: self._prepare(job, Path(folder)))
            answer = self._answer(job, order, Path(folder))
        if not answer.get("ok"):
            raise BoardError(str(answer.get("problem", "The scoring failed.")), str(answer.get("remedy", "")))
        return answer

    def _prepare(self, job: jobs.Job, folder: Path) -> dict[str, Any]:
        """Write the samples into a folder and return the order for the scoring process."""
        with self.store.read() as session:
            submission = states.by_id(session, job.submission)
            benchmark = by_id(session, submission["benchmark_id"])
            files = session.rows(
                "SELECT seed, name, content FROM sample_file WHERE submission_id = :id ORDER BY seed", id=job.submission
            )
        for file in files:
            (folder / file["name"]).write_bytes(unpack(file["content"]))
        return {
            "contract": benchmark.contract.model_dump(mode="json"),
            "files": {str(file["seed"]): str(folder / file["name"]) for file in files},
            "decoding": decoding_of(json.loads(submission["manifest"])),
            "limits": asdict(self.limits),
        }

    def _answer(self, job: jobs.Job, order: dict[str, Any], folder: Path) -> dict[str, Any]:
        out, err = folder / "answer.json", folder / "errors.txt"
        with out.open("wb") as stdout, err.open("wb") as stderr:
            child = subprocess.Popen(
                [sys.executable, "-m", "seqgan.board.scoring.child"],
                stdin=subprocess.PIPE,
                stdout=stdout,
                stderr=stderr,
                env=_environment(),
                cwd=folder,
                start_new_session=True,
            )
            with child:
                try:
                    self._attend(job, child, order)
                finally:
                    child.kill()
        return _read_answer(child.returncode, out, err, self.limits)

    def _attend(self, job: jobs.Job, child: subprocess.Popen[bytes], order: dict[str, Any]) -> None:
        """Give the process its order and wait for its end, renewing the lease; raises BoardError after too long."""
        pipe = child.stdin
        if pipe is None:
            raise BoardError("The scoring process has no input.", "Try again.")
        try:
            pipe.write(json.dumps(order).encode() + b"\n")
            pipe.flush()
        except BrokenPipeError:
            return
        end, renewed = time.monotonic() + self.limits.clock, time.monotonic()
        while child.poll() is None:
            if self.stopped.wait(0.05):
                raise StoppedError
            if time.monotonic() > end:
                raise BoardError(f"The scoring took more than {self.limits.clock:,} s.", "Raise the limit: --seconds.")
            if time.monotonic() - renewed > self.lease / 4:
                renewed = time.monotonic()
                self._renew(job)

    def _renew(self, job: jobs.Job) -> None:
        try:
            with self.store.write(visible=False) as session:
                kept = jobs.renew(session, job, self.name, self.lease)
        except Exception as error:
            if not _passing(error):
                raise
            return  # where nobody can write, nobody can take the job either
        if not kept:
            raise BoardError("Another worker has taken the job.", "Nothing is lost.")


def _passing(error: Exception) -> bool:
    """Tell whether an error may pass by waiting: the database is locked, or its server is away.

    No other may be waited for: a table that is not there never comes, and the queue would stand still for ever.
    """
    from sqlalchemy.exc import DBAPIError, OperationalError

    if not isinstance(error, DBAPIError):
        return False
    cause = error.orig
    if isinstance(cause, sqlite3.Error):
        return getattr(cause, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
    if error.connection_invalidated:
        return True
    code = getattr(cause, "sqlstate", None)
    if code is None:  # psycopg has none where no server answers
        return isinstance(error, OperationalError)
    return str(code).startswith(_AWAY)


def decoding_of(manifest: dict[str, Any]) -> dict[str, Any]:
    """Return of a manifest what changes a signature; nothing where it does not say how the samples were drawn."""
    said = manifest.get("decoding") or {}
    return {name: said[name] for name in ("temperature", "top_k", "top_p") if name in said}


def _environment() -> dict[str, str]:
    """Return the environment of a scoring process: nothing secret, one thread, this very package."""
    kept = {name: os.environ[name] for name in _PASSED if name in os.environ}
    threads = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "MKL", "OPENBLAS")}
    path = os.pathsep.join(filter(None, (str(_PACKAGE), os.environ.get("PYTHONPATH", ""))))
    return {**kept, **threads, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}


def _read_answer(code: int, out: Path, err: Path, limits: Limits) -> dict[str, Any]:
    """Return the answer of a process that has ended; raises BoardError where it has none."""
    text = out.read_text(encoding="utf-8", errors="replace")
    try:
        answer = json.loads(text)
    except ValueError:
        answer = None
    if code == 0 and isinstance(answer, dict):
        return answer
    if code == -24:  # SIGXCPU
        raise BoardError("The scoring took more processor time than it may.", "Raise the limit: --seconds.")
    last = err.read_text(encoding="utf-8", errors="replace").strip()[-_TAIL:]
    if any(sign in last for sign in _NO_MEMORY):
        raise BoardError("The scoring needs more memory than it may.", "Raise the limit: --memory.")
    # Where no memory is left, even the interpreter's own errors may come out as something else.
    limit = f"It may use {limits.memory / 2**20:,.0f} MiB of memory: raise the limit (--memory) if that was too little."
    raise BoardError(f"The scoring process ended with code {code}. {last}".strip(), f"Nothing was changed. {limit}")


@contextmanager
def running(store: Store, limits: Limits | None = None, progress: Progress | None = None) -> Iterator[Worker]:
    """Score what comes in while the body runs, in a thread that waits for the scoring processes."""
    worker = Worker(store, limits or Limits(), progress=progress)
    thread = threading.Thread(target=worker.forever, name="seqgan-scoring", daemon=True)
    thread.start()
    try:
        yield worker
    finally:
        worker.stopped.set()
        thread.join(timeout=30)
