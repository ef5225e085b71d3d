"""Time to the paper's number: read from records and run folders, told recipe by recipe, judged by final scores."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from bench.grids import QUIET, job, record, score, swept, write
from conftest import ROOT
from house.source import script_at
from seqgan.results import record as records
from seqgan.results.record import Point, Record
from seqgan.runs.train import train

TARGET = 8.736
ORACLE = (
    '[task]\nname = "oracle_lstm"\nparameters = "seeded"\nvocabulary = 12\nlength = 5\n'
    "train_rows = 80\nvalid_rows = 40\ntest_rows = 40\n"
    '[generator]\nname = "lstm"\nembedding = 4\nhidden = 8\n[algorithm]\nname = "mle"\nepochs = 4\nbatch = 16\n'
    "[run]\nevaluate_samples = 20\nfinal_samples = 20\nevaluate_every = 1\n"
)
CONFIG = {
    "seed": 1,
    "generator": {"embedding": 32, "hidden": 32},
    "algorithm": {"epochs": 60, "patience": 3},
    "run": {"evaluate_every": 5, "dtype": "bf16"},
}
SIGNATURES = {"nll_oracle": "nll_oracle|hypotheses:2000|split:valid", "nll_gen": "nll_gen|rows:1000|split:valid"}
SPEED = {
    "rates": {"fp32": 230.4},
    "stages": [
        {"name": name, "dtype": dtype, "seconds": seconds}
        for dtype, times in (("fp32", (2.0, 10.0, 3.0)), ("bf16", (1.0, 2.0, 1.0)))
        for name, seconds in zip(
            ("MLE epoch", "discriminator epoch", "Monte-Carlo reward, one batch"), times, strict=True
        )
    ],
}


@pytest.fixture(scope="module")
def script() -> ModuleType:
    return script_at(ROOT / "benchmarks" / "time_to_target.py")


@pytest.fixture(scope="module")
def pages(script: ModuleType) -> ModuleType:
    return script.target_page


def point(seconds: float, oracle: float | None, valid: float = 7.6, flop: float | None = None, **more: Any) -> dict:
    scores = {"nll_oracle": oracle, "nll_gen": valid}
    return {"phase": "adversarial", "step": int(seconds), "seconds": seconds, "scores": scores, "flop": flop} | more


def seed(experiment: str, number: int, *curve: dict, final: tuple[float, float] = (8.7, 8.0), **more: Any) -> Record:
    scores = {"adversarial_last": [score("nll_oracle", final[0]), score("nll_gen", final[1])]}
    values = {
        "curve": list(curve),
        "curve_signatures": SIGNATURES,
        "scores": scores,
        "config": CONFIG,
        "sizes": {"vocabulary": 5000, "max_len": 20, "train": 10000},
        "environment": {"device": "cpu", "device_name": "a machine", "threads": 2},
    }
    return record(experiment, number, **(values | more))


def control(number: int) -> Record:
    """An MLE that ended early after epoch 33; its curve reaches the target at temperatures of 0.5 and 0.75."""
    epochs = [point(10.0 * n, 9.4, flop=n * 1e12, phase="pretrain_generator", step=n) for n in (10, 20, 33)]
    more = {"temperatures": swept("mle_best", (0.5, 7.0, 9.0), (0.75, 8.0, 8.0), (1.0, 9.0, 7.0))}
    scores = {"mle_best": [score("nll_oracle", 9.0), score("nll_gen", 7.0)]}
    return seed("oracle-mle-tuned", number, *epochs, **more | {"scores": scores})


def material(script: ModuleType, *found: Record, recipes: tuple[str, ...] = ()) -> Any:
    controls = [control(number) for number in (1, 2, 3)]
    alone = [script.sharpened(one, TARGET) for one in controls]
    names = recipes or tuple(dict.fromkeys(one.experiment for one in found))
    return script.Material(TARGET, names, found, controls, [script.of_record(one) for one in found], alone)


def row(text: str, *words: str) -> str:
    """Return the one line of a table in which all the words stand."""
    (line,) = [line for line in text.splitlines() if line.startswith("|") and all(word in line for word in words)]
    return line


LUCKY = (
    seed("lucky", 1, point(10, 9.0), point(20, 8.73, 8.6, 2e12)),
    seed("lucky", 2, point(25, 8.8), point(30, 8.75)),
    seed("lucky", 3, status="failed"),
)
STEADY = tuple(seed("steady", n, point(100 * n, 8.6)) for n in (1, 2, 9))


def test_the_time_of_a_recipe_is_that_of_all_its_seeds_and_no_recipe_is_mixed_with_another(script, pages) -> None:
    courses = [script.of_record(found) for found in (*LUCKY, *STEADY)]
    said = script.lines(courses, TARGET)
    assert said[0] == "lucky: seeds that reached NLL_oracle 8.736: 1 of 3"
    assert said[1] == (
        "  seed 1: 20 s, 2.00 TFLOP, adversarial 20, NLL_oracle 8.730 on 2000 samples, validation NLL 8.600"
    )
    assert said[2] == "  seed 2: not reached in 30 s; lowest NLL_oracle 8.750 on 2000 samples"
    assert said[3].startswith("  seed 3: not reached (given up)")
    assert said[4] == "steady: seeds that reached NLL_oracle 8.736: 3 of 3, median 200 s"
    assert len(said) == 8
    table = pages.summary(material(script, *LUCKY, *STEADY, recipes=("paper", "lucky", "steady")))
    assert "| no complete run yet |" in row(table, "`paper`")
    assert "| 1 of 3 | 1: 20 s; 2: not reached in 30 s; 3: not reached (given up) |  |" in row(table, "`lucky`")
    assert "| 3 of 3 | 1: 100 s; 2: 200 s; 9: 900 s | 200 s |" in row(table, "`steady`")


def test_an_unfinished_run_has_its_crossing_and_no_verdict(script, pages) -> None:
    stopped = seed("half", 1, point(10, 9.0), point(20, 8.7), status="unfinished", scores={})
    found = material(script, stopped)
    assert row(pages.summary(found), "`half`") == (
        "| `half` | 1 of 1 | 1: 20 s (unfinished) |  | no complete run yet |  |  |"
    )
    assert "| 20 s (unfinished) | not known | round 20 | 8.700 | 7.600 |  |  |" in row(pages.seeds(found), "`half`")
    early = seed("half", 2, point(10, 9.0), status="unfinished", scores={})
    assert "| 1 of 2 (1 of the others unfinished) |" in row(pages.summary(material(script, stopped, early)), "`half`")
    assert script.lines([script.of_record(one) for one in (stopped, early)], TARGET)[0] == (
        "half: seeds that reached NLL_oracle 8.736: 1 of 2 (1 of the others unfinished)"
    )


def test_a_crossing_of_a_run_that_was_given_up_counts_and_says_so(script, pages) -> None:
    lost = seed("half", 1, point(10, 9.0), point(20, 8.7), status="failed", scores={})
    assert row(pages.summary(material(script, lost)), "`half`").startswith("| `half` | 1 of 1 | 1: 20 s (given up) |")


def test_every_recipe_says_on_how_many_samples_its_points_rest(script, pages) -> None:
    other = {"nll_oracle": "nll_oracle|hypotheses:10000|split:valid"}
    table = pages.conditions(material(script, LUCKY[0], LUCKY[2], seed("more", 1, point(1, 9), curve_signatures=other)))
    assert row(table, "`lucky`") == "| `lucky` | 2,000 | 1,000 | every 5 epochs or rounds | bf16 |"
    assert "| 10,000 | not known |" in row(table, "`more`")


def test_the_verdict_is_that_of_the_final_scores_and_not_of_the_way(script, pages) -> None:
    def told(final: tuple[float, float], valid: float) -> list[str]:
        runs = [seed("gan", n, point(10, 8.0, valid), final=final) for n in (1, 2)]
        return row(pages.summary(material(script, *runs)), "`gan`").split(" | ")[-2:]

    better, own = told((7.0, 8.0), 12.0)
    assert better.startswith("+1.000")
    assert "better than a temperature" in better
    assert own.startswith("not compared")
    worse = told((8.5, 8.0), 7.0)[0]
    assert worse.startswith("-0.500")
    assert worse.endswith("sharpening only")
    assert told((8.5, 8.0), 12.0)[0] == worse
    assert "sharpening" not in pages.seeds(material(script, seed("gan", 1, point(10, 8.0))))


def test_a_crossing_stands_beside_the_final_score_which_may_be_above_the_target(script, pages) -> None:
    found = material(script, seed("gan", 1, point(10, 8.7, 7.9), final=(8.8, 8.0)), *LUCKY[1:])
    assert "| 1 of 1 | 1: 10 s |  | 0 of 1 |" in row(pages.summary(found), "`gan`")
    assert row(pages.seeds(found), "`gan`") == (
        "| `gan` | 1 | 10 s | not known | round 10 | 8.700 | 7.900 | 8.800 | 8.000 | a machine, 2 threads |"
    )
    assert "| not reached in 30 s | not known | round 30 | 8.750 |" in row(pages.seeds(found), "`lucky` | 2")
    assert "| not reached (given up) |  |  |  |  |" in row(pages.seeds(found), "`lucky` | 3")


def test_sharpening_alone_takes_the_warmest_temperature_and_the_time_up_to_the_best_epoch(script, pages) -> None:
    found = script.sharpened(control(1), TARGET)
    assert (found.epoch, found.seconds, found.flop, found.trained) == (
        30,
        pytest.approx(300),
        pytest.approx(30e12),
        330,
    )
    assert (found.temperature, found.nll_oracle, found.nll_test, found.samples) == (0.75, 8.0, 8.0, 10)
    assert script.sharpened(control(1), 6.0) is None
    assert "3 of 3 seeds" in (text := pages.alone(material(script, *STEADY)))
    assert "a median of 300 s" in text
    assert "NLL_test of 8.000" in text
    full = control(1).model_copy(update={"config": CONFIG | {"algorithm": {"epochs": 33, "patience": 3}}})
    assert script.sharpened(full, TARGET).epoch == 33, "without an early end the best epoch is not known"


def test_the_projection_is_the_stages_times_their_number(pages) -> None:
    found = pages.stages(SPEED)
    assert [stage.times for stage in found] == [120, 50 * 3, 73 * 5 * 3, 73]
    assert pages.authors_seconds(found) == pytest.approx(120 * 4.7 + (150 + 73 * 15) * 11.6 + 73 * 4.2)
    assert pages.projected_seconds(found, "fp32") == pytest.approx(120 * 2 + (150 + 73 * 15) * 10 + 73 * 3)
    assert "| 1.19 | 5.71 |" in row(pages.projection(found), "times as fast")
    assert "meets the goal of 3 times" in pages.projected(found)
    slow = SPEED | {"stages": [stage | {"seconds": 8.0} for stage in SPEED["stages"]]}
    assert "misses the goal of 3 times" in pages.projected(pages.stages(slow))


def test_the_goals_stand_beside_what_was_measured(script, pages) -> None:
    table = pages.goals(material(script, *STEADY), SPEED)
    assert "4.2 to 4.3 hours | no complete run yet |" in table
    assert "2 minutes on a GPU | not run: no GPU record |" in table
    gpu = {"device": "cuda", "device_name": "a GPU", "threads": 1}
    runs = seed(pages.PAPER, 1, point(4000, 8.7)), seed(pages.PAPER, 2, point(90, 8.8), environment=gpu)
    table = pages.goals(material(script, *runs), SPEED)
    same = (120 * 4.7 + (150 + 4000 * 15) * 11.6 + 4000 * 4.2) / 4000
    assert (
        "| seed 1: 4,000 s on a machine, 2 threads, 3.8 times as fast; to the same round, 4000, their code would need "
        f"{same:.1f} times as long; seed 2: not reached in 90 s"
    ) in table
    assert f"GPU | `{pages.PAPER}`, seed 2: not reached in 90 s on a GPU, 1 thread |" in table


def test_the_committed_page_and_figure_are_what_the_records_say(script, tmp_path: Path) -> None:
    assert script.main(["--page", str(tmp_path / "page.md")]) == 0
    assert script.PAGE.read_text() == (tmp_path / "page.md").read_text(), "run: benchmarks/time_to_target.py"
    kept, drawn = ((path / script.FIGURE).read_text() for path in (script.PAGE.parent, tmp_path))
    painters = {line for svg in (kept, drawn) for line in svg.splitlines() if "Matplotlib v" in line}
    assert kept == drawn or len(painters) == 2, "run: benchmarks/time_to_target.py"


def test_nothing_is_left_to_fill_in(script) -> None:
    text = script.PAGE.read_text()
    assert [word for word in ("{", "None", "nan") if word in text] == []


def test_an_unfinished_run_is_read_and_the_figure_is_the_same_each_time(script, tmp_path: Path, capsys) -> None:
    run = train(job(write(tmp_path, tiny=ORACLE)["tiny"]).experiment, tmp_path / "run", QUIET)
    lines = (run / "journal.jsonl").read_text().splitlines(keepends=True)
    (run / "journal.jsonl").write_text("".join(line for line in lines if '"finish"' not in line))
    course = script.of_run(run)
    assert [m.step for m in course.moments] == [1, 2, 3, 4]
    assert (course.state, course.samples, course.rows) == ("under way", 20, 40)
    token = 2 * (4 * 8 * (4 + 8) + 8 * 12)
    assert [m.flop for m in course.moments] == [3 * 80 * 5 * token * n for n in (1, 2, 3, 4)]
    figure, page = tmp_path / "f.svg", tmp_path / "page.md"
    places = ["--results", str(tmp_path), "--figure", str(figure), "--page", str(page)]
    arguments = ["--run", str(run), "--target", "0.1", *places]
    assert script.main(arguments) == 0
    first = figure.read_bytes()
    assert script.main([*arguments, "--json", str(tmp_path / "f.json")]) == 0
    assert figure.read_bytes() == first
    assert "(under way)" in capsys.readouterr().out
    assert '"nll_oracle"' in (tmp_path / "f.json").read_text()
    assert not page.exists(), "the page is for committed records"


def test_committed_records_are_read_by_name(script, tmp_path: Path, capsys) -> None:
    made = seed("oracle-seqgan-paper", 3, point(10, 8.0, 8.0))
    records.write(records.path_of(tmp_path, made.experiment, 3), made)
    shutil.copytree(ROOT / "results" / "speed", tmp_path / "speed")
    page = tmp_path / "docs" / "page.md"
    assert script.main(["--results", str(tmp_path), "--page", str(page)]) == 0
    assert "oracle-seqgan-paper: seeds that reached NLL_oracle 8.736: 1 of 1, median 10 s" in capsys.readouterr().out
    assert "| 3: 10 s |" in row(page.read_text(), "`oracle-seqgan-paper` | 1 of 1")
    assert script.main(["--results", str(tmp_path / "none"), "--page", str(tmp_path / "none.md")]) == 2


def test_what_a_mediator_was_measured_at_is_no_moment_of_the_run(script: ModuleType) -> None:
    scores = {"nll_oracle": 8.0, "nll_gen": 7.0}
    phases = ("pretrain_1", "pretrain_generator", "pretrain_2", "adversarial")
    points = [Point(phase=phase, step=1, seconds=1.0, scores=scores) for phase in phases]
    course = script.of_record(record("gan", 1, curve=points))
    assert [moment.phase for moment in course.moments] == ["pretrain_generator", "adversarial"]
