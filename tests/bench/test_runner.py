"""The runner: what is finished is skipped, what is half done goes on, what fails is tried once more and counted."""

from __future__ import annotations

import shutil
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from bench.grids import MLE, QUIET, SEQGAN, Pretending, job, places, run, write
from bench.grids import record as finished
from runs.rig import Impatient
from seqgan.bench import queue, runner, seed
from seqgan.bench.jobs import BUSY, BusyError, Job, Places, check_names, check_settings
from seqgan.bench.runner import Grid, Runner
from seqgan.bench.seed import carry_out
from seqgan.errors import ConfigError
from seqgan.progress import Progress
from seqgan.results import record
from seqgan.results.record import Point, Record
from seqgan.runs.folder import RunFolder
from seqgan.runs.signals import Interrupted
from seqgan.runs.train import resume, train

BOOM = "def score(samples):\n    raise ValueError('no such thing')\n"
MENDED = "def score(strings):\n    return [float(len(text)) for text in strings]\n"
OWN = (
    SEQGAN.replace('[discriminator]\nname = "cnn_highway"\nscale = 0.02\n', "")
    + '[reward]\nname = "function"\ntarget = "own.py:score"\non_error = "stop"\n'
)


@pytest.mark.thorough
def test_every_seed_gets_a_record_and_none_is_done_twice(tmp_path: Path) -> None:
    files, where = write(tmp_path, tiny_mle=MLE), places(tmp_path)
    jobs = [job(files["tiny_mle"], seed) for seed in (1, 2)]
    outcome, started = run(jobs, where)
    assert (outcome.finished, outcome.given_up) == (2, [])
    assert started == ["tiny_mle/seed-1", "tiny_mle/seed-2"]
    found = [record.read(where.record_path(one)) for one in jobs]
    assert [one.seed for one in found] == [1, 2]
    assert found[0].score("mle_best", "nll_gen") != found[1].score("mle_best", "nll_gen")
    assert run(jobs, where) == (outcome, [])


@pytest.mark.parametrize("share", [True, False])
def test_the_arms_of_a_comparison_train_their_mle_once_unless_told_otherwise(tmp_path: Path, share: bool) -> None:
    arm = SEQGAN.replace("pretrain_epochs = 2", "pretrain_epochs = 2\npretrain_batch = 16")
    files, where = write(tmp_path, alone=MLE, arm=arm), Places(tmp_path / "runs", tmp_path / "results", share)
    jobs = [job(files[name]) for name in ("alone", "arm")]
    assert run(jobs, where)[0].finished == 2
    mle, found = (record.read(where.record_path(one)) for one in jobs)
    assert found.taken_over == ({"pretrain_generator": "alone/seed-1"} if share else {})
    assert found.score("mle_best", "nll_gen") == mle.score("mle_best", "nll_gen")


@pytest.mark.thorough
def test_temperatures_are_added_to_a_finished_seed_without_training_it_again(tmp_path: Path) -> None:
    files, where = write(tmp_path, tiny_seqgan=SEQGAN), places(tmp_path)
    jobs = [job(files["tiny_seqgan"])]
    run(jobs, where)
    before = record.read(where.record_path(jobs[0]))
    journal = (where.folder(jobs[0]) / "journal.jsonl").read_bytes()
    run(jobs, where, (0.5, 1.0))
    after = record.read(where.record_path(jobs[0]))
    swept = {(point.checkpoint, point.temperature): point for point in after.temperatures}
    assert set(swept) == {(c, t) for c in ("mle_best", "adversarial_last") for t in (0.5, 1.0)}
    # At temperature 1 the sweep measures what the final table measured, on the very same samples.
    assert swept["adversarial_last", 1.0].scores == after.scores["adversarial_last"]
    assert swept["mle_best", 1.0].scores != swept["mle_best", 0.5].scores
    assert after.model_copy(update={"temperatures": []}) == before
    assert (where.folder(jobs[0]) / "journal.jsonl").read_bytes() == journal


@pytest.mark.thorough
def test_a_half_done_run_is_resumed_and_ends_as_if_never_stopped(tmp_path: Path) -> None:
    files, where, whole = write(tmp_path, tiny_seqgan=SEQGAN), places(tmp_path), places(tmp_path / "whole")
    jobs = [job(files["tiny_seqgan"])]
    where.folder(jobs[0]).parent.mkdir(parents=True)
    with pytest.raises(Interrupted):
        train(jobs[0].experiment, where.folder(jobs[0]), Impatient(quiet=True))
    run(jobs, where)
    run(jobs, whole)
    stopped, never = (record.read(one.record_path(jobs[0])) for one in (where, whole))
    assert (stopped.resumes, never.resumes) == (1, 0)
    assert stopped.scores == never.scores
    assert [p.scores for p in stopped.curve] == [p.scores for p in never.curve]


