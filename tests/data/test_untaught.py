"""Words that only held-out rows know: they have no say in a likelihood, unless training rows taught the symbol."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from seqgan import registry
from seqgan.algorithms.mle import held_out_nll
from seqgan.data.source import Source
from seqgan.data.task import Task

TRAIN = ["a b", "b a", "a a b", "b b a", "a b a", "c a"]
VALID = ["a z b", "b a"]


def load(folder: Path, **settings: object) -> Task:
    for name, lines in (("train", TRAIN), ("valid", VALID), ("test", ["z a", "a b b"])):
        (folder / f"{name}.txt").write_text("\n".join(lines) + "\n")
    module = registry.load("tasks", "file")
    paths = {"path": folder / "train.txt", "valid_path": folder / "valid.txt", "test_path": folder / "test.txt"}
    chosen = module.Settings(**{key: str(path) for key, path in paths.items()}, tokenizer="whitespace", **settings)
    task: Task = module.load(chosen, 1, Source.default())
    return task


def test_an_unknown_symbol_that_no_training_row_holds_does_not_count(tmp_path: Path) -> None:
    task = load(tmp_path)
    assert task.untaught == task.vocab.unknown
    held_out = task.valid.held_out(skip=task.untaught)
    assert held_out.mask.sum(dim=1).tolist() == [3, 3]
    assert task.valid.samples().mask.sum(dim=1).tolist() == [4, 3]


def test_an_unknown_symbol_that_training_rows_hold_counts(tmp_path: Path) -> None:
    task = load(tmp_path, min_count=2)
    assert task.vocab.unknown is not None
    assert task.untaught is None
    assert task.valid.held_out(skip=task.untaught).mask.sum(dim=1).tolist() == [4, 3]


def test_the_held_out_nll_leaves_the_skipped_symbol_out_of_nats_and_tokens(tmp_path: Path) -> None:
    task = load(tmp_path)
    module = registry.load("generators", "lstm")
    torch.manual_seed(0)
    policy = module.create(module.Settings(), len(task.vocab), task.max_len)
    rows = task.valid.samples()
    log_prob = policy(rows.ids).log_prob(rows.ids)
    counted = rows.mask & (rows.ids != task.vocab.unknown)
    expected = -log_prob[counted].sum().item() / counted.sum().item()
    measured = held_out_nll(policy, task.valid, torch.device("cpu"), skip=task.untaught)
    assert measured == pytest.approx(expected, rel=1e-5)
