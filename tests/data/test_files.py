"""Readers: every format, and one clear message for every kind of bad input."""

from __future__ import annotations

import json

import pytest

from seqgan.data.files import LONGEST_LINE, FileSettings, kind_of, read_rows
from seqgan.data.own import load_file
from seqgan.errors import DataError

GOOD = "".join(f"the cat number{i} sat\n" for i in range(20))


def write(folder, name, content):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def rows(folder, name, content, **settings):
    path = write(folder, name, content)
    return list(read_rows(path, FileSettings(path=str(path), **settings)))


def test_text_with_mark_windows_line_ends_and_blanks(tmp_path):
    assert rows(tmp_path, "a.txt", b"\xef\xbb\xbfone two\r\n\r\n  three\xc3\xa9 \r\nlast") == [
        (1, "one two"),
        (2, ""),
        (3, "threeé"),
        (4, "last"),
    ]


def test_line_separators_inside_a_line_do_not_split_it(tmp_path):
    assert rows(tmp_path, "a.txt", "one\u2028two\x85three\nfour\n") == [(1, "one\u2028two\x85three"), (2, "four")]


def test_csv_with_quotes_and_line_ends_in_a_field(tmp_path):
    content = 'id,text\r\n1,"a, ""b"""\r\n2,"two\nlines"\r\n3,\r\n'
    assert rows(tmp_path, "a.csv", content, column="text") == [(2, 'a, "b"'), (4, "two lines"), (5, "")]


def test_csv_columns_by_number_and_without_header(tmp_path):
    assert rows(tmp_path, "a.csv", "x,y\na,b\n", column="2") == [(2, "b")]
    assert rows(tmp_path, "a.csv", "+,S10,acgt\n-,S11,ttgt\n", column="3", header=False) == [(1, "acgt"), (2, "ttgt")]
    assert rows(tmp_path, "a.csv", "only\na\n") == [(2, "a")]


def test_tsv_has_no_quoting(tmp_path):
    assert rows(tmp_path, "a.tsv", 'id\ttext\n1\t5" pipe\n2\t"x\n', column="text") == [(2, '5" pipe'), (3, '"x')]


def test_jsonl_texts_and_token_lists(tmp_path):
    content = "\n".join(json.dumps(r) for r in ({"t": "a b"}, {"t": None}, {"t": ["x", "y"]}, {"t": [3, 4]})) + "\n\n"
    found = rows(tmp_path, "a.jsonl", content, field="t", tokenizer="whitespace")
    assert found == [(1, "a b"), (2, ""), (3, "x y"), (4, "3 4"), (5, "")]
    assert rows(tmp_path, "b.jsonl", '"plain"\n{"one": "field"}\n') == [(1, "plain"), (2, "field")]


def test_format_goes_by_the_ending(tmp_path):
    names = ("a.CSV", "a.tsv", "a.ndjson", "a.ids", "a.txt", "a")
    assert [kind_of(tmp_path / name) for name in names] == ["csv", "tsv", "jsonl", "ids", "text", "text"]
    assert kind_of(tmp_path / "a.csv", "text") == "text"


