"""Token rows from files: text, tables, JSON lines, ids; how text becomes tokens, and what is refused by its line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from seqgan.errors import ConfigError, DataError
from seqgan.reports.rows import Reader


def write(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_every_kind_of_file_gives_the_same_rows(tmp_path: Path) -> None:
    expected = [("a", "cat", "."), ("two", "dogs")]
    files = {
        "x.txt": "A cat.\ntwo dogs\n",
        "x.csv": "text\nA cat.\ntwo dogs\n",
        "x.jsonl": '{"text": "A cat."}\n{"text": "two dogs"}\n',
        "windows.txt": b"\xef\xbb\xbfA cat.\r\ntwo dogs",
    }
    for name, text in files.items():
        reader = Reader()
        assert list(reader.read(write(tmp_path / name, text), "samples").tokens) == expected, name
        assert reader.label == "word,lower"


def test_token_lists_and_ids_stay_as_they_are(tmp_path: Path) -> None:
    lists = write(tmp_path / "x.jsonl", "\n".join(json.dumps({"t": row}) for row in (["Don't", "<unk>"], ["b."])))
    reader = Reader()
    assert list(reader.read(lists, "samples").tokens) == [("Don't", "<unk>"), ("b.",)]
    assert reader.label == "whitespace"
    ids = Reader()
    assert list(ids.read(write(tmp_path / "x.ids", "4 17\n3,5\n"), "samples").tokens) == [("4", "17"), ("3", "5")]
    assert ids.label == "ids"


def test_the_first_file_decides_for_the_others(tmp_path: Path) -> None:
    reader = Reader()
    reader.read(write(tmp_path / "r.jsonl", '["A", "b."]\n'), "references")
    assert list(reader.read(write(tmp_path / "s.txt", "A b.\n"), "samples").tokens) == [("A", "b.")]


@pytest.mark.parametrize(
    ("tokenizer", "lower", "tokens"),
    [
        (None, None, ("a", "dogs", ".")),
        (None, False, ("A", "dogs", ".")),
        ("whitespace", None, ("A", "dogs.")),
        ("whitespace", True, ("a", "dogs.")),
        ({"kind": "char", "lower": True}, None, tuple("a dogs.")),
    ],
)
def test_the_tokeniser_and_the_case(tokenizer: object, lower: bool | None, tokens: tuple[str, ...]) -> None:
    reader = Reader(tokenizer, lower)  # type: ignore[arg-type]
    assert reader.read(["A dogs."], "samples").tokens[0] == tokens


def test_blank_rows_are_kept_and_counted(tmp_path: Path) -> None:
    rows = Reader().read(write(tmp_path / "x.txt", "a\n\n \nb\n"), "samples")
    assert list(rows.tokens) == [("a",), (), (), ("b",)]
    assert rows.blank == 2
    assert len(rows.without_blanks()) == 2


def test_the_first_n_rows_are_read_and_no_further(tmp_path: Path) -> None:
    path = write(tmp_path / "x.txt", b"a\nb\n\xff\n")
    assert len(Reader().read(path, "samples", n=2)) == 2
    with pytest.raises(DataError, match=r"x\.txt has 1 rows, and 2 are asked for"):
        Reader().read(write(tmp_path / "x.txt", "a\n"), "samples", n=2)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("x.txt", b"", "empty"),
        ("x.txt", b"\n\n", "2 rows, all blank"),
        ("x.txt", b"a\nb\xff\n", "Line 2 of .* is not UTF-8"),
        ("x.jsonl", b'{"t": "a"}\n{"t": NaN}\n', "Line 2 of .* holds neither"),
        ("x.jsonl", b'{"t": ["a"]}\n{"t": ["a", NaN]}\n', "Line 2 of .* holds neither"),
        ("x.jsonl", b'{"t": "a"}\n{"t": ["a"]}\n', "Line 2 of .* list of tokens"),
        ("x.jsonl", b"{oops\n", "Line 1 of .* is not JSON"),
        ("x.ids", b"1 2\n1 nan\n", "Line 2 of .*'nan' is no whole number"),
        ("x.ids", b"1 2.5\n", "Line 1 of .*'2.5' is no whole number"),
        ("x.csv", b"a,b\n1,2\n", "2 columns"),
        ("x.txt", b"\x1f\x8b\x08\x00", "gzip"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    with pytest.raises(DataError, match=words):
        Reader().read(write(tmp_path / name, content), "samples")


def test_missing_files_and_folders_are_told(tmp_path: Path) -> None:
    write(tmp_path / "samples.txt", "a\n")
    with pytest.raises(DataError, match=r"Did you mean 'samples\.txt'"):
        Reader().read(tmp_path / "sample.txt", "samples")
    with pytest.raises(DataError, match="is a folder"):
        Reader().read(tmp_path, "samples")


def test_a_pattern_that_does_not_fit_is_told_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"Line 2 of .*covers no token"):
        Reader("dna").read(write(tmp_path / "x.txt", "ACGT\nAXGT\n"), "samples")


def test_a_column_or_field_that_nothing_has_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "x.txt", "a\n")
    for name in ("column", "field"):
        reader = Reader(**{name: "text"})  # type: ignore[arg-type]
        reader.read(path, "samples")
        with pytest.raises(ConfigError, match=f"--{name}"):
            reader.refuse_idle()
    reader = Reader(column="b")
    table = write(tmp_path / "x.csv", "a,b\nno,yes\n")
    assert list(reader.read(table, "samples").tokens) == [("yes",)]
    reader.read(path, "samples")
    reader.refuse_idle()


def test_a_token_is_held_once_however_often_it_occurs(tmp_path: Path) -> None:
    rows = Reader("whitespace").read(write(tmp_path / "x.txt", "some word\nsome word\n"), "samples").tokens
    assert all(one is two for one, two in zip(*rows, strict=True))
