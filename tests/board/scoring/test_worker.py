"""The worker: a limited process scores, a kill loses nothing, another worker goes on."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import InterfaceError, OperationalError

from board.submitting import N, Place, samples, state, submit
from seqgan.board.benchmarks import install, packaged
from seqgan.board.scoring import jobs, record
from seqgan.board.scoring.limits import GIB, Limits
from seqgan.board.scoring.worker import StoppedError, Worker, _environment, _passing, running
from seqgan.board.session import Session
from seqgan.board.store import Store, _engine, open_store
from seqgan.board.store import state as word
from seqgan.board.submissions import states
from seqgan.board.verify import verify
from seqgan.progress import Progress

pytestmark = pytest.mark.thorough
SOURCE = Path(__file__).parents[3] / "src"
WORK = """
import sys
from seqgan.board.scoring.worker import Worker
from seqgan.board.store import open_store
worker = Worker(open_store(sys.argv[1], create=False), lease=1.5)
sys.stdout.write("begun\\n"); sys.stdout.flush()
worker.once()
"""


def job(place: Place) -> tuple[str, int, str | None]:
    with place.store.read() as session:
        row = jobs.of(session, 1)
    assert row is not None
    return row["state"], row["attempts"], row["error"]


def test_a_process_of_its_own_scores_and_the_board_keeps_it(place: Place) -> None:
    permalink = submit(place, rows={1: samples(1), 2: samples(2)})
    assert Worker(place.store).once()
    assert state(place, permalink) == "checked"
    assert job(place) == ("done", 1, None)
    with place.store.read() as session:
        assert session.value("SELECT count(*) FROM value") == 2 * 3
        cost = states.by_id(session, 1)
        assert cost["model"] == "Model A"
    assert not Worker(place.store).once()


def test_a_worker_that_is_killed_in_the_middle_loses_nothing(place: Place) -> None:
    permalink = submit(place)
    environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
    worker = subprocess.Popen(
        [sys.executable, "-c", WORK, str(place.path)], env=environment, stdout=subprocess.PIPE, start_new_session=True
    )
    end = time.monotonic() + 60
    while job(place)[0] != "running" and time.monotonic() < end:
        time.sleep(0.01)
    worker.send_signal(signal.SIGKILL)
    worker.communicate(timeout=30)
    assert job(place)[:2] == ("running", 1)
    assert state(place, permalink) == "parsed"
    second = Worker(place.store)
    while not second.once():
        assert time.monotonic() < end
        time.sleep(0.1)
    assert state(place, permalink) == "checked"
    assert job(place)[:2] == ("done", 2)
    with place.store.read() as session:
        assert session.value("SELECT count(*) FROM entry") == 1
        assert not verify(session).faults


@pytest.mark.parametrize(
    ("limits", "words"),
    [(Limits(memory=GIB // 8), "memory"), (Limits(clock=0), "more than 0 s")],
)
def test_limits_end_a_scoring_and_the_submission_waits(place: Place, limits: Limits, words: str) -> None:
    permalink = submit(place)
    assert Worker(place.store, limits).once()
    found, _, error = job(place)
    assert found == "failed"
    assert words in str(error)
    assert state(place, permalink) == "parsed"
    with place.store.write() as session:
        assert jobs.retry(session) == 1
    assert Worker(place.store).once()
    assert state(place, permalink) == "checked"


def test_a_limit_of_processor_time_ends_a_scoring(place: Place) -> None:
    grammar = packaged()["oracle-grammar@1"].model_copy(update={"name": "grammar", "samples": N})
    with place.store.write() as session:
        install(session, [grammar])
    submit(place, benchmark="grammar@1")
    assert Worker(place.store, Limits(processor=1)).once()  # importing torch alone takes longer
    assert job(place)[0] == "failed"
    assert "processor time" in str(job(place)[2])


def test_data_that_are_not_there_are_said_and_nothing_is_lost(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    permalink = submit(place)
    monkeypatch.delenv("SEQGAN_MIRROR")
    assert Worker(place.store).once()
    assert "tiny/test.txt is not on this machine" in str(job(place)[2])
    assert state(place, permalink) == "parsed"


def test_a_worker_that_is_told_to_stop_gives_its_job_back(place: Place) -> None:
    permalink = submit(place)
    worker = Worker(place.store)
    threading.Timer(0.05, worker.stopped.set).start()
    try:
        worker.once()
    except StoppedError:
        assert job(place)[:2] == ("waiting", 0)
    with running(place.store):
        end = time.monotonic() + 60
        while state(place, permalink) != "checked" and time.monotonic() < end:
            time.sleep(0.05)
    assert state(place, permalink) == "checked"


class Heard(Progress):
    """What a worker says."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def say(self, text: str) -> None:
        self.lines.append(text)


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not condition() and time.monotonic() < end:
        time.sleep(0.05)
    assert condition()


