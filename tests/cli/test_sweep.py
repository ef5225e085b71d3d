"""``seqgan sweep``: table and readings on the standard output, files named on the other, mistakes explained."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli.command import seqgan

SMALL = ("-n", 20, "--temperatures", "0.5,1")


def test_it_shows_a_table_what_it_means_and_where_the_files_are(run_folder: Path, tmp_path: Path) -> None:
    said = seqgan("sweep", run_folder, *SMALL, "--out", tmp_path / "out")
    assert said.code == 0, said.err
    lines = said.out.splitlines()
    assert [word for word in ("T", "top-p", "NLL_oracle", "NLL_test", "validity") if word not in lines[0]] == []
    assert sum(line.startswith("seqgan (last), seed") for line in lines) == 2
    assert sum(line.startswith("MLE (best on validation), seed") for line in lines) == 2
    assert any(line.startswith("- NLL_oracle at equal NLL_test (temperature curves), seqgan (last)") for line in lines)
    assert "only a point beyond the curve of maximum likelihood is progress" in said.out
    named = [Path(line) for line in said.err.splitlines() if line.startswith(str(tmp_path))]
    assert {path.suffix for path in named} == {".csv", ".json", ".txt", ".png", ".svg"}
    assert all(path.is_file() for path in named)
    again = seqgan("sweep", run_folder, *SMALL, "--out", tmp_path / "out", "--json")
    record = json.loads(again.out)
    assert record == json.loads((tmp_path / "out" / "sweep.json").read_text(encoding="utf-8"))
    assert len(record["points"]) == 5


def test_the_default_folder_lies_in_the_run(run_folder: Path) -> None:
    said = seqgan("sweep", run_folder, "-n", 20, "--temperatures", "1", "--top-p", "0.8", "--no-mle")
    assert said.code == 0, said.err
    assert (run_folder / "sweep" / "sweep.csv").is_file()
    assert "MLE (" not in said.out


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--temperatures", "0,1"], "a temperature must be above 0"),
        (["--temperatures", "warm"], "--temperatures: 'warm' are no numbers. Write them as 0.5,0.8,1."),
        (["--temperatures", ""], "a sweep needs a temperature"),
        (["--top-p", "1.5"], "top_p must be above 0 and at most 1"),
        (["--split", "train"], "split must be test or valid"),
        (["-n", "1"], "'-n'"),
    ],
)
def test_what_cannot_be_swept_is_said(options: list[str], words: str, run_folder: Path, tmp_path: Path) -> None:
    said = seqgan("sweep", run_folder, *options, "--out", tmp_path / "out")
    assert said.code == 2
    assert words in said.err
    assert not (tmp_path / "out").exists()


def test_a_folder_that_is_no_run_is_said(tmp_path: Path) -> None:
    said = seqgan("sweep", tmp_path / "absent")
    assert (said.code, said.out) == (2, "")
    assert "There is no file" in said.err
