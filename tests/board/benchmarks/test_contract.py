"""Contracts: every fault named, the hash over all that changes a number, the packaged ones whole."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from board.submitting import contract
from seqgan import registry
from seqgan.board.benchmarks import packaged, read
from seqgan.data.source import RemoteFile
from seqgan.errors import BoardError


def test_the_packaged_benchmarks_are_there() -> None:
    wanted = {"coco-texygen@1", "coco-legacy@1", "emnlp-10k@1", "poems@1", "oracle-lstm@1", "oracle-grammar@1"}
    assert wanted <= set(packaged())


@pytest.mark.parametrize("name", sorted(packaged()))
def test_a_packaged_benchmark_is_consistent(name: str) -> None:
    found = packaged()[name]
    assert set(found.metrics) <= set(registry.names("metrics"))
    assert set(found.probe.values) == {score.name for score in found.scores}
    assert all(score.low < score.high for score in found.scores)
    if found.origin is not None:
        assert found.origin.task in registry.names("tasks")


def test_the_hashes_of_files_are_those_of_the_tasks() -> None:
    tasks = [registry.load("tasks", name) for name in ("coco", "coco_leakgan", "emnlp_10k")]
    known = {file.name: file.sha256 for task in tasks for file in task.FILES if isinstance(file, RemoteFile)}
    files = [data for found in packaged().values() for data in (found.references, found.train) if data is not None]
    assert len(files) == 6
    assert {data.file: data.sha256 for data in files}.items() <= known.items()


@pytest.mark.parametrize(
    "change",
    [
        {"samples": 13},
        {"definition": "strict"},
        {"metrics": ["bleu"]},
        {"tokenizer": {"kind": "word"}},
        {"code": "0.2.0"},
        {"seeds": 3},
    ],
)
def test_what_changes_a_number_changes_the_hash(change: dict[str, Any]) -> None:
    assert contract(**change).sha256 != contract().sha256
    assert contract(title="Other words").sha256 == contract().sha256


@pytest.mark.parametrize(
    ("text", "words"),
    [("name = 1", "name"), ("not toml at all", "no TOML"), ('name = "x"\nsurprise = 1', "surprise")],
)
def test_a_file_that_is_none_is_refused(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "x.toml"
    path.write_text(text)
    with pytest.raises(BoardError, match=words):
        read(path)
    with pytest.raises(BoardError, match="cannot be read"):
        read(tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"references": None}, "either references or an origin"),
        ({"tokenizer": None}, "need a tokenizer"),
        ({"content": "ids"}, "needs an origin"),
        ({"references": {"file": "../../etc/passwd", "sha256": "a" * 64, "rows": 1}}, "file"),
    ],
)
def test_inconsistent_contracts_are_refused(change: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        contract(**change)