@pytest.mark.thorough
def test_a_run_that_is_stopped_leaves_the_record_of_its_curve_so_far(tmp_path: Path) -> None:
    files, where = write(tmp_path, tiny_seqgan=SEQGAN), places(tmp_path)
    one = job(files["tiny_seqgan"])
    for _ in range(2):  # stopped in the first epoch, then in the second, after the evaluation of the first
        with pytest.raises(Interrupted):
            carry_out(one, where, (), Impatient(quiet=True))
    stopped = record.read(where.record_path(one))
    assert (stopped.status, stopped.scores, len(stopped.curve)) == ("unfinished", {}, 1)
    assert stopped.cost["seconds"] > 0
    shutil.rmtree(where.folder(one))
    with pytest.raises(Interrupted):
        carry_out(one, where, (), Impatient(quiet=True))
    assert record.read(where.record_path(one)) == stopped, "a run begun anew got less far"
    run([one], where)
    whole = record.read(where.record_path(one))
    assert (whole.status, whole.curve[0].scores) == ("finished", stopped.curve[0].scores)


def way(points: int, *, every: int = 5, seconds: float = 100.0) -> dict[str, Any]:
    """Return the curve of an adversarial stage, and its seconds, for a record."""
    steps = range(every, every * points + 1, every)
    return {
        "curve": [Point(phase="adversarial", step=n, seconds=n, scores={}) for n in steps],
        "cost": {"seconds": seconds},
    }


def unfinished(**more: Any) -> Record:
    return finished("tiny_mle", 1, status="unfinished", **more)


MLE_ONLY: dict[str, Any] = {
    "curve": [Point(phase="pretrain_generator", step=900, seconds=5.0, scores={})],
    "cost": {"seconds": 200.0},
}
BOTH = {"curve": [*MLE_ONLY["curve"], *way(1)["curve"]], "cost": {"seconds": 201.0}}


@pytest.mark.parametrize(
    ("before", "made", "kept"),
    [
        (unfinished(**way(120)), unfinished(**way(65, every=10)), "made"),  # beyond 120 points a curve is thinned
        (unfinished(**way(65, every=10)), unfinished(**way(70)), "before"),  # fewer points, but farther
        (unfinished(**MLE_ONLY), unfinished(**BOTH), "made"),
        (unfinished(**BOTH), unfinished(**MLE_ONLY), "before"),
        (unfinished(**way(2)), unfinished(**way(2, seconds=101.0)), "made"),
        (finished("tiny_mle", 1), unfinished(**way(120)), "before"),
        (finished("tiny_mle", 1, status="failed"), unfinished(**way(1)), "made"),
        (finished("tiny_mle", 1, status="failed", **way(2)), unfinished(**way(1)), "before"),
    ],
)
def test_a_stopped_run_is_recorded_over_what_got_less_far_and_never_over_an_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: Record, made: Record, kept: str
) -> None:
    where, one = places(tmp_path), job(write(tmp_path, tiny_mle=MLE)["tiny_mle"])
    record.write(where.record_path(one), before)
    monkeypatch.setattr(seed, "_record", lambda *_, **__: made)
    seed._keep_so_far(one, where)
    assert record.read(where.record_path(one)) == {"before": before, "made": made}[kept]


def test_a_record_that_cannot_be_written_does_not_hide_that_the_run_was_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    where, one = places(tmp_path), job(write(tmp_path, tiny_mle=MLE)["tiny_mle"])
    where.results.write_text("a file where the folder should be")
    with pytest.raises(Interrupted):
        carry_out(one, where, (), Impatient(quiet=True))
    assert where.results.is_file()


@pytest.mark.parametrize(
    "before", [unfinished(**way(3)), finished("tiny_mle", 1), None], ids=lambda found: str(found and found.status)
)
def test_a_job_that_is_given_up_keeps_the_curve_of_its_record(
    tmp_path: Path, quick: None, before: Record | None
) -> None:
    where, one = places(tmp_path), job(write(tmp_path, tiny_mle=MLE)["tiny_mle"])
    if before:
        record.write(where.record_path(one), before)
    where.folder(one).mkdir(parents=True)
    (where.folder(one) / "model.safetensors").touch()  # so that a finished run can still be swept, and fail at that
    grid = Grid([one], where, (0.5,))
    assert Runner(grid, Pretending(where, codes=[1, 1]), QUIET).run().given_up == [one.key]
    found = record.read(where.record_path(one))
    if before and before.status == "finished":
        assert found == before
    else:
        assert (found.status, len(found.failures)) == ("failed", 2)
        assert found.curve == (before.curve if before else [])


