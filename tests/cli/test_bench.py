"""seqgan bench on the command line: its words, its refusals, a grid from files to page."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from bench.grids import MLE, write
from cli.command import seqgan
from seqgan.cli.bench import _seeds


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
