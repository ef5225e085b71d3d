"""What a discriminator takes for real, set of negatives by set: the script."""

from __future__ import annotations

import json
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest
import torch

from bench.grids import QUIET, SEQGAN
from conftest import ROOT
from house.source import script_at
from seqgan.config import Experiment, resolve
from seqgan.runs.folder import RunFolder
from seqgan.runs.train import train


@pytest.fixture(scope="module")
def script() -> ModuleType:
    return script_at(ROOT / "benchmarks" / "by_heart.py")


def test_pairs_ranked_rightly_by_hand(script: ModuleType) -> None:
    assert script.right(torch.tensor([1.0, 2.0]), torch.tensor([0.0, 1.0])) == 3.5 / 4
    assert script.right(torch.zeros(3), torch.zeros(2)) == 0.5


def test_the_script_trains_a_discriminator_on_few_rows_until_it_knows_them(
    script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Thirty rows and a hundred epochs: it takes what it learned from for real, and ranks it above any sample."""
    text = SEQGAN.replace("scale = 0.02", "scale = 0.2\ndropout = 0.0").replace("train_rows = 60", "train_rows = 30")
    text = text.replace("d_batch = 16", "d_batch = 16\nd_learning_rate = 0.01\nepochs = 25")
    file = tmp_path / "small.toml"
    file.write_text(text, encoding="utf-8")
    run = train(resolve(("small", tomllib.loads(text))), tmp_path / "run", QUIET)
    out = tmp_path / "out" / "found.json"
    monkeypatch.setattr(
        sys, "argv", ["by_heart", str(run), "--experiment", str(file), "--sets", "4", "--out", str(out)]
    )
    script.main()
    found = json.loads(out.read_text(encoding="utf-8"))
    assert (found["experiment"], found["epochs_a_set"]) == ("small", 25)
    assert found["made_with"].keys() == {"commit", "device_name", "versions"}
    assert [one["sets"] for one in found["after"]] == [1, 2, 3, 4]
    last = found["after"][-1]
    assert last["train"] > 0.9
    assert last["train_pairs"] > 0.9
    assert last["train_pairs"] > last["unseen_pairs"]
    assert all(0 <= value <= 1 for name, value in last.items() if name != "sets")


def test_the_seed_is_the_runs_and_the_task_must_be(script: ModuleType, tmp_path: Path) -> None:
    def folder(text: str) -> RunFolder:
        (tmp_path / "config.toml").write_text(text, encoding="utf-8")
        return RunFolder(tmp_path)

    def experiment(text: str) -> Experiment:
        return resolve(("small", tomllib.loads(text)))

    assert script.of_the_same_data(experiment(SEQGAN), folder("seed = 7\n" + SEQGAN)).seed == 7
    other = SEQGAN.replace("train_rows = 60", "train_rows = 30")
    with pytest.raises(SystemExit, match="another task"):
        script.of_the_same_data(experiment(other), folder(SEQGAN))


def test_a_run_without_a_checkpoint_is_named(script: ModuleType, tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="has no checkpoint"):
        script.Trial(RunFolder(tmp_path), resolve(("small", tomllib.loads(SEQGAN))))
