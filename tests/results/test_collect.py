"""From a run folder to a record: a real tiny run, thinning, and paths that stay private."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from bench.grids import QUIET, SEQGAN, job, write
from seqgan.errors import RunError
from seqgan.results import record
from seqgan.results.collect import curve, failed, record_of, relative, thinned
from seqgan.results.flops import Counter
from seqgan.results.record import Failure, Point
from seqgan.runs.journal import read
from seqgan.runs.train import train


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished tiny run of SeqGAN."""
    folder = tmp_path_factory.mktemp("collect")
    return train(job(write(folder, tiny=SEQGAN)["tiny"], 4).experiment, folder / "run", QUIET)


def test_a_record_holds_what_the_journal_says(run: Path) -> None:
    found = record_of(run, "tiny", "seqgan bench seed x", [Failure(attempt=1, error="e")])
    events = list(read(run / "journal.jsonl"))
    finish = next(event for event in events if event["event"] == "finish")
    assert (found.seed, found.command, len(found.failures)) == (4, "seqgan bench seed x", 1)
    assert set(found.scores) == set(finish["checkpoints"]) >= {"real", "mle_best", "adversarial_last"}
    wanted = {score["name"]: score["value"] for score in finish["checkpoints"]["adversarial_last"]}
    assert {score.name: score.value for score in found.scores["adversarial_last"]} == wanted
    assert found.cost["generated_sequences"] == finish["generated_sequences"] > 0
    assert found.cost["seconds"] == finish["seconds"]
    assert found.date == finish["time"][:10]
    assert {change["after"] for change in found.changes} == {"adversarial_last", "adversarial_best"}
    assert found.verdict
    assert found.environment["device"] == "cpu"
    assert found.environment["threads"] >= 1
    assert all(len(rows) == 5 for rows in found.samples.values())


def test_the_curve_has_every_evaluation_with_what_was_logged_beside_it(run: Path) -> None:
    events = list(read(run / "journal.jsonl"))
    points = curve(events, None)
    assert [(p.phase, p.step) for p in points] == [
        *(("pretrain_generator", n) for n in (1, 2)),
        *(("adversarial", n) for n in (1, 2)),
    ]
    logged = [event["accuracy"] for event in events if event["event"] == "adversarial"]
    assert [p.scores["accuracy"] for p in points[2:]] == logged
    assert "accuracy" not in points[0].scores
    assert all("valid_nll" in point.scores and "nll_gen" in point.scores for point in points)


@pytest.mark.parametrize("stage", ["mle", "scheduled_sampling"])
def test_every_stage_of_likelihood_has_its_validation_loss_beside_its_evaluations(stage: str) -> None:
    epoch = {"event": stage, "phase": "pretrain_generator", "step": 1, "valid_nll": 7.5, "best": 7.5}
    evaluated = {"event": "evaluate", "phase": "pretrain_generator", "step": 1, "seconds": 1.0, "scores": []}
    assert [point.scores for point in curve([epoch, evaluated], None)] == [{"valid_nll": 7.5}]


def test_the_epochs_of_every_network_that_learns_by_likelihood_are_counted() -> None:
    def evaluated(phase: str, step: int) -> dict[str, object]:
        return {"event": "evaluate", "phase": phase, "step": step, "seconds": 1.0, "scores": []}

    events = [evaluated("pretrain_1/batches", 3), evaluated("pretrain_generator", 2), evaluated("adversarial", 4)]
    counter = Counter(epoch=10.0, labelled=0.0, step=100.0, pretrain_sets=0)
    assert [point.flop for point in curve(events, counter)] == [30, 30 + 20, 30 + 20 + 400]


def test_a_record_can_be_written_and_stays_small(run: Path, tmp_path: Path) -> None:
    made = record_of(run, "tiny")
    record.write(tmp_path / "seed-4.json", made)
    assert record.read(tmp_path / "seed-4.json") == made
    assert (tmp_path / "seed-4.json").stat().st_size < 100_000


def test_an_unfinished_run_has_no_record(tmp_path: Path, run: Path) -> None:
    lines = (run / "journal.jsonl").read_text().splitlines(keepends=True)
    half = tmp_path / "half"
    half.mkdir()
    (half / "journal.jsonl").write_text("".join(line for line in lines if json.loads(line)["event"] != "finish"))
    with pytest.raises(RunError, match="not finished"):
        record_of(half, "tiny")
    with pytest.raises(RunError, match="not finished"):
        record_of(tmp_path / "nothing", "tiny", so_far=True)


def test_a_stopped_run_has_its_curve_and_seconds_so_far_and_no_scores(tmp_path: Path, run: Path) -> None:
    half, whole = tmp_path / "half", record_of(run, "tiny")
    shutil.copytree(run, half)
    lines = (run / "journal.jsonl").read_text().splitlines(keepends=True)
    places = [n for n, text in enumerate(lines) if json.loads(text)["event"] == "evaluate"]
    kept = lines[: places[2] + 1]
    (half / "journal.jsonl").write_text("".join(kept))
    found = record_of(half, "tiny", so_far=True)
    assert (found.status, found.seed, found.scores, found.changes, found.date) == ("unfinished", 4, {}, [], "")
    assert found.curve == whole.curve[:3]
    assert found.curve_signatures == whole.curve_signatures
    assert found.cost == {"seconds": json.loads(kept[-1])["seconds"]}
    assert (found.config, found.sizes, found.environment) == (whole.config, whole.sizes, whole.environment)
    assert record_of(run, "tiny", so_far=True) == whole


def test_thinning_keeps_the_last_point_and_at_most_so_many() -> None:
    points = [Point(phase="a", step=n, seconds=n, scores={}) for n in range(1000)]
    kept = thinned(points, 100)
    assert len(kept) <= 101
    assert kept[0] == points[0]
    assert kept[-1] == points[-1]
    assert thinned(points[:100], 100) == points[:100]


def test_no_folder_of_this_machine_stays_in_a_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    value = {"task": {"path": f"{tmp_path}/data/a.txt", "more": [f"see {tmp_path}/x", 3, None]}}
    assert relative(value) == {"task": {"path": "data/a.txt", "more": ["see x", 3, None]}}
    lost = failed("tiny", {"seed": 2, "task": {"path": f"{tmp_path}/a.txt"}}, "c", [Failure(attempt=1, error="e")])
    assert (lost.status, lost.seed, lost.config["task"]["path"]) == ("failed", 2, "a.txt")
