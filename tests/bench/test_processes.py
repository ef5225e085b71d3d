"""Jobs as processes: a runner killed in the middle is started again, a signal lets every run save."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bench.grids import MLE, SEQGAN, job, places, run, write
from conftest import ROOT
from runs.rig import journal, results
from seqgan.bench import queue
from seqgan.bench.jobs import Places
from seqgan.bench.launch import ASK, STOPPED, Local, Order, last_words
from seqgan.results import record

pytestmark = pytest.mark.thorough
LONG = SEQGAN.replace("steps = 2\n", "steps = 12\n").replace("pretrain_epochs = 2", "pretrain_epochs = 6")
ONE = ("--seeds", "1", "--threads", "1", "--runs", "runs", "--results", "results", "--no-estimate")
Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Start]:
    """Return a function that starts ``seqgan bench`` in a process; what still runs at the end is killed."""
    begun: list[subprocess.Popen[str]] = []
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "OMP_NUM_THREADS": "1"}

    def start(*arguments: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "seqgan.cli.main", "bench", *arguments]
        process = subprocess.Popen(
            command, cwd=tmp_path, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        begun.append(process)
        return process

    yield start
    for process in begun:
        process.kill()
        process.communicate()


def wait_for(done: Callable[[], bool], seconds: float = 240.0) -> bool:
    """Wait until ``done``."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if done():
            return True
        time.sleep(0.01)
    return False


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def child_of(process: subprocess.Popen[str]) -> int:
    """Return the process that a runner started; skips where the system does not tell."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    if not children.is_file():
        pytest.skip("this system does not tell a process's children")
    return int(children.read_text().split()[0])


def test_a_runner_killed_in_the_middle_continues_exactly(tmp_path: Path, bench: Start) -> None:
    file, where = write(tmp_path, slow=LONG)["slow"], places(tmp_path)
    one = job(file)
    arguments = ("run", str(file), *ONE)
    killed = bench(*arguments)
    assert wait_for(lambda: "policy_gradient" in text(where.folder(one) / "journal.jsonl"))
    killed.kill()
    killed.wait()
    assert where.is_claimed(one)  # the run itself goes on without its runner
    again = bench(*arguments)
    said = again.communicate(timeout=300)[0]
    assert again.returncode == 0, said
    whole = places(tmp_path / "whole")
    run([one], whole)
    assert journal(where.folder(one)) == journal(whole.folder(one))
    assert results(where.folder(one)) == results(whole.folder(one))
    assert record.read(where.record_path(one)).scores == record.read(whole.record_path(one)).scores


def test_a_killed_run_is_a_failure_and_is_resumed_by_the_retry(tmp_path: Path, bench: Start) -> None:
    file, where = write(tmp_path, slow=LONG)["slow"], places(tmp_path)
    one = job(file)
    runner = bench("run", str(file), *ONE)
    assert wait_for(lambda: "policy_gradient" in text(where.folder(one) / "journal.jsonl"))
    os.kill(child_of(runner), signal.SIGKILL)
    said = runner.communicate(timeout=300)[0]
    assert runner.returncode == 0, said
    found = record.read(where.record_path(one))
    assert [failure.error.partition(":")[0] for failure in found.failures] == ["exit code -9"]
    assert found.resumes == 1
    assert [event["event"] for event in queue.events(where.queue)] == ["start", "failed", "start", "finished"]


def test_a_signal_lets_every_run_save_and_the_same_command_goes_on(tmp_path: Path, bench: Start) -> None:
    file, where = write(tmp_path, slow=LONG)["slow"], places(tmp_path)
    one = job(file)
    arguments = ("run", str(file), *ONE)
    runner = bench(*arguments)
    assert wait_for(lambda: "policy_gradient" in text(where.folder(one) / "journal.jsonl"))
    runner.send_signal(signal.SIGTERM)
    said = runner.communicate(timeout=240)[0]
    assert runner.returncode == 128 + signal.SIGTERM
    assert "To continue: the same command." in said
    assert not where.is_claimed(one)
    assert "The run is saved" in where.log(one).read_text()
    assert record.read(where.record_path(one)).status == "unfinished"
    assert queue.events(where.queue)[-1]["event"] == "stopped"
    again = bench(*arguments)
    assert again.communicate(timeout=300)[0]
    assert again.returncode == 0
    assert record.read(where.record_path(one)).failures == []


def is_over(process: int) -> bool:
    """Return whether a process has ended, though nobody has asked for its exit code yet."""
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z"


@pytest.mark.parametrize("ends_first", [True, False], ids=["the run is faster", "both at once"])
def test_a_signal_to_the_runner_and_its_run_is_no_failure(tmp_path: Path, bench: Start, ends_first: bool) -> None:
    file, where = write(tmp_path, slow=LONG)["slow"], places(tmp_path)
    one = job(file)
    arguments = ("run", str(file), *ONE)
    runner = bench(*arguments)
    assert wait_for(lambda: "policy_gradient" in text(where.folder(one) / "journal.jsonl"))
    child = child_of(runner)
    if ends_first:
        runner.send_signal(signal.SIGSTOP)
    os.kill(child, signal.SIGTERM)
    assert not ends_first or wait_for(lambda: is_over(child))
    runner.send_signal(signal.SIGTERM)
    runner.send_signal(signal.SIGCONT)
    said = runner.communicate(timeout=240)[0]
    assert runner.returncode == 128 + signal.SIGTERM, said
    assert "The run is saved" in text(where.log(one))
    assert [event["event"] for event in queue.events(where.queue)] == ["start", "stopped"]
    again = bench(*arguments)
    assert again.communicate(timeout=300)[0]
    assert again.returncode == 0
    found = record.read(where.record_path(one))
    assert (found.failures, found.resumes) == ([], 1)


SIGNALLED = """
import signal, sys
from seqgan.bench.seed import answering
from seqgan.runs.signals import catching
with answering(), catching(quiet=True) as stop:
    for number in sys.argv[1:]:
        signal.raise_signal(int(number))
    print("saved after", stop.number)
