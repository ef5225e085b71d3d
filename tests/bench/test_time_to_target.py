"""Time to the paper's number: read from records and run folders, with the sharpened MLE as the control."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

from bench.grids import QUIET, job, record, swept, write
from conftest import ROOT
from house.source import script_at
from seqgan.results import record as records
from seqgan.results.record import Point
from seqgan.runs.train import train

ORACLE = (
    '[task]\nname = "oracle_lstm"\nparameters = "seeded"\nvocabulary = 12\nlength = 5\n'
    "train_rows = 80\nvalid_rows = 40\ntest_rows = 40\n"
    '[generator]\nname = "lstm"\nembedding = 4\nhidden = 8\n[algorithm]\nname = "mle"\nepochs = 4\nbatch = 16\n'
    "[run]\nevaluate_samples = 20\nfinal_samples = 20\nevaluate_every = 1\n"
)


@pytest.fixture(scope="module")
def script() -> ModuleType:
    return script_at(ROOT / "benchmarks" / "time_to_target.py")


def point(seconds: float, oracle: float | None, test: float, flop: float | None = None) -> dict:
    scores = {"nll_oracle": oracle, "nll_gen": test}
    return {"phase": "adversarial", "step": int(seconds), "seconds": seconds, "scores": scores, "flop": flop}


def control(script: ModuleType):
    points = [record("m", n, temperatures=swept("mle_best", (0.5, 7.0, 9.0), (1.0, 9.0, 7.0))) for n in (1, 2)]
    return script.control_curve(points)


def test_the_control_is_the_sharpened_mle_at_equal_nll_test(script: ModuleType) -> None:
    curve = [point(10, 9.0, 8.0, 1e12), point(20, 8.5, 8.0, 2e12), point(30, 7.5, 8.0, 3e12), point(40, None, 8.0)]
    course = script.of_record(record("gan", 1, curve=curve), control(script))
    assert [m.control for m in course.moments] == [pytest.approx(8.0)] * 3
    assert [script.label(m) for m in course.moments] == ["sharpening only"] * 2 + ["below the sharpened MLE"]
    hit = course.reached(8.736)
    assert (hit.seconds, hit.flop) == (20, 2e12)
    line = script.table([course], 8.736)[1]
    assert "20 s" in line
    assert "2.00 TFLOP" in line
    assert line.endswith("sharpened MLE there 8.000: sharpening only")
    assert "not reached; lowest NLL_oracle 7.500" in script.table([course], 5.0)[1]


def test_beyond_the_control_nothing_is_claimed(script: ModuleType) -> None:
    course = script.of_record(record("gan", 1, curve=[point(10, 8.0, 12.0)]), control(script))
    assert "not comparable" in script.label(course.moments[0])
    assert script.control_curve([record("m", 1)]) is None


def test_the_authors_time_is_the_sum_of_their_measured_stages(script: ModuleType) -> None:
    assert script.authors_seconds() == pytest.approx(120 * 4.7 + 150 * 11.6 + 73 * 15 * 11.6)


def test_an_unfinished_run_is_read_and_the_figure_is_the_same_each_time(script, tmp_path: Path, capsys) -> None:
    run = train(job(write(tmp_path, tiny=ORACLE)["tiny"]).experiment, tmp_path / "run", QUIET)
    lines = (run / "journal.jsonl").read_text().splitlines(keepends=True)
    (run / "journal.jsonl").write_text("".join(line for line in lines if '"finish"' not in line))
    course = script.of_run(run, None)
    assert [m.step for m in course.moments] == [1, 2, 3, 4]
    assert not course.finished
    token = 2 * (4 * 8 * (4 + 8) + 8 * 12)
    assert [m.flop for m in course.moments] == [3 * 80 * 5 * token * n for n in (1, 2, 3, 4)]
    figure = tmp_path / "f.svg"
    arguments = ["--run", str(run), "--results", str(tmp_path), "--figure", str(figure), "--target", "100"]
    assert script.main(arguments) == 0
    first = figure.read_bytes()
    assert script.main([*arguments, "--json", str(tmp_path / "f.json")]) == 0
    assert figure.read_bytes() == first
    said = capsys.readouterr().out
    assert "run: " in said
    assert "no control" in said
    assert '"nll_oracle"' in (tmp_path / "f.json").read_text()


def test_committed_records_are_read_by_name(script: ModuleType, tmp_path: Path, capsys) -> None:
    made = record("oracle-seqgan-paper", 3, curve=[point(10, 8.0, 8.0)])
    records.write(records.path_of(tmp_path, made.experiment, 3), made)
    assert script.main(["--results", str(tmp_path), "--figure", str(tmp_path / "f.svg")]) == 0
    assert "oracle-seqgan-paper, seed 3: 10 s" in capsys.readouterr().out
    assert script.main(["--results", str(tmp_path / "none"), "--figure", str(tmp_path / "f.svg")]) == 2


def test_what_a_mediator_was_measured_at_is_no_moment_of_the_run(script: ModuleType) -> None:
    scores = {"nll_oracle": 8.0, "nll_gen": 7.0}
    phases = ("pretrain_1", "pretrain_generator", "pretrain_2", "adversarial")
    points = [Point(phase=phase, step=1, seconds=1.0, scores=scores) for phase in phases]
    assert [moment.phase for moment in script.moments(points, None)] == ["pretrain_generator", "adversarial"]