@pytest.mark.thorough
def test_a_job_that_is_given_up_has_the_curve_of_its_run_folder(tmp_path: Path, quick: None) -> None:
    where, one = places(tmp_path), job(write(tmp_path, tiny_seqgan=SEQGAN)["tiny_seqgan"])
    where.folder(one).parent.mkdir(parents=True)
    for begin in (
        lambda: train(one.experiment, where.folder(one), Impatient(quiet=True)),
        lambda: resume(where.folder(one), Impatient(quiet=True)),
    ):
        with pytest.raises(Interrupted):  # the second stop comes after an evaluation; no record was written
            begin()
    Runner(Grid([one], where), Pretending(where, codes=[1, 1]), QUIET).run()
    found = record.read(where.record_path(one))
    assert (found.status, len(found.curve), len(found.failures)) == ("failed", 1, 2)
    assert found.cost["seconds"] > 0


@pytest.mark.thorough
def test_a_failed_run_is_tried_once_more_then_recorded_and_counted(tmp_path: Path) -> None:
    files, where = write(tmp_path, own=OWN, tiny_mle=MLE), places(tmp_path)
    (tmp_path / "own.py").write_text(BOOM, encoding="utf-8")
    jobs = [job(files["own"]), job(files["tiny_mle"])]
    outcome, started = run(jobs, where)
    assert started == ["own/seed-1", "own/seed-1", "tiny_mle/seed-1"]
    assert (outcome.finished, outcome.given_up) == (1, ["own/seed-1"])
    lost = record.read(where.record_path(jobs[0]))
    assert lost.status == "failed"
    assert [failure.attempt for failure in lost.failures] == [1, 2]
    assert "no such thing" in lost.failures[0].error
    assert run(jobs, where)[1] == []


