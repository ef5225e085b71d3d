"""What every algorithm must keep: it runs, twice alike, and leaves a model that samples."""

from __future__ import annotations

import pytest

from algorithms.runs import TINY, carry_out, letters
from seqgan import config, registry
from seqgan.config import PARTS
from seqgan.runs.model import load_model


def tiny(data, name):
    module = registry.load("algorithms", name)
    sizes = {
        "pretrain_epochs": 2, "epochs": 2, "pretrain_discriminator_steps": 1, "steps": 2, "negatives": 60, "batch": 32,
    }  # fmt: skip
    algorithm = {"name": name, **{k: v for k, v in sizes.items() if k in module.Settings.model_fields}}
    parts = {part: TINY[part] for part in module.PARTS if part in TINY}
    task = {"name": "file", "path": str(data), "tokenizer": "whitespace", "max_len": 8}
    return config.resolve(("tiny", {**parts, "task": task, "run": TINY["run"], "algorithm": algorithm}))


@pytest.mark.parametrize("name", registry.names("algorithms"))
def test_it_runs_twice_alike_and_leaves_a_model(tmp_path, name):
    experiment = tiny(letters(tmp_path / "letters.txt"), name)
    journals = []
    for run in ("one", "two"):
        folder, lines = carry_out(tmp_path / run, experiment)
        journals.append([{k: v for k, v in line.items() if k not in {"seconds", "time"}} for line in lines])
    assert journals[0] == journals[1]
    assert {"start", "evaluate", "finish"} <= {line["event"] for line in journals[0]}
    assert all(set("".join(row.split())) <= set("abcd") for row in load_model(folder).sample(20, seed=1))


@pytest.mark.parametrize("name", registry.names("algorithms"))
def test_its_parts_are_parts(name):
    assert set(registry.load("algorithms", name).PARTS) <= set(PARTS)
