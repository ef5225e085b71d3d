"""A user's file as a task: splits, vocabulary, lengths, duplicates, memory."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from seqgan.data.corpus import TokenTable, read_corpus
from seqgan.data.files import FileSettings
from seqgan.data.own import load_file
from seqgan.data.splits import divide
from seqgan.errors import DataError

LINES = [f"the cat number{i % 30} sat on mat{i}" for i in range(300)]


def save(folder, lines, name="data.txt"):
    path = folder / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(path)


def everything(task):
    return [" ".join(row) for part in ("train", "valid", "test") for row in task.references(part)]


def test_every_line_lands_in_exactly_one_split_with_its_real_words(tmp_path):
    task = load_file(FileSettings(path=save(tmp_path, LINES), tokenizer="whitespace"))
    assert sorted(everything(task)) == sorted(LINES)
    assert (len(task.train), len(task.valid), len(task.test)) == (255, 15, 30)
    assert task.max_len == 7
    assert task.facts["split_sha256"].keys() == {"train", "valid", "test"}


def test_the_split_follows_its_seed_alone(tmp_path):
    path = save(tmp_path, LINES)
    first, again = (load_file(FileSettings(path=path)) for _ in range(2))
    other = load_file(FileSettings(path=path, split_seed=2))
    assert first.facts["split_sha256"] == again.facts["split_sha256"]
    assert first.facts["split_sha256"]["test"] != other.facts["split_sha256"]["test"]


def test_vocabulary_comes_from_training_only_and_unknown_only_where_needed(tmp_path):
    task = load_file(FileSettings(path=save(tmp_path, LINES), tokenizer="whitespace"))
    seen = {word for row in task.references("train") for word in row}
    assert set(task.vocab.tokens) == seen | {"<unk>", "<end>"}
    held_out = task.test.samples()
    assert (held_out.ids == task.vocab.unknown).any()
    assert not (task.train.samples().ids == task.vocab.unknown).any()
    closed = load_file(FileSettings(path=save(tmp_path, ["a b", "b a", "a a", "b b", "b b b"] * 30)))
    assert closed.vocab.unknown is None
    assert closed.vocab.tokens == ("a", "b", "<end>")


def test_rare_and_surplus_words_become_unknown(tmp_path):
    path = save(tmp_path, ["a b c", "a b", "a d b", "b a e", "a b f", "b b a", "a a b"])
    counted = load_file(FileSettings(path=path, min_count=2))
    assert set(counted.vocab.tokens) == {"a", "b", "<unk>", "<end>"}
    assert counted.facts["unknown_rate"]["train"] > 0
    kept = load_file(FileSettings(path=path, max_vocab=2))
    assert kept.vocab.tokens == ("a", "b", "<unk>", "<end>")
    assert any("c" in row or "d" in row or "e" in row or "f" in row for row in kept.references("train"))


def test_rows_end_with_the_end_symbol_and_padding_has_no_mask(tmp_path):
    task = load_file(FileSettings(path=save(tmp_path, ["a", "a b", "a b c", "b", "c a", "b c a"] * 5)))
    rows = task.train.samples()
    end = task.vocab.end
    for ids, mask in zip(rows.ids, rows.mask, strict=True):
        length = int(mask.sum())
        assert ids[length - 1] == end
        assert (ids[length:] == end).all()
        assert not (ids[: length - 1] == end).any()
    assert task.decode(rows.ids, rows.mask) == task.decode(rows.ids)
    encoded = task.encode(task.decode(rows.ids))
    assert torch.equal(encoded.ids, rows.ids)
    assert torch.equal(encoded.mask, rows.mask)


def test_too_long_lines_are_dropped_or_cut(tmp_path):
    path = save(tmp_path, [*LINES[:50], "a b c d e f g h i j k l"])
    dropped = load_file(FileSettings(path=path, max_len=6))
    assert sum(map(len, (dropped.train, dropped.valid, dropped.test))) == 50
    assert dropped.facts["too_long"] == {"train": 1}
    assert any("1 lines of the train file are longer than 6" in text for text in dropped.facts["warnings"])
    cut = load_file(FileSettings(path=path, max_len=6, long="cut"))
    rows = [part.samples() for part in (cut.train, cut.valid, cut.test)]
    unfinished = [ids for part in rows for ids, mask in zip(part.ids, part.mask, strict=True) if mask.all()]
    assert sum(int(ids[-1]) != cut.vocab.end for ids in unfinished) == 1


def test_one_outlier_does_not_set_the_length(tmp_path):
    task = load_file(FileSettings(path=save(tmp_path, [*LINES, " ".join("x" * 90)])))
    assert task.max_len == 7
    assert task.facts["too_long"]["train"] == 1


def test_copies_stay_in_one_split_once_or_anywhere(tmp_path):
    path = save(tmp_path, LINES + LINES[:60])
    together = load_file(FileSettings(path=path, tokenizer="whitespace"))
    assert together.facts["overlap_with_train"] == {"valid": 0.0, "test": 0.0}
    assert sum(together.facts["rows"].values()) == 360
    once = load_file(FileSettings(path=path, tokenizer="whitespace", duplicates="once"))
    assert sorted(everything(once)) == sorted(LINES)
    anywhere = load_file(FileSettings(path=path, tokenizer="whitespace", duplicates="anywhere"))
    assert anywhere.facts["overlap_with_train"]["test"] > 0
    assert any("stand in the training split too" in text for text in anywhere.facts["warnings"])


def test_few_sequences_repeated_often_are_split_as_they_come_and_it_is_said(tmp_path):
    task = load_file(FileSettings(path=save(tmp_path, ["a b", "b a", "a a"] * 40)))
    assert len(task.test) == 12
    assert task.facts["overlap_with_train"]["test"] > 0
    assert any("repeats few sequences" in text for text in task.facts["warnings"])


def test_own_held_out_files(tmp_path):
    settings = FileSettings(
        path=save(tmp_path, LINES[:200]),
        valid_path=save(tmp_path, LINES[200:250], "valid.txt"),
        test_path=save(tmp_path, LINES[240:], "test.txt"),
    )
    task = load_file(settings)
    assert task.facts["rows"] == {"train": 200, "valid": 50, "test": 60}
    assert task.facts["sha256"].keys() == {"train", "valid", "test"}
    partial = load_file(settings.model_copy(update={"valid_path": ""}))
    assert partial.facts["rows"] == {"train": 190, "valid": 10, "test": 60}


def test_integer_ids_keep_their_numbers(tmp_path):
    path = save(tmp_path, [f"{i % 7}, {i % 3} {(i * 5) % 11}" for i in range(100)], "data.ids")
    task = load_file(FileSettings(path=path))
    assert task.vocab.tokens[:11] == tuple(map(str, range(11)))
    assert task.vocab.tokens[task.vocab.end] == "<end>"
    row = task.train.samples(slice(0, 1))
    assert task.decode(row.ids) == ["0 0 0"]
    declared = load_file(FileSettings(path=path, vocabulary_size=50, end=False))
    assert (len(declared.vocab), declared.vocab.end, declared.max_len) == (50, None, 3)
    assert declared.train.samples().mask.all()


def test_a_string_that_does_not_fit_is_refused(tmp_path):
    task = load_file(FileSettings(path=save(tmp_path, ["a b", "b a", "a a", "b b", "b b b"] * 30)))
    with pytest.raises(DataError, match="String 2 has 4 tokens; at most 3 fit"):
        task.encode(["a", "a a a a"])
    with pytest.raises(DataError, match="'z' is not among"):
        task.encode(["a z"])
    with pytest.raises(DataError, match="has no oracle"):
        task.log_prob(task.test.samples().ids)


@given(st.lists(st.lists(st.integers(0, 3), min_size=1, max_size=4), min_size=1, max_size=40))
def test_fingerprints_are_equal_exactly_for_equal_sequences(sequences):
    table = TokenTable()
    rows = [(i, " ".join(map(str, sequence))) for i, sequence in enumerate(sequences)]
    prints = read_corpus(rows, str.split, table, "x").fingerprints
    for i, one in enumerate(sequences):
        for j, other in enumerate(sequences):
            assert (prints[i] == prints[j]) == (one == other)


@given(st.lists(st.integers(0, 30), min_size=30, max_size=80), st.integers(0, 5))
def test_a_split_keeps_copies_together_and_has_no_empty_part(values, seed):
    prints = np.array(values, np.uint64)
    (train, valid, test), apart = divide(prints, (3, 6), seed, together=True)
    assert (train.astype(int) + valid + test == 1).all()
    assert train.any()
    assert valid.any()
    assert test.any()
    if apart:
        groups = [set(values_of.tolist()) for values_of in (prints[train], prints[valid], prints[test])]
        assert not (groups[0] & groups[1])
        assert not (groups[0] & groups[2])
        assert not (groups[1] & groups[2])


@pytest.mark.slow
def test_a_million_lines_fit_in_memory(tmp_path):
    path, rng = tmp_path / "million.txt", np.random.default_rng(0)
    with path.open("w") as stream:
        for _ in range(100):
            block = rng.integers(0, 20_000, (10_000, 20))
            stream.write("\n".join(" ".join(f"w{i}" for i in row) for row in block.tolist()) + "\n")
    program = (
        "import resource, sys; from seqgan.data.own import load_file; from seqgan.data.files import FileSettings; "
        "task = load_file(FileSettings(path=sys.argv[1], tokenizer='whitespace')); assert len(task.train) == 980_000; "
        "sys.stdout.write(str(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss))"
    )
    source = str(Path(__file__).parents[2] / "src")
    done = subprocess.run(
        [sys.executable, "-c", program, str(path)],
        env={"PYTHONPATH": source},
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(done.stdout) < 1.5e6  # kilobytes
