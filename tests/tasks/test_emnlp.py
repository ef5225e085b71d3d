"""The news task with a training file: fetched from an address, verified, read and split as the real one is."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from seqgan.data.source import RemoteFile, Source, fetch, git_blob
from seqgan.errors import DataError
from seqgan.tasks import emnlp

ROWS = {"train": 3_000, "valid": 200, "test": 300}
SUBJECTS = ("The minister", "A spokesman", "Mr Smith", "The bank", "She")
VERBS = ("said", "denied", "didn't expect", "confirmed")


def sentences(rows: int, first: int) -> list[str]:
    """Return invented news, always the same, none of them twice."""
    return [
        f"{SUBJECTS[n % 5]} {VERBS[n // 5 % 4]} that {n} people {'really ' * (n % 11)}came ."
        for n in range(first, first + rows)
    ]


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> tuple[RemoteFile, ...]:
    """Stand-ins of the three files behind addresses of their own; training is known by its git id, as the real one."""
    folder, first, found = tmp_path_factory.mktemp("upstream"), 0, []
    for file, (part, rows) in zip(emnlp.FILES, ROWS.items(), strict=True):
        path = folder / f"{part}.txt"
        path.write_text("".join(f"{line}\n" for line in sentences(rows, first)), encoding="utf-8")
        first += rows
        proof = (
            {"git_blob": git_blob(path)} if file.git_blob else {"sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
        )
        found.append(replace(file, address=path.as_uri(), **proof))
    return tuple(found)


def test_fetched_news_becomes_a_task_with_the_published_split(
    tmp_path: Path, published: tuple[RemoteFile, ...]
) -> None:
    source, seen = Source(None, tmp_path), []
    with pytest.raises(DataError, match="seqgan fetch emnlp"):
        emnlp.load(emnlp.Settings(), 1, source, published)
    paths = fetch(published, source, lambda *step: seen.append(step))
    assert [path.relative_to(tmp_path).as_posix() for path in paths] == [file.name for file in emnlp.FILES]
    assert {name: done for name, done, _ in seen} == {
        f.name: p.stat().st_size for f, p in zip(published, paths, strict=True)
    }
    task = emnlp.load(emnlp.Settings(), 1, source, published)
    assert {part: len(getattr(task, part)) for part in ROWS} == ROWS
    assert task.references("train", 3)[2] == "mr smith said that 2 people really really came .".split()
    assert task.references("train", 11)[10][:5] == ["the", "minister", "did", "n't", "expect"]
    assert task.references("test", 1)[0][-5:] == ["people", *["really"] * (3_200 % 11), "came", "."][-5:]
    assert task.facts["overlap_with_train"] == {"valid": 0.0, "test": 0.0}
    assert task.facts["sources"][emnlp.TRAIN.name]["hash"] == published[0].git_blob
    assert task.untaught is not None  # numbers that only held-out news has


def test_rare_words_and_long_sentences_are_treated_as_set(tmp_path: Path, published: tuple[RemoteFile, ...]) -> None:
    fetch(published, source := Source(None, tmp_path))
    task = emnlp.load(emnlp.Settings(max_len=12, min_count=2), 1, source, published)
    assert len(task.vocab) < 40  # every number stands once
    assert len(task.train) < ROWS["train"]
    assert task.facts["too_long"]["train"] + len(task.train) == ROWS["train"]
    assert any(f"longer than {12} tokens" in text for text in task.facts["warnings"])


def test_a_changed_training_file_is_refused(tmp_path: Path, published: tuple[RemoteFile, ...]) -> None:
    paths = fetch(published, source := Source(None, tmp_path))
    with paths[0].open("a") as stream:
        stream.write("One more sentence .\n")
    with pytest.raises(DataError, match=r"not the genuine emnlp/emnlp_news\.txt: its git id"):
        emnlp.load(emnlp.Settings(), 1, source, published)