@pytest.mark.parametrize("when", ["before a job is taken", "while a job is scored"])
def test_a_database_that_is_locked_for_long_stops_the_scoring_only_for_so_long(
    place: Place, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    monkeypatch.setattr("seqgan.board.store.WAIT_MS", 50)
    permalink, heard = submit(place), Heard()
    other = sqlite3.connect(place.path, isolation_level=None, check_same_thread=False)
    real = Worker._score

    def scored(self: Worker, job: jobs.Job) -> dict[str, Any]:
        answer = real(self, job)
        if not heard.lines:
            other.execute("BEGIN IMMEDIATE")
        return answer

    if when == "before a job is taken":
        other.execute("BEGIN IMMEDIATE")
    else:
        monkeypatch.setattr(Worker, "_score", scored)
    store = open_store(place.path) if when != "before a job is taken" else Store(_engine(str(place.path), False))
    worker = Worker(store, progress=heard, patience=0.05)
    thread = threading.Thread(target=worker.forever, args=(0.05,))
    thread.start()
    try:
        until(lambda: any("locked" in line for line in heard.lines))
        assert thread.is_alive()
        other.execute("ROLLBACK")
        until(lambda: state(place, permalink) == "checked")
    finally:
        worker.stopped.set()
        thread.join(30)
        store.close()
        other.close()


def test_a_job_that_breaks_the_worker_itself_fails_and_the_next_has_its_turn(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = submit(place), submit(place, rows={1: samples(3)}, model="Model B")
    real = record.keep

    def broken(session: Session, number: int, answer: dict[str, Any]) -> None:
        real(session, number, answer)
        if number == 1:
            raise KeyError("likeness")

    monkeypatch.setattr(record, "keep", broken)
    worker = Worker(place.store)
    assert worker.once()
    assert job(place) == ("failed", 1, "KeyError: 'likeness'")
    assert worker.once()
    assert (state(place, first), state(place, second)) == ("parsed", "checked")


def test_an_idle_worker_and_a_lease_that_is_renewed_leave_the_kept_pages(place: Place) -> None:
    submit(place)
    busy = Worker(place.store)
    taken = busy._claim()
    assert taken is not None
    with place.store.read() as session:
        before = word(session)
        lease = session.value("SELECT lease_until FROM job")
    busy.lease = 600
    busy._renew(taken)
    assert not Worker(place.store).once()
    with place.store.read() as session:
        assert word(session) == before
        assert session.value("SELECT lease_until FROM job") > lease
    with place.store.write() as session:
        session.run("UPDATE job SET lease_until = '2020-01-01T00:00:00+00:00'")
    assert Worker(place.store)._claim() is not None


def test_an_error_that_no_waiting_mends_fails_the_job_and_the_next_has_its_turn(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = submit(place), submit(place, rows={1: samples(3)}, model="Model B")
    real = record.keep

    def broken(session: Session, number: int, answer: dict[str, Any]) -> None:
        if number == 1:
            session.run("DELETE FROM nowhere")
        real(session, number, answer)

    monkeypatch.setattr(record, "keep", broken)
    worker = Worker(place.store, patience=0.01)
    end = threading.Timer(30, worker.stopped.set)
    end.start()
    assert worker.once()
    end.cancel()
    assert job(place)[:2] == ("failed", 1)
    assert "no such table: nowhere" in str(job(place)[2])
    assert worker.once()
    assert (state(place, first), state(place, second)) == ("parsed", "checked")


def locked() -> OperationalError:
    cause = sqlite3.OperationalError("database is locked")
    cause.sqlite_errorcode = sqlite3.SQLITE_BUSY_SNAPSHOT
    return OperationalError("SELECT 1", {}, cause)


def test_a_database_that_is_locked_while_samples_are_read_is_waited_for(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    permalink, heard, real, times = submit(place), Heard(), Worker._prepare, iter(range(9))

    def prepared(self: Worker, job: jobs.Job, folder: Path) -> dict[str, Any]:
        if next(times) < 2:
            raise locked()
        return real(self, job, folder)

    monkeypatch.setattr(Worker, "_prepare", prepared)
    assert Worker(place.store, progress=heard, patience=0.01).once()
    assert state(place, permalink) == "checked"
    assert sum("locked" in line for line in heard.lines) == 2


class Answered(Exception):
    """An error as psycopg raises it."""

    def __init__(self, sqlstate: str | None) -> None:
        super().__init__(sqlstate)
        self.sqlstate = sqlstate


@pytest.mark.parametrize(
    ("error", "passes"),
    [
        (locked(), True),
        (OperationalError("", {}, sqlite3.OperationalError("no such table: job")), False),
        (InterfaceError("", {}, sqlite3.InterfaceError("bad parameter")), False),
        (OperationalError("", {}, Answered(None)), True),
        (OperationalError("", {}, Answered("57P03")), True),
        (OperationalError("", {}, Answered("55P03")), True),
        (OperationalError("", {}, Answered("08006")), True),
        (OperationalError("", {}, Answered("53100")), False),
        (OperationalError("", {}, Answered("57014")), False),
        (OperationalError("", {}, Answered("57014"), connection_invalidated=True), True),
        (KeyError("likeness"), False),
    ],
)
def test_only_a_lock_and_a_server_that_is_away_are_waited_for(error: Exception, passes: bool) -> None:
    assert _passing(error) is passes


def test_the_scoring_process_sees_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEQGAN_BOARD_TOKEN", "secret")
    monkeypatch.setenv("DATABASE_PASSWORD", "secret")
    assert "secret" not in _environment().values()
    assert str(SOURCE) in _environment()["PYTHONPATH"]
