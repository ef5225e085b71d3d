"""The worker: a limited process scores, a kill loses nothing, another worker goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from board.submitting import N, Place, samples, state, submit
from seqgan.board.benchmarks import install, packaged
from seqgan.board.scoring import jobs
from seqgan.board.scoring.limits import GIB, Limits
from seqgan.board.scoring.worker import StoppedError, Worker, _environment, running
from seqgan.board.submissions import states
from seqgan.board.verify import verify

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


def test_the_scoring_process_sees_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEQGAN_BOARD_TOKEN", "secret")
    monkeypatch.setenv("DATABASE_PASSWORD", "secret")
    assert "secret" not in _environment().values()
    assert str(SOURCE) in _environment()["PYTHONPATH"]
