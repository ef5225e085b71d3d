"""A run that is stopped or killed anywhere and then resumed equals one that never was."""

from __future__ import annotations

import io
import json
import random
import signal
import time
from collections.abc import Callable
from pathlib import Path
from subprocess import Popen
from typing import Any

import pytest
import torch

from runs.rig import TINY, Impatient, journal, results
from seqgan.config import parse_overrides, resolve
from seqgan.errors import CheckpointError, RunError, SeqganError
from seqgan.progress import Progress
from seqgan.runs import final
from seqgan.runs.checkpoint import Checkpoints
from seqgan.runs.model import load_model
from seqgan.runs.signals import Interrupted
from seqgan.runs.train import resume, train

QUIET = Progress(quiet=True)
Launch = Callable[..., Popen[str]]
REAL = (
    "algorithm.name=seqgan",
    "algorithm.pretrain_epochs=2",
    "algorithm.pretrain_discriminator_steps=1",
    "algorithm.steps=2",
    "algorithm.negatives=40",
    "algorithm.rollout_policy=lagged",
    "algorithm.d_batch=16",
    "algorithm.epochs=2",
    "credit.rollouts=2",
    "discriminator.name=rnn",
    "run.evaluate_every=1",
)

COOPERATIVE = (
    "algorithm.name=cooperative",
    "algorithm.pretrain_epochs=2",
    "algorithm.pretrain_batch=20",
    "algorithm.mediators=2",
    "algorithm.steps=2",
    "algorithm.batch=8",
    "run.evaluate_every=1",
)
LIKELIHOOD_RATIO = ("algorithm.name=likelihood_ratio", *COOPERATIVE[1:])


@pytest.fixture
def whole(tmp_path: Path, toy: Callable[..., Any]) -> Path:
    """A run of the toy algorithm that nobody stopped."""
    return train(toy(), tmp_path / "whole", QUIET)


def stop_everywhere(experiment: Any, run: Path) -> int:
    """Start a run, stop it at every boundary, and return how often it was resumed."""
    stops = 0
    with pytest.raises(Interrupted) as first:
        train(experiment, run, Impatient(quiet=True))
    assert first.value.exit_code == 128 + signal.SIGTERM
    while stops < 500:
        try:
            resume(run, Impatient(quiet=True))
        except Interrupted:
            stops += 1
        else:
            break
    return stops


@pytest.mark.thorough
@pytest.mark.parametrize("algorithm", [COOPERATIVE, LIKELIHOOD_RATIO], ids=["cooperative", "likelihood_ratio"])
def test_networks_that_are_added_and_begun_anew_come_back_as_they_were(tmp_path, algorithm):
    """The toy algorithm has no mediators: here every one of them is half trained at some stop."""
    tiny = [setting for setting in TINY[1:] if not setting.startswith(("discriminator", "credit"))]
    chosen = resolve(("test", parse_overrides([*tiny, *algorithm])))
    whole = train(chosen, tmp_path / "whole", QUIET)
    assert 15 < stop_everywhere(chosen, tmp_path / "stopped") < 500
    assert journal(tmp_path / "stopped") == journal(whole)
    assert results(tmp_path / "stopped") == results(whole)


@pytest.mark.thorough
def test_a_run_stopped_at_every_boundary_equals_one_that_never_was(tmp_path, toy, whole):
    run = tmp_path / "stopped"
    assert 50 < stop_everywhere(toy(), run) < 500  # batches, epochs, sets, steps, and the final table
    assert journal(run) == journal(whole)
    assert results(run) == results(whole)


def test_a_resumed_run_says_so_in_its_journal(tmp_path, toy):
    with pytest.raises(Interrupted):
        train(toy(), tmp_path / "run", Impatient(quiet=True))
    resume(tmp_path / "run", QUIET)
    events = [json.loads(line) for line in journal(tmp_path / "run", keep_resumes=True)]
    assert [event["event"] for event in events].count("resume") == 1
    assert all(list(event)[:3] == ["event", "phase", "step"] for event in events)


