"""Vocabularies: sorted, equal in every process, no collisions with special symbols."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from seqgan.data.files import FileSettings
from seqgan.data.own import load_file
from seqgan.data.vocab import Vocab
from seqgan.errors import DataError

SOURCE = str(Path(__file__).parents[2] / "src")


def test_sorted_with_special_symbols_last():
    vocab = Vocab.build(["b", "a", "c", "a"], unknown=True)
    assert vocab.tokens == ("a", "b", "c", "<unk>", "<end>")
    assert (vocab.unknown, vocab.end, len(vocab)) == (3, 4, 5)
    assert vocab.encode(["c", "new"]) == [2, 3]
    assert vocab.decode([2, 3]) == ["c", "<unk>"]


def test_a_special_symbol_never_swallows_a_word_of_the_data():
    vocab = Vocab.build(["<end>", "<unk>", "a"], unknown=True)
    assert vocab.tokens == ("<end>", "<unk>", "a", "<unk2>", "<end2>")


def test_without_unknown_symbol_a_new_token_is_an_error():
    with pytest.raises(DataError, match="'x' is not among the 3"):
        Vocab.build(["a", "b"]).encode(["a", "x"])


def test_plain_data_round_trip_keeps_the_digest():
    vocab = Vocab.build("ba", unknown=True)
    again = Vocab.from_dict(vocab.as_dict())
    assert again == vocab
    assert again.digest == vocab.digest
    assert vocab.digest != Vocab.build("ba").digest


@pytest.mark.thorough
def test_the_same_in_every_process(tmp_path):
    data = tmp_path / "data.txt"
    data.write_text("\n".join(f"word{i % 37} item{i % 11} x{i}" for i in range(200)))
    program = (
        "import sys; from seqgan.data.own import load_file; from seqgan.data.files import FileSettings; "
        "t = load_file(FileSettings(path=sys.argv[1])); sys.stdout.write(t.vocab.digest + str(t.facts['split_sha256']))"
    )
    # This process has another hash seed (a random one, unless somebody chose this very number).
    environment = os.environ | {"PYTHONHASHSEED": "77", "PYTHONPATH": SOURCE}
    other = subprocess.run(
        [sys.executable, "-c", program, str(data)], env=environment, capture_output=True, text=True, check=True
    )
    here = load_file(FileSettings(path=str(data)))
    assert other.stdout == here.vocab.digest + str(here.facts["split_sha256"])