BAD = {
    "empty": ("a.txt", b"", {}, r"a\.txt is empty"),
    "empty lines only": ("a.txt", b"\n \n\n", {}, "holds no sequence: 3 lines"),
    "one line": ("a.txt", b"a b c\n", {}, "one usable line only"),
    "three lines": ("a.txt", b"a b c\nd e\nf\n", {}, "3 usable lines"),
    "two lines": ("a.txt", b"a b c\nd e\n", {}, "2 usable lines"),
    "same line": ("a.txt", b"a b\n" * 50, {}, "All 50 usable lines .* are the same"),
    "binary": ("a.txt", b"good\nbad \x00 line\n", {}, "binary file: line 2 has a NUL"),
    "latin1": ("a.txt", "gut\nfünf\n".encode("latin1"), {}, r"Line 2 .* is not UTF-8: byte 0xfc at character 2"),
    "utf16": ("a.txt", "gut\n".encode("utf-16"), {}, "UTF-16"),
    "gzip": ("a.txt", b"\x1f\x8b\x08rest", {}, "packed with gzip"),
    "endless line": ("a.txt", b"x" * (LONGEST_LINE + 1), {}, "Line 1 .* more than 1,000,000 characters"),
    "no such column": ("a.csv", "id,text\n1,a\n", {"column": "txt"}, "no column 'txt'. Did you mean 'text'.*id, text"),
    "no column chosen": ("a.csv", "id,text\n1,a\n", {}, "2 columns and none is chosen"),
    "semicolons": ("a.csv", "id;text\n1;a\n", {"column": "text"}, "Separate the columns with commas"),
    "column twice": ("a.csv", "t,t\n1,a\n", {"column": "t"}, "names the column 't' twice"),
    "ragged": ("a.csv", "id,text\n1,a\n2,b,c\n", {"column": "text"}, "Line 3 .* 3 columns instead of 2"),
    "header again": ("a.csv", "id,text\n1,a\nid,text\n", {"column": "text"}, "Line 3 .* repeats the header"),
    "open quote": ("a.csv", 'id,text\n1,"a\n2,b\n3,c\n', {"column": "text"}, "Line 2 .* no row of a CSV file.*line 4"),
    "late text": ("a.csv", 'id,text\n1,a\n2,"b" c\n', {"column": "text"}, "Line 3 .* no row of a CSV file"),
    "not json": ("a.jsonl", '{"t": "a"}\n{"t": \n', {"field": "t"}, r"Line 2 of \S+ is not JSON: Expecting value\."),
    "header alone": ("a.csv", "t,n\n", {"column": "t"}, "a header and no row below it: t, n. .*header=false"),
    "no such field": ("a.jsonl", '{"text": "a"}\n', {"field": "txt"}, "Line 1 .* no field 'txt'. Did you mean 'text'"),
    "no field chosen": ("a.jsonl", '{"a": "x", "b": "y"}\n', {}, "2 fields and none is chosen"),
    "json number": ("a.jsonl", '{"t": 5}\n', {"field": "t"}, "Line 1 .* neither a text nor a list"),
    "json list": ("a.jsonl", '{"t": ["a"]}\n', {"field": "t"}, "holds a list of tokens. Set tokenizer=whitespace"),
    "json list in a list": (
        "a.jsonl",
        '{"t": [["a"], ["b"]]}\n',
        {"tokenizer": "whitespace"},
        "Line 1 .* neither a text",
    ),
    "json too deep": ("a.jsonl", "[" * 100_000 + "]" * 100_000 + "\n", {}, "Line 1 .* is not JSON"),
    "json half a character": ("a.jsonl", '{"t": "a"}\n{"t": "b \\ud800"}\n', {}, "Line 2 .* is not Unicode"),
    "json half a token": ("a.jsonl", '["b", "\\ud800"]\n', {"tokenizer": "whitespace"}, "Line 1 .* is not Unicode"),
    "too long": ("a.txt", GOOD, {"max_len": 3}, "All 20 lines .* longer than max_len=3.*line 1, has 4 tokens"),
    "one token": ("a.txt", b"a\na a\na a a\n" * 9, {}, "a vocabulary of one token, 'a'"),
    "id too large": (
        "a.ids",
        "1 2\n0 9\n2 1\n" * 9,
        {"vocabulary_size": 9},
        r"Line 2 of .*a\.ids has '9', .*no id from 0 to 8",
    ),
    "negative id": ("a.ids", "1 2\n0 1\n2 -1\n" * 9, {}, "Line 3 .*'-1'.* Ids count from 0"),
    "no id": ("a.ids", "1 2\n0 x\n2 1\n" * 9, {}, "Line 2 .*'x'"),
    "huge id": ("a.ids", "1 2\n0 99999999999\n2 1\n" * 9, {}, "Line 2 .*'99999999999'"),
    "one word kept": ("a.txt", GOOD, {"max_vocab": 1}, "a vocabulary of one token, 'cat'. Raise max_vocab"),
    "tokenizer of ids": (
        "a.ids",
        "1 2\n0 2\n" * 9,
        {"tokenizer": "char"},
        "read as ids, where tokenizer has no effect",
    ),
    "rare ids": ("a.ids", "1 2\n0 2\n" * 9, {"min_count": 100}, "min_count has no effect. Leave min_count out"),
    "many ids": ("a.ids", "1 2\n0 2\n" * 9, {"max_vocab": 5}, "max_vocab has no effect"),
    "lower ids": ("a.ids", "1 2\n0 2\n" * 9, {"lower": True}, "lower has no effect"),
    "only id 0": ("a.ids", "0 0\n0\n0 0 0\n" * 9, {}, "a vocabulary of one token"),
    "uncovered": ("a.txt", "ACGT\nACXT\n" * 9, {"tokenizer": "dna"}, "Line 2 of .*covers no token at character 3"),
    "unequal lengths": ("a.txt", GOOD + "a b\n", {"end": False}, "line 21 has 2"),
    "column of a text": ("a.txt", GOOD, {"column": "text"}, r"a\.txt is read as text.*column .* no effect.*format=csv"),
    "field of a table": ("a.csv", "t\na\nb\nc\n", {"field": "t"}, "is read as csv.*field .* no effect.*format=jsonl"),
    "size of a text": ("a.txt", GOOD, {"vocabulary_size": 5}, "vocabulary_size .* no effect.*format=ids"),
    "pattern of words": ("a.txt", GOOD, {"pattern": "dna"}, "uses no pattern: it has no effect.*tokenizer=regex"),
    "shares": ("a.txt", GOOD, {"valid_share": 0.5, "test_share": 0.5}, "leave nothing to train on"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_gets_one_clear_message(tmp_path, case):
    name, content, settings, message = BAD[case]
    path = write(tmp_path, name, content)
    with pytest.raises(DataError, match=message) as caught:
        load_file(FileSettings(path=str(path), **settings))
    assert caught.value.remedy
    assert [p.name for p in tmp_path.iterdir()] == [name]


def test_missing_file_and_folder(tmp_path):
    write(tmp_path, "captions.txt", GOOD)
    with pytest.raises(DataError, match=r"no file .*caption\.txt. Did you mean 'captions.txt'"):
        load_file(FileSettings(path=str(tmp_path / "caption.txt")))
    with pytest.raises(DataError, match="is a folder"):
        load_file(FileSettings(path=str(tmp_path)))
    with pytest.raises(DataError, match="No file is given"):
        load_file(FileSettings())


@pytest.mark.parametrize("part", ["valid", "test"])
def test_held_out_file_equal_to_the_training_file(tmp_path, part):
    train = write(tmp_path, "train.txt", GOOD)
    same = write(tmp_path, "same.txt", "\n".join(reversed(GOOD.splitlines())))
    with pytest.raises(DataError, match=f"Every sequence of the {part} file"):
        load_file(FileSettings(path=str(train), **{f"{part}_path": str(same)}))


@pytest.mark.parametrize(
    ("content", "message"),
    [("a b\n", "one usable line only"), ("a b\n" * 9, "All 9 usable lines"), ("a b\n\n", "one usable line only")],
)
def test_held_out_files_excuse_no_training_file_that_teaches_nothing(tmp_path, content, message):
    train, other = write(tmp_path, "train.txt", content), write(tmp_path, "other.txt", GOOD)
    with pytest.raises(DataError, match=message):
        load_file(FileSettings(path=str(train), max_len=4, valid_path=str(other), test_path=str(other)))


def test_two_lines_suffice_with_held_out_files(tmp_path):
    train, other = write(tmp_path, "train.txt", "a b\nb a\n"), write(tmp_path, "other.txt", GOOD.replace("the", "a"))
    task = load_file(FileSettings(path=str(train), max_len=9, valid_path=str(other), test_path=str(other)))
    assert len(task.train) == 2
