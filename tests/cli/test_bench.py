"""seqgan bench on the command line: its words, its refusals, a grid from files to page."""

from __future__ import annotations

import json
import signal
import sqlite3
from pathlib import Path

import pytest

from bench.grids import MLE, job, places, record, write
from cli.command import seqgan
from seqgan.bench.jobs import BUSY
from seqgan.cli.bench import _seeds
from seqgan.results.record import write as write_record


def test_seeds_are_a_number_a_range_or_a_list() -> None:
    assert _seeds("3") == [1, 2, 3]
    assert _seeds("2-4") == [2, 3, 4]
    assert _seeds("1,7,5-6,1") == [1, 7, 5, 6]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--seeds", "many"], "names no seeds"),
        (["--seeds", "0"], "names no seeds"),
        (["--temperatures", "hot"], "no list of temperatures"),
        (["--temperatures", "0.5,0"], "no list of temperatures"),
        (["--on", "rays"], "Did you mean 'ray'?"),
    ],
)
def test_misuse_is_said_and_nothing_is_written(tmp_path: Path, monkeypatch, options, message) -> None:
    monkeypatch.chdir(tmp_path)
    file = write(tmp_path / "experiments", tiny=MLE)["tiny"]
    said = seqgan("bench", "run", file, "--no-estimate", *options)
    assert said.code == 2
    assert message in said.err
    assert sorted(p.name for p in tmp_path.iterdir()) == ["experiments"]


def test_a_file_that_is_no_experiment_is_refused(tmp_path: Path) -> None:
    said = seqgan("bench", "status", tmp_path / "captions.txt")
    assert said.code == 2
    assert "no experiment file" in said.err


def test_an_unknown_device_is_refused_before_anything_is_tried(tmp_path: Path) -> None:
    file = write(tmp_path, tiny=MLE)["tiny"]
    said = seqgan("bench", "estimate", file, "--device", "gpu", "--results", tmp_path / "results")
    assert said.code == 2
    assert said.err == "error: There is no device called 'gpu'. Allowed: auto, cpu, mps, cuda, cuda:N.\n"


def test_a_seed_that_another_process_is_at_ends_with_a_code_of_its_own(tmp_path: Path) -> None:
    file, where, before = write(tmp_path, tiny=MLE)["tiny"], places(tmp_path), signal.getsignal(signal.SIGTERM)
    with where.claimed(job(file)):
        said = seqgan("bench", "seed", file, "--runs", where.runs, "--results", where.results)
    assert said.code == BUSY
    assert "Another process is carrying out tiny/seed-1." in said.err
    assert signal.getsignal(signal.SIGTERM) == before


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("published.toml", "[tiny]\nnote = 'x'\n", "[tiny] holds no figures"),
        ("published.toml", "tiny = 3\n", "[tiny] holds no figures"),
        ("published.toml", "tiny = [3]\n", "Input should be"),
        ("estimates.json", '{"tiny": {"seco', "Invalid JSON"),
        ("estimates.json", '{"tiny": {"machine": "A"}}', "tiny.seconds: Field required"),
    ],
)
def test_a_faulty_file_of_figures_is_named(tmp_path: Path, name: str, text: str, problem: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    said = seqgan("bench", "report", "--results", tmp_path, "--out", tmp_path / "page.md")
    assert said.code == 2
    assert said.err.startswith(f"error: {tmp_path / name}: ")
    assert problem in said.err


LOST = "its record has 1:00 so far, 0 failures; its run folder is not here, so it begins anew"


def test_a_run_that_was_stopped_is_listed_and_its_status_says_where_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    file = write(tmp_path / "experiments", tiny=MLE)["tiny"]
    nothing = seqgan("bench", "list")
    assert (nothing.code, nothing.out) == (0, "")
    assert "There is no record below results. Name another folder with --results" in nothing.err
    for seed, status in ((1, "unfinished"), (2, "failed"), (3, "finished")):
        made = record("tiny", seed, status=status, cost={"seconds": 60.0})
        write_record(tmp_path / f"results/tiny/seed-{seed}.json", made)
    assert seqgan("bench", "list").out.split() == (
        "tiny 1 seed 1 unfinished 1 given up 0 failed attempts 1 min".split()
    )
    first, second, third = seqgan("bench", "status", file, "--seeds", "3").out.splitlines()
    assert first.split(maxsplit=2) == ["tiny/seed-1", "waiting", LOST]
    assert (second.split()[1], third.split()[1]) == ("waiting", "finished")
    (tmp_path / "runs/bench/tiny").mkdir(parents=True, exist_ok=True)
    (tmp_path / "runs/bench/tiny/seed-1.log").touch()
    assert LOST in seqgan("bench", "status", file, "--seeds", "1").out
    (tmp_path / "runs/bench/tiny/seed-1").mkdir()
    assert seqgan("bench", "status", file, "--seeds", "1").out.split()[1] == "stopped"


@pytest.mark.thorough
def test_one_seed_its_status_the_list_the_index_and_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    file = write(tmp_path / "experiments", tiny=MLE)["tiny"]
    assert seqgan("bench", "status", file, "--seeds", "1").out.split() == ["tiny/seed-1", "waiting"]
    said = seqgan("bench", "seed", file, "--seed", "1", "--temperatures", "1")
    assert said.code == 0, said.err
    assert said.out.strip() == "results/tiny/seed-1.json"
    kept = json.loads((tmp_path / "results/tiny/seed-1.json").read_text())
    assert kept["command"] == "seqgan bench seed experiments/tiny.toml --seed 1"
    assert str(tmp_path) not in json.dumps(kept)
    assert "finished" in seqgan("bench", "status", file, "--seeds", "1").out
    assert seqgan("bench", "list").out.split()[:3] == ["tiny", "1", "seed"]
    assert seqgan("bench", "index", "--out", "index.sqlite").out.startswith("1 record in")
    database = sqlite3.connect("index.sqlite")
    assert database.execute("SELECT count(*) FROM runs").fetchone() == (1,)
    database.close()
    (tmp_path / "results/tables.toml").write_text(
        '[[table]]\nname = "t"\ntitle = "T"\nmetrics = ["nll_gen"]\nrows = [{ experiment = "tiny" }]\n'
    )
    assert seqgan("bench", "report", "--out", "page.md").code == 0
    assert "| tiny | nll_gen ↓ |" in Path("page.md").read_text(encoding="utf-8")


def test_every_subcommand_has_a_help_with_an_example() -> None:
    shown = seqgan("bench", "--help").out
    for name in ("run", "seed", "status", "estimate", "report", "index", "list"):
        assert f" {name} " in shown
        assert f"Example: seqgan bench {name}" in seqgan("bench", name, "--help").out