"""


@pytest.mark.parametrize(
    ("numbers", "code"),
    [
        ((signal.SIGTERM, ASK), 0),  # sent to all at once, then the runner asks
        ((ASK, signal.SIGTERM, ASK), 0),
        ((signal.SIGTERM, signal.SIGTERM), -signal.SIGTERM),  # a person insists
        ((signal.SIGINT, signal.SIGINT), -signal.SIGINT),
    ],
)
def test_a_runners_question_does_not_end_a_run_that_is_saving(numbers: tuple[int, ...], code: int) -> None:
    command = [sys.executable, "-c", SIGNALLED, *(str(int(number)) for number in numbers)]
    done = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": str(ROOT / "src")}, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == code, done.stderr
    assert done.stdout == ("" if code else "saved after 15\n")


DISTURBED = """
import signal
from seqgan.bench import seed
from seqgan.bench.launch import ASK
def stubborn(*_, **__):
    for number in (signal.SIGTERM, ASK, signal.SIGHUP, ASK, signal.SIGTERM):
        signal.raise_signal(number)
    raise OSError("the disk is full")
seed._record = stubborn
with seed.answering():
    seed._keep_so_far(None, type("Places", (), {"recorded": lambda *_: None})())
    print("still there", flush=True)
    signal.raise_signal(signal.SIGTERM)
"""


def test_no_question_ends_a_job_while_it_writes_the_record_of_a_stopped_run() -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(
        [sys.executable, "-c", DISTURBED], env=environment, capture_output=True, text=True, timeout=120
    )
    assert (done.stdout, done.returncode) == ("still there\n", -signal.SIGTERM), done.stderr


def test_a_runners_question_ends_a_job_that_has_nothing_to_save() -> None:
    script = SIGNALLED.replace(", catching(quiet=True) as stop", "")
    done = subprocess.run([sys.executable, "-c", script, str(int(ASK))], cwd=ROOT / "src", timeout=120)
    assert done.returncode == -signal.SIGTERM
    assert done.returncode in STOPPED


def test_several_devices_are_taken_in_turn_and_threads_are_shared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = Order(places(tmp_path), threads=3)
    chosen = [order.environment(slot, ["0", "2"])["CUDA_VISIBLE_DEVICES"] for slot in range(3)]
    assert chosen == ["0", "2", "0"]
    assert order.environment(0)["OMP_NUM_THREADS"] == "3"
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    assert "CUDA_VISIBLE_DEVICES" not in order.environment(0, ["0"])


def test_a_jobs_process_is_told_when_nothing_is_to_be_shared(tmp_path: Path) -> None:
    one, runs, results = job(write(tmp_path, tiny_mle=MLE)["tiny_mle"]), tmp_path / "runs", tmp_path / "results"
    assert "--no-share" not in Order(Places(runs, results)).command(one)
    assert "--no-share" in Order(Places(runs, results, share=False)).command(one)


def test_the_last_words_of_a_job_are_its_error(tmp_path: Path) -> None:
    log = tmp_path / "x.log"
    assert last_words(log) == "it left no message"
    log.write_text("epoch 1\nerror: the disk is full\nbye\n")
    assert last_words(log) == "error: the disk is full"
    assert last_words(log, after=log.stat().st_size) == "it left no message"
    log.write_text("Traceback\nValueError: x\n\n")
    assert last_words(log) == "ValueError: x"


def test_a_job_runs_as_a_process_with_its_output_in_the_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "src"))
    where = places(tmp_path)
    one = job(write(tmp_path, broken=LONG)["broken"])
    one.file.unlink()
    handle = Local(Order(where)).start(one, 0)
    assert wait_for(lambda: handle.poll() is not None)
    assert handle.poll() == 2
    assert "There is no" in last_words(where.log(one))
