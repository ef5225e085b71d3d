"""A run that takes a likelihood training over is the run that would have trained itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from runs.rig import TINY, Impatient, journal, results
from seqgan import registry
from seqgan.algorithms import mle
from seqgan.config import Experiment, parse_overrides, resolve
from seqgan.progress import Progress
from seqgan.reports.report import stage_costs
from seqgan.results.collect import record_of
from seqgan.runs import checkpoint
from seqgan.runs.checkpoint import Checkpoints
from seqgan.runs.evaluation import Evaluator
from seqgan.runs.session import Session
from seqgan.runs.shelf import code
from seqgan.runs.signals import Interrupted
from seqgan.runs.train import resume, train

QUIET = Progress(quiet=True)
TASK = (
    "task.name=oracle_grammar",
    *(line for line in TINY if not line.startswith(("algorithm", "discriminator"))),
    "run.evaluate_every=1",
)
MLE = ("algorithm.name=mle", "algorithm.epochs=3", "algorithm.batch=16")
PRETRAIN = ("algorithm.pretrain_epochs=3", "algorithm.pretrain_batch=16")
SEQGAN = (
    "algorithm.name=seqgan",
    *PRETRAIN,
    "algorithm.pretrain_discriminator_steps=1",
    "algorithm.steps=2",
    "algorithm.negatives=16",
    "algorithm.batch=8",
    "discriminator.name=rnn",
    "discriminator.hidden=4",
    "credit.name=sequence",
)
CONSTANT = (*SEQGAN, "reward.name=constant")
RATIO = (
    "algorithm.name=likelihood_ratio",
    *PRETRAIN,
    "algorithm.mediators=2",
    "algorithm.steps=2",
    "algorithm.batch=8",
)
COOPERATIVE = ("algorithm.name=cooperative", *RATIO[1:])


def made(*overrides: str) -> Experiment:
    return resolve(("test", parse_overrides([*TASK, *overrides])))


def told(folder: Path) -> list[str]:
    """Return the journal without times, resumptions and the events that say what was taken over."""
    return [line for line in journal(folder) if json.loads(line)["event"] != "taken_over"]


def taken(folder: Path) -> dict[str, str]:
    return record_of(folder, "test").taken_over


def state(folder: Path) -> Any:
    """Return the last checkpoint of a run, without what depends on the clock."""
    found = Checkpoints(folder / "checkpoint", 2).load(print)
    assert found is not None
    return ordered({name: value for name, value in found[0].items() if name not in ("seconds", "journal_length")})


def ordered(value: Any) -> Any:
    """Return plain data with every dict in the order of its keys and every tensor as a list."""
    if isinstance(value, dict):
        return {name: ordered(value[name]) for name in sorted(value, key=str)}
    if isinstance(value, (list, tuple)):
        return [ordered(inner) for inner in value]
    return value.tolist() if isinstance(value, torch.Tensor) else value


@pytest.mark.parametrize(
    ("donor", "run", "phases"),
    [
        (MLE, SEQGAN, ["pretrain_generator"]),
        (SEQGAN, MLE, ["pretrain_generator"]),
        (CONSTANT, SEQGAN, ["pretrain_generator"]),
        (RATIO, (*RATIO, "reward.own_weight=0.5"), ["pretrain_1", "pretrain_2", "pretrain_generator"]),
        (COOPERATIVE, RATIO, ["pretrain_1", "pretrain_generator"]),
    ],
    ids=["mle-seqgan", "seqgan-mle", "constant-seqgan", "ratio-ratio", "cooperative-ratio"],
)
def test_a_run_that_takes_a_training_over_equals_one_that_trained_itself(tmp_path, donor, run, phases):
    alone = train(made(*run), tmp_path / "alone", QUIET)
    first = train(made(*donor), tmp_path / "first", QUIET, shelf=tmp_path / "shelf")
    later = train(made(*run), tmp_path / "later", QUIET, shelf=tmp_path / "shelf")
    assert taken(first) == {}
    assert taken(later) == dict.fromkeys(phases, f"{tmp_path.name}/first")
    assert told(later) == told(alone)
    assert results(later) == results(alone)
    assert state(later) == state(alone)


def test_the_seconds_of_a_training_count_for_every_run_that_takes_it_over(tmp_path, monkeypatch):
    now = {"seconds": 0.0}
    monkeypatch.setattr("time.monotonic", lambda: now["seconds"])
    step = Session.step

    def slow(self: Session, *arguments: Any) -> float:
        now["seconds"] += 100
        return step(self, *arguments)

    monkeypatch.setattr(Session, "step", slow)
    runs, spent = [tmp_path / "first", tmp_path / "later"], []
    for folder in runs:
        begun = now["seconds"]
        train(made(*RATIO), folder, QUIET, shelf=tmp_path / "shelf")
        spent.append(now["seconds"] - begun)
    assert spent[0] > 2 * spent[1] > 0, "the second run took only the steps after likelihood"
    first, later = (record_of(folder, "test") for folder in runs)
    assert later.cost["seconds"] == first.cost["seconds"] == spent[0]
    assert times(runs[1]) == times(runs[0])


def times(folder: Path) -> list[tuple[str, float]]:
    return [(event["event"], event["seconds"]) for event in timed(folder) if event["event"] != "taken_over"]


def test_a_metric_that_was_left_out_is_named_once(tmp_path, monkeypatch):
    begin = Evaluator.__init__

    def asked_for_more(self: Evaluator, *arguments: Any) -> None:
        begin(self, *arguments)
        self._metrics["nll_oracle"], self._oracle = registry.load("metrics", "nll_oracle"), None

    monkeypatch.setattr(Evaluator, "__init__", asked_for_more)
    for name in ("first", "later"):
        folder = train(made(*SEQGAN), tmp_path / name, QUIET, shelf=tmp_path / "shelf")
        skipped = [line for line in told(folder) if '"metric_skipped"' in line]
        assert len(skipped) == 1, name
        assert "nll_oracle" in skipped[0]
    assert taken(folder)


@pytest.mark.parametrize(
    "other",
    [
        "seed=2",
        pytest.param("algorithm.epochs=2", marks=pytest.mark.thorough),
        pytest.param("algorithm.batch=8", marks=pytest.mark.thorough),
        pytest.param("algorithm.learning_rate=0.02", marks=pytest.mark.thorough),
        pytest.param("algorithm.decay=0.5", marks=pytest.mark.thorough),
        "algorithm.clip=1.0",
        pytest.param("generator.dropout=0.2", marks=pytest.mark.thorough),
        pytest.param("task.train_rows=30", marks=pytest.mark.thorough),
        pytest.param("run.evaluate_samples=11", marks=pytest.mark.thorough),
        "run.dtype=bf16",
    ],
)
def test_another_beginning_is_another_training(tmp_path, other):
    train(made(*MLE), tmp_path / "first", QUIET, shelf=tmp_path / "shelf")
    later = train(made(*MLE, other), tmp_path / "later", QUIET, shelf=tmp_path / "shelf")
    assert taken(later) == {}
    assert len(list((tmp_path / "shelf").iterdir())) == 2


def test_other_code_is_another_training(tmp_path, monkeypatch):
    train(made(*MLE), tmp_path / "first", QUIET, shelf=tmp_path / "shelf")
    monkeypatch.setattr("seqgan.runs.shelf.code", lambda package: "other")
    assert taken(train(made(*MLE), tmp_path / "later", QUIET, shelf=tmp_path / "shelf")) == {}


def test_the_code_that_counts_is_that_which_trains(tmp_path):
    for name in ("runs/a.py", "reports/b.py", "runs/notes.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("1")
    before = code(tmp_path)
    (tmp_path / "reports" / "b.py").write_text("2")
    (tmp_path / "runs" / "notes.txt").write_text("2")
    assert code(tmp_path) == before
    (tmp_path / "runs" / "a.py").write_text("2")
    changed = code(tmp_path)
    (tmp_path / "runs" / "a.py").rename(tmp_path / "runs" / "c.py")
    assert len({before, changed, code(tmp_path)}) == 3


def test_nothing_is_shared_where_code_of_another_package_takes_part(tmp_path, monkeypatch):
    monkeypatch.setattr("seqgan.runs.shelf.PACKAGE", tmp_path)
    train(made(*MLE), tmp_path / "run", QUIET, shelf=tmp_path / "shelf")
    assert not (tmp_path / "shelf").exists()


def test_no_training_is_none_to_share(tmp_path):
    for name in ("first", "later"):
        run = train(made(*SEQGAN, "algorithm.pretrain_epochs=0"), tmp_path / name, QUIET, shelf=tmp_path / "shelf")
        assert taken(run) == {}
    assert not (tmp_path / "shelf").exists()


def test_scheduled_sampling_is_not_likelihood_and_is_not_shared(tmp_path):
    train(made("algorithm.name=scheduled_sampling", "algorithm.epochs=2"), tmp_path / "r", QUIET, shelf=tmp_path / "s")
    assert not (tmp_path / "s").exists()


def test_a_training_inside_another_phase_is_not_shared(tmp_path, monkeypatch):
    def rounds(s: Session, settings: mle.Settings) -> None:
        s.optimizer("generator", settings.learning_rate)
        for _ in s.phase("rounds", 2):
            mle.maximum_likelihood(s, "generator", mle.Plan(2, 16, 0, 1.0))

    monkeypatch.setattr(mle, "run", rounds)
    runs = [train(made(*MLE), tmp_path / name, QUIET, shelf=tmp_path / "shelf") for name in ("first", "later")]
    assert not (tmp_path / "shelf").exists()
    assert results(runs[0]) == results(runs[1])


def test_a_training_that_stopped_early_counts_the_epochs_that_were_done(tmp_path):
    """What reads the journal takes the number of epochs from it: operations of the curve, stages of the report."""
    early = (*SEQGAN, "algorithm.pretrain_epochs=30", "algorithm.patience=1", "algorithm.pretrain_learning_rate=0.5")
    runs = [train(made(*early), tmp_path / name, QUIET, shelf=tmp_path / "shelf") for name in ("first", "later")]
    first, later = ([json.loads(line) for line in journal(run)] for run in runs)
    (event,) = [event for event in later if event["event"] == "taken_over"]
    assert event["phase"] == "pretrain_generator"
    assert event["step"] == max(event["step"] for event in first if event["phase"] == "pretrain_generator") < 30
    curves = [record_of(run, "test").curve for run in runs]
    assert [(point.phase, point.step) for point in curves[0]] == [(point.phase, point.step) for point in curves[1]]
    steps = [{one["label"]: one["steps"] for one in stage_costs(timed(run)) if one["steps"]} for run in runs]
    assert steps[0] == steps[1]


def timed(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "journal.jsonl").read_text(encoding="utf-8").splitlines()]


def test_a_run_killed_after_taking_over_and_before_a_checkpoint_takes_over_again_or_trains(tmp_path):
    shelf, alone = tmp_path / "shelf", train(made(*SEQGAN), tmp_path / "alone", QUIET)
    train(made(*MLE), tmp_path / "mle", QUIET, shelf=shelf)
    for name, again in (("again", shelf), ("without", None)):
        run = train(made(*SEQGAN), tmp_path / name, QUIET, shelf=shelf)
        first = min((run / "checkpoint").iterdir())
        for path in set((run / "checkpoint").iterdir()) - {first}:
            path.unlink()
        first.unlink()  # killed before any checkpoint: it begins anew
        resume(run, QUIET, again)
        assert bool(taken(run)) == bool(again)
        assert results(run) == results(alone)
        assert told(run) == told(alone)


def test_the_folder_of_a_run_and_how_often_it_is_saved_do_not_matter(tmp_path):
    train(made(*MLE), tmp_path / "first", QUIET, shelf=tmp_path / "shelf")
    later = train(made(*MLE, "run.checkpoint_minutes=7"), tmp_path / "later", QUIET, shelf=tmp_path / "shelf")
    assert taken(later) == {"pretrain_generator": f"{tmp_path.name}/first"}


def test_a_damaged_training_is_carried_out_again_and_mended(tmp_path):
    shelf = tmp_path / "shelf"
    first = train(made(*MLE), tmp_path / "first", QUIET, shelf=shelf)
    (path,) = shelf.iterdir()
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    later = train(made(*MLE), tmp_path / "later", QUIET, shelf=shelf)
    assert taken(later) == {}
    assert results(later) == results(first)
    assert taken(train(made(*MLE), tmp_path / "last", QUIET, shelf=shelf)) != {}


def test_a_training_that_was_interrupted_is_not_kept_and_a_run_stopped_after_taking_over_goes_on(tmp_path):
    run, shelf = tmp_path / "run", tmp_path / "shelf"
    experiment = made(*SEQGAN, "run.checkpoint_minutes=0")
    with pytest.raises(Interrupted):
        train(experiment, run, Impatient(quiet=True), shelf=shelf)
    resume(run, QUIET, shelf)
    assert not shelf.exists()
    train(made(*MLE), tmp_path / "mle", QUIET, shelf=shelf)
    later = tmp_path / "later"
    with pytest.raises(Interrupted):
        train(experiment, later, Impatient(quiet=True), shelf=shelf)
    resume(later, QUIET, shelf)
    assert taken(later) == {"pretrain_generator": f"{tmp_path.name}/mle"}
    assert told(later) == told(run)
    assert results(later) == results(run)


def test_a_training_on_whose_way_something_happened_is_not_kept(tmp_path, monkeypatch):
    step, spoilt = Session.step, []

    def once_not_finite(self: Session, name: str, loss: Any) -> float:
        factor = 1.0 if spoilt else float("nan")
        spoilt.append(name)
        return step(self, name, loss * factor)

    monkeypatch.setattr(Session, "step", once_not_finite)
    train(made(*MLE), tmp_path / "first", QUIET, shelf=tmp_path / "shelf")
    assert spoilt
    assert not (tmp_path / "shelf").exists()


def test_a_full_disk_costs_the_shelf_and_not_the_run(tmp_path, capsys: Any, monkeypatch):
    write = checkpoint.write

    def full(path: Path, *rest: Any) -> None:
        if path.parent.name == "shelf":
            raise OSError(28, "No space left on device")
        write(path, *rest)

    monkeypatch.setattr("seqgan.runs.checkpoint.write", full)
    run = train(made(*MLE), tmp_path / "run", Progress(), shelf=tmp_path / "shelf")
    assert (run / "model.safetensors").is_file()
    assert "could not be kept for other runs (No space left on device)" in capsys.readouterr().err
