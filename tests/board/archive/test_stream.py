"""Archive files are read record by record, whatever their size, and damage is told."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from board.world import write
from seqgan.board.archive import stream
from seqgan.board.archive.stream import checksum, date_of, list_of, objects_of, records, text_of, texts_of
from seqgan.errors import DataError

RECORDS = [{"n": n, "text": "x" * n, "list": list(range(n % 7))} for n in range(300)]


@pytest.mark.parametrize("chunk", [1, 7, 64, 1 << 20])
def test_records_are_whole_wherever_the_chunks_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunk: int) -> None:
    monkeypatch.setattr(stream, "CHUNK", chunk)
    few = RECORDS[:40] if chunk < 64 else RECORDS
    found = list(records(write(tmp_path / "a.json.gz", few)))
    assert [record for record, _ in found] == few
    assert found[-1][1] == (tmp_path / "a.json.gz").stat().st_size


def test_plain_and_indented_json_is_read_too(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps(RECORDS, indent=2), encoding="utf-8")
    assert [record for record, _ in records(path)] == RECORDS


def test_an_empty_array_has_no_records(tmp_path: Path) -> None:
    assert list(records(write(tmp_path / "a.json.gz", []))) == []


def cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (cut(gzip.compress(json.dumps(RECORDS).encode(), mtime=0)), "cut short"),
        (cut(json.dumps(RECORDS).encode()), "damaged"),
        (b"hello", "no JSON array"),
        (b"", "no JSON array"),
        (b'{"a": 1}', "no JSON array"),
        (b"[1, 2]", "something else than records"),
        (b'[{"a": \xff}]', "damaged"),
        (b'[{"a": ' + b"[" * 100_000, "damaged"),
    ],
)
def test_damage_is_told(tmp_path: Path, data: bytes, words: str) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(data)
    with pytest.raises(DataError, match=words):
        list(records(path))


def test_a_record_may_not_fill_the_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "RECORD_LIMIT", 10_000)
    monkeypatch.setattr(stream, "CHUNK", 1_000)
    with pytest.raises(DataError, match="damaged"):
        list(records(write(tmp_path / "bomb.json.gz", [{"a": "x" * 100_000}])))


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be read"):
        checksum(tmp_path / "none")


def test_parts_of_records_are_taken_for_what_they_are() -> None:
    record = {
        "a": "x\0y",
        "none": "None",
        "null": None,
        "number": 3,
        "list": ["b", "b", 3, "None", "c"],
        "lone": "\ud800",
    }
    assert text_of(record, "a") == "xy"
    assert [text_of(record, key) for key in ("none", "null", "number", "missing")] == [""] * 4
    assert texts_of(record, "list") == ["b", "c"]
    assert text_of(record, "lone").encode() == b"?"
    assert list_of(record, "number") == []
    assert objects_of({"o": [{"a": 1}, 3, None]}, "o") == [{"a": 1}]


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2019-05-01", "2019-05-01"),
        ("2222-12-22", None),
        ("2019-13-01", None),
        ("soon", None),
        ("2019-05-01T00:00", "2019-05-01"),
    ],
)
def test_dates_that_cannot_be_are_left_out(text: str, date: str | None) -> None:
    assert date_of({"date": text}, "date") == date