def test_a_run_that_still_trains_has_the_model_of_its_last_checkpoint(tmp_path, toy):
    run = tmp_path / "run"
    with pytest.raises(Interrupted):
        train(toy(), run, Impatient(quiet=True))
    so_far = load_model(run)
    assert so_far.about["so_far"] == "pretrain_generator, step 1"
    state, _ = Checkpoints(run / "checkpoint", 2).load(print)
    kept = state["networks"]["generator"]
    assert all(torch.equal(value, kept[name]) for name, value in so_far.generator.state_dict().items())
    with pytest.raises(CheckpointError, match="no finished model"):
        load_model(run, unfinished=False)
    resume(run, QUIET)
    assert "so_far" not in load_model(run).about
    assert not (run / "model-so-far.safetensors").exists()


def test_the_model_is_there_before_it_is_measured(tmp_path, toy):
    run = tmp_path / "run"

    class AtTheEnd(Impatient):
        def bar(self, description, total, done=0):
            bar = super().bar if description == "final" else QUIET.bar
            return bar(description, total, done)

    with pytest.raises(Interrupted):
        train(toy(), run, AtTheEnd(quiet=True))
    assert (run / "model.safetensors").is_file()
    assert not any(json.loads(line)["event"] == "finish" for line in journal(run))


def test_what_an_earlier_version_did_not_measure_is_measured_at_the_end(tmp_path, toy, monkeypatch):
    """That version had no row of a counted model, and left the run with three columns measured."""
    run = tmp_path / "run"

    class AfterThree(Impatient):
        columns = 0

        def bar(self, description, total, done=0):
            return (super().bar if description == "final" else QUIET.bar)(description, total, done)

        def send(self, *_):
            self.columns += 1
            if self.columns == 3:
                super().send()

    known = final.columns
    monkeypatch.setattr(final, "columns", lambda session: [name for name in known(session) if name != "ngram"])
    with pytest.raises(Interrupted):
        train(toy(), run, AfterThree(quiet=True))
    monkeypatch.setattr(final, "columns", known)
    resume(run, QUIET)
    finish = json.loads(journal(run)[-1])
    assert {"real", "ngram"} <= set(finish["checkpoints"])


def test_a_finished_run_stays_as_it_is(whole):
    before = {p: p.read_bytes() for p in whole.rglob("*") if p.is_file()}
    assert resume(whole, QUIET) == whole
    assert {p: p.read_bytes() for p in whole.rglob("*") if p.is_file()} == before


def wait_for(process: Popen[str], done: Callable[[], bool]) -> bool:
    """Wait until ``done``; False where the process ended first."""
    while process.poll() is None:
        if done():
            return True
        time.sleep(0.002)
    return False


def kill_at_random(start: Launch, run: Path, first: tuple[str, ...], kills: int, dice: random.Random) -> int:
    """Start a run, kill -9 it ``kills`` times at random, finish it; return how many kills hit it alive."""
    done, command = 0, ("train", str(run), *first)
    size = lambda: (run / "journal.jsonl").stat().st_size if (run / "journal.jsonl").exists() else 0  # noqa: E731
    for _ in range(kills):
        process = start(*command)
        goal = size() + dice.randrange(0, 4000)
        if wait_for(process, lambda goal=goal: size() > goal):
            time.sleep(dice.random() * 0.05)
            process.kill()
            done += process.wait() == -signal.SIGKILL
        command = ("resume", str(run)) if (run / "config.toml").exists() else command
    finish = start(*command)
    assert finish.wait() == 0, finish.communicate()[1]
    return done


@pytest.mark.thorough
@pytest.mark.parametrize("minutes", ["0", "0.0005"])
def test_a_run_killed_at_random_equals_one_that_never_was(tmp_path, whole, start, minutes):
    settings = (*TINY, f"run.checkpoint_minutes={minutes}")
    kills = kill_at_random(start, tmp_path / "run", settings, 3, random.Random(minutes))
    assert kills >= 2
    assert journal(tmp_path / "run") == journal(whole)
    assert results(tmp_path / "run") == results(whole)