@pytest.mark.thorough
def test_a_run_given_up_may_be_granted_new_attempts_and_its_failures_stay_counted(tmp_path: Path) -> None:
    files, where = write(tmp_path, own=OWN), places(tmp_path)
    (tmp_path / "own.py").write_text(BOOM, encoding="utf-8")
    jobs = [job(files["own"])]
    run(jobs, where)
    (tmp_path / "own.py").write_text(MENDED, encoding="utf-8")
    queue.note(where.queue, "retry", jobs[0].key)
    outcome, started = run(jobs, where)
    assert (outcome.finished, outcome.given_up, started) == (1, [], ["own/seed-1"])
    assert len(record.read(where.record_path(jobs[0])).failures) == 2


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A runner that looks at its jobs more often than is of use outside tests."""
    monkeypatch.setattr(runner, "POLL", 0.02)


def hold(where: Places, one: Job, seconds: float) -> threading.Thread:
    """Let a thread hold a job, from now on, for some seconds."""
    held = threading.Event()

    def work() -> None:
        with where.claimed(one) as mine:
            assert mine
            held.set()
            time.sleep(seconds)

    thread = threading.Thread(target=work)
    thread.start()
    assert held.wait(5)
    return thread


def test_two_runners_share_the_work_and_start_no_job_twice(tmp_path: Path, quick: None) -> None:
    file, where = write(tmp_path, tiny_mle=MLE)["tiny_mle"], places(tmp_path)
    jobs = [job(file, seed) for seed in range(1, 7)]
    launchers = [Pretending(where), Pretending(where)]
    runners = [Runner(Grid(jobs, where), launcher, Progress(quiet=True)) for launcher in launchers]
    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(Runner.run, runners))
    assert [outcome.finished for outcome in outcomes] == [6, 6]
    first, second = (launcher.started for launcher in launchers)
    assert sorted(first + second) == [one.key for one in jobs]
    assert min(len(first), len(second)) >= 2
    assert [event for event in queue.events(where.queue) if event["event"] == "failed"] == []


def test_a_job_that_another_process_holds_is_waited_for_when_the_others_are_done(
    tmp_path: Path, quick: None, capsys: pytest.CaptureFixture[str]
) -> None:
    file, where = write(tmp_path, tiny_mle=MLE)["tiny_mle"], places(tmp_path)
    jobs, launcher = [job(file, seed) for seed in (1, 2)], Pretending(where)
    thread = hold(where, jobs[0], 1.0)
    outcome = Runner(Grid(jobs, where), launcher, Progress()).run()
    thread.join()
    assert outcome.finished == 2
    assert launcher.started == [jobs[1].key, jobs[0].key]
    assert capsys.readouterr().err.count("tiny_mle/seed-1: another process is at it") == 1


def test_a_job_that_was_busy_or_stopped_by_a_signal_did_not_fail(tmp_path: Path, quick: None) -> None:
    where = places(tmp_path)
    jobs = [job(write(tmp_path, tiny_mle=MLE)["tiny_mle"])]
    launcher = Pretending(where, codes=[BUSY, *(code for n in (1, 2, 15) for code in (128 + n, -n))])
    assert Runner(Grid(jobs, where), launcher, QUIET).run().finished == 1
    assert launcher.started == [jobs[0].key] * 8
    events = [event["event"] for event in queue.events(where.queue) if event["event"] != "start"]
    assert events == ["stopped"] * 6 + ["finished"]


def test_a_failure_tells_what_its_own_attempt_said(tmp_path: Path, quick: None) -> None:
    where = places(tmp_path)
    jobs = [job(write(tmp_path, tiny_mle=MLE)["tiny_mle"])]
    where.log(jobs[0]).parent.mkdir(parents=True)
    launcher = Pretending(where, codes=[1, -9], lines=["error: the disk is full", "Killed"])
    Runner(Grid(jobs, where), launcher, QUIET).run()
    said = [failure.error for failure in queue.failures(queue.events(where.queue), jobs[0].key)]
    assert said == ["exit code 1: error: the disk is full", "exit code -9: Killed"]


def test_a_job_whose_lock_is_only_looked_at_is_not_busy(tmp_path: Path) -> None:
    where, one = places(tmp_path), job(write(tmp_path, tiny_mle=MLE)["tiny_mle"])
    record.write(where.record_path(one), finished("tiny_mle", 1))
    thread = hold(where, one, 0.3)
    assert carry_out(one, where, (), QUIET) == where.record_path(one)
    thread.join()


def test_a_run_resumed_by_hand_is_busy_and_not_a_failure(tmp_path: Path) -> None:
    where, one = places(tmp_path), job(write(tmp_path, tiny_mle=MLE)["tiny_mle"])
    folder = RunFolder(where.folder(one))
    folder.path.mkdir(parents=True)
    folder.write_config(one.experiment)
    with folder.locked():
        assert where.is_claimed(one)
        with pytest.raises(BusyError, match="Another process is carrying out tiny_mle/seed-1") as error:
            carry_out(one, where, (), QUIET)
    assert error.value.exit_code == BUSY
    assert not where.is_claimed(one)


def test_a_finished_run_whose_model_is_gone_is_not_swept(tmp_path: Path) -> None:
    where, one = places(tmp_path), job(write(tmp_path, tiny_mle=MLE)["tiny_mle"])
    record.write(where.record_path(one), finished("tiny_mle", 1))
    where.folder(one).mkdir(parents=True)
    outcome, started = run([one], where, (0.5, 1.0))
    assert (outcome.finished, outcome.given_up, started) == (1, [], [])
    carry_out(one, where, (0.5, 1.0), QUIET)
    assert record.read(where.record_path(one)) == finished("tiny_mle", 1)


def test_other_settings_under_the_same_name_are_refused_before_anything_starts(tmp_path: Path) -> None:
    files, where = write(tmp_path, tiny_mle=MLE), places(tmp_path)
    run([job(files["tiny_mle"])], where)
    write(tmp_path, tiny_mle=MLE.replace("hidden = 8", "hidden = 16"))
    with pytest.raises(ConfigError, match=r"generator\.hidden was 8, is 16") as error:
        check_settings([job(files["tiny_mle"])], where)
    assert "give the experiment another name" in str(error.value)
    write(tmp_path, tiny_mle=MLE + "threads = 1\n")
    check_settings([job(files["tiny_mle"])], where)  # how a run is carried out may change


def test_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    first, second = (write(tmp_path / name, tiny_mle=MLE)["tiny_mle"] for name in ("a", "b"))
    with pytest.raises(ConfigError, match="Two experiments are called 'tiny_mle'"):
        check_names([job(first), job(second)])


def test_the_time_left_shares_what_is_left_among_the_workers(tmp_path: Path) -> None:
    files, where = write(tmp_path, tiny_mle=MLE), places(tmp_path)
    jobs = [job(files["tiny_mle"], seed) for seed in (1, 2, 3)]
    left = {jobs[0].key: 100.0, jobs[1].key: 50.0, jobs[2].key: 150.0}
    at_work = Runner(Grid(jobs, where, workers=2, left=left), None, QUIET)  # type: ignore[arg-type]
    assert at_work.left() == 150.0
    left[jobs[2].key] = 400.0
    assert at_work.left() == 400.0  # no worker can share one run