@pytest.mark.thorough
def test_seqgan_killed_at_random_equals_one_that_never_was(tmp_path, start):
    settings = (*TINY[1:], *REAL, "run.checkpoint_minutes=0")
    assert start("train", str(tmp_path / "whole"), *settings).wait() == 0
    kills = kill_at_random(start, tmp_path / "run", settings, 3, random.Random(3))
    assert kills >= 2
    assert journal(tmp_path / "run") == journal(tmp_path / "whole")
    assert results(tmp_path / "run") == results(tmp_path / "whole")


@pytest.mark.thorough
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_saves_and_ends_with_its_code(tmp_path, start, number):
    process = start("train", str(tmp_path / "run"), *TINY, "algorithm.steps=200")
    assert wait_for(process, lambda: "policy" in read(tmp_path / "run" / "journal.jsonl"))
    process.send_signal(number)
    message = process.communicate(timeout=20)[1]
    assert process.returncode == 128 + number
    assert f"seqgan resume {tmp_path / 'run'}" in message
    assert len(list((tmp_path / "run" / "checkpoint").glob("*.safetensors"))) == 2


@pytest.mark.thorough
def test_a_second_signal_ends_the_process_at_once(tmp_path, start):
    process = start("train", str(tmp_path / "run"), *TINY, "algorithm.pause=60")
    assert wait_for(process, lambda: "mle" in read(tmp_path / "run" / "journal.jsonl"))
    process.send_signal(signal.SIGINT)
    time.sleep(0.3)
    assert process.poll() is None  # busy in the middle of a step: nothing is saved halfway
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=5) == -signal.SIGINT


def read(path: Path) -> str:
    """Return the text of a file, or nothing where there is none yet."""
    return path.read_text() if path.exists() else ""


def test_a_run_killed_before_its_first_checkpoint_begins_anew(tmp_path, toy, whole):
    run = tmp_path / "run"
    run.mkdir()
    (run / "config.toml").write_text(toy().to_toml())
    (run / "journal.jsonl").write_text('{"event": "start", "phase": "st')
    resume(run, QUIET)
    assert journal(run) == journal(whole)
    assert results(run) == results(whole)
    assert (run / "data.json").read_bytes() == (whole / "data.json").read_bytes()
    facts, usual = (json.loads((folder / "environment.json").read_text()) for folder in (run, whole))
    assert facts["resumes"] == [{}]
    assert {"commit", "device", "threads", "versions"} <= facts.keys() == {*usual, "resumes"} - {"origins"}


def damage(path: Path, how: str) -> None:
    """Cut a file in half, or change one byte of a tensor or of the plain data."""
    data = bytearray(path.read_bytes())
    if how == "truncated":
        data = data[: len(data) // 2]
    else:
        place = len(data) - 7 if how == "edited tensor" else data.index(b"rollbacks")
        data[place] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("how", ["truncated", "edited tensor", "edited text", "empty"])
def test_a_damaged_checkpoint_is_named_and_the_previous_one_used(tmp_path, toy, whole, how):
    run, heard = tmp_path / "run", io.StringIO()
    with pytest.raises(Interrupted):
        train(toy("run.checkpoint_minutes=0"), run, Impatient(quiet=True))
    newest = sorted((run / "checkpoint").glob("*.safetensors"))[-1]
    newest.write_bytes(b"") if how == "empty" else damage(newest, how)
    resume(run, Progress(stream=heard))
    assert newest.name in heard.getvalue()
    assert "previous checkpoint is used" in heard.getvalue()
    assert newest.name in (run / "journal.jsonl").read_text()
    assert journal(run) == journal(whole)
    assert results(run) == results(whole)


def test_where_every_checkpoint_is_damaged_nothing_is_guessed(tmp_path, toy):
    run = tmp_path / "run"
    with pytest.raises(Interrupted):
        train(toy(), run, Impatient(quiet=True))
    for path in (run / "checkpoint").glob("*.safetensors"):
        damage(path, "truncated")
    for _ in range(2):
        with pytest.raises(CheckpointError, match="Delete that folder"):
            resume(run, QUIET)


@pytest.mark.thorough
def test_a_full_disk_leaves_the_last_good_checkpoint(tmp_path, start, toy, whole):
    run = tmp_path / "run"
    with pytest.raises(Interrupted):
        train(toy("run.checkpoint_minutes=0"), run, Impatient(quiet=True))
    before = {p.name: p.read_bytes() for p in (run / "checkpoint").iterdir()}
    full = start("limit=20000", "resume", str(run))
    message = full.communicate(timeout=60)[1]
    assert full.returncode == 2, message
    assert message.count("could not be written") == 1
    assert f"seqgan resume {run}" in message
    assert {p.name: p.read_bytes() for p in (run / "checkpoint").iterdir()} == before
    resume(run, QUIET)
    assert journal(run) == journal(whole)
    assert results(run) == results(whole)


@pytest.mark.thorough
def test_a_second_process_is_kept_out(tmp_path, start, toy):
    run = tmp_path / "run"
    busy = start("train", str(run), *TINY, "algorithm.steps=500")
    assert wait_for(busy, lambda: "mle" in read(run / "journal.jsonl"))
    with pytest.raises(RunError, match="Another process is writing"):
        resume(run, QUIET)
    with pytest.raises(RunError, match="already holds a run"):
        train(toy(), run, QUIET)
    busy.kill()
    busy.wait()
    assert '"event": "mle"' in read(run / "journal.jsonl")
    assert '"event": "finish"' not in read(run / "journal.jsonl")


def test_someone_elses_settings_data_or_checkpoint_are_refused(tmp_path, toy):
    run = tmp_path / "run"
    with pytest.raises(Interrupted):
        train(toy(), run, Impatient(quiet=True))
    own = (run / "config.toml").read_text()
    (run / "config.toml").write_text(own.replace("learning_rate = 0.01", "learning_rate = 0.02"))
    with pytest.raises(CheckpointError, match=r"other settings than config\.toml"):
        resume(run, QUIET)
    (run / "config.toml").write_text(own.replace("checkpoint_minutes = 5.0", "checkpoint_minutes = 1.0"))
    assert resume(run, QUIET) == run  # how often it is saved may change


def test_nothing_is_written_for_settings_that_cannot_work(tmp_path, toy):
    with pytest.raises(SeqganError):
        train(toy("reward.name=function", "reward.target=no_such_module:f"), tmp_path / "run", QUIET)
    assert not (tmp_path / "run").exists()


def test_a_folder_with_other_files_is_refused(tmp_path, toy):
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(RunError, match="not empty"):
        train(toy(), tmp_path, QUIET)
    with pytest.raises(RunError, match="not a run folder"):
        resume(tmp_path, QUIET)


def test_the_seed_matters_and_the_callers_random_stream_does_not(tmp_path, toy, whole):
    import torch

    torch.manual_seed(5)
    before = torch.get_rng_state()
    train(toy(), tmp_path / "again", QUIET)
    assert torch.equal(torch.get_rng_state(), before)
    assert journal(tmp_path / "again") == journal(whole)
    train(toy("seed=2"), tmp_path / "other", QUIET)
    assert journal(tmp_path / "other") != journal(whole)


def test_evaluating_with_more_samples_does_not_change_training(tmp_path, toy, whole):
    train(toy("run.evaluate_samples=30"), tmp_path / "run", QUIET)
    learned = [line for line in journal(tmp_path / "run") if "policy_gradient" in line]
    assert learned
    assert learned == [line for line in journal(whole) if "policy_gradient" in line]
    assert (tmp_path / "run" / "model.safetensors").read_bytes() == (whole / "model.safetensors").read_bytes()
