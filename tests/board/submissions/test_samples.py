"""Files of samples: read within limits counted while reading, one spelling kept, everything else refused."""

from __future__ import annotations

import gzip
import io
import json
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from board.submitting import contract
from seqgan.board.benchmarks import Contract, packaged
from seqgan.board.submissions import samples as subject
from seqgan.board.submissions.samples import Budget, overlap, read_samples, rows_in, to_jsonl
from seqgan.errors import BoardError

TWO = contract(samples=2)
IDS = packaged()["oracle-lstm@1"].model_copy(update={"samples": 1})


def read(data: bytes, wanted: Contract = TWO, budget: Budget | None = None) -> subject.Read:
    return read_samples(io.BytesIO(data), "samples.1.jsonl", wanted, budget or Budget())


def line(place: Any, value: Any, key: str = "text") -> bytes:
    return (json.dumps({"i": place, key: value}) + "\n").encode()


def test_plain_and_gzipped_and_respelled_files_are_the_same() -> None:
    plain = line(0, "one") + line(1, "zwei ä\u2028")
    other = b' {"text": "one",  "i":0}\r\n{"i":1,"text":"zwei \\u00e4\\u2028"}'
    found = [read(data) for data in (plain, gzip.compress(plain), other)]
    assert len({one.sha256 for one in found}) == len({one.content for one in found}) == 1
    assert rows_in(found[0].content) == ["one", "zwei ä\u2028"]
    assert found[0].lines == 2


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (line(0, "a"), "has 1 lines"),
        (line(0, "a") + line(1, "b") + line(2, "c"), "more than 2 lines"),
        (line(0, "a") + line(0, "b"), "Lines count from 0: write 1"),
        (line(False, "a") + line(1, "b"), "number False"),
        (line(0.0, "a") + line(1, "b"), "number 0.0"),
        (line(0, "a") + b"\n" + line(1, "b"), "no JSON"),
        (line(0, 5) + line(1, "b"), "is no text"),
        (line(0, "a\0") + line(1, "b"), "NUL"),
        (b'{"i":0,"text":"\\ud800"}\n' + line(1, "b"), "surrogate"),
        (b'{"i":0,"text":"a","x":1}\n' + line(1, "b"), "Nothing else"),
        (line(0, [1], "ids") + line(1, "b"), "Nothing else"),
        (line(0, "x" * 4096) + line(1, "b"), "more than 4,096 characters"),
        (b"x" * 100_000, "more than 4,096 characters"),
        (b"\xff\xfe" + line(0, "a"), "UTF-8"),
        (b"\xef\xbb\xbf" + line(0, "a"), "no JSON"),
        (b"PK\x03\x04" + b"\0" * 40, "NUL"),
        (b"", "has 0 lines"),
        (gzip.compress(line(0, "a") + line(1, "b"), mtime=0)[:-5], "ends before"),
        (gzip.compress(line(0, "a") + line(1, "b"), mtime=0) + b"more", "behind its compressed"),
        (b"\x1f\x8b" + b"\0" * 50, "no gzip"),
    ],
)
def test_what_is_refused(data: bytes, words: str) -> None:
    with pytest.raises(BoardError, match="samples") as error:
        read(data)
    assert words in str(error.value)


def test_a_gzip_bomb_is_stopped_while_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    pieces = []
    original = subject._unpacked

    def counted(*arguments: Any) -> Any:
        for piece in original(*arguments):
            pieces.append(len(piece))
            yield piece

    monkeypatch.setattr(subject, "_unpacked", counted)
    bomb = gzip.compress(b" " * 20_000_000)
    with pytest.raises(BoardError, match="larger than 1,000,000"):
        list(subject.blocks(io.BytesIO(bomb), "bomb", Budget(1_000_000)))
    assert sum(pieces) < 1_200_000
    assert max(pieces) <= 1 << 16


def test_the_budget_is_of_all_files_together() -> None:
    data = line(0, "a" * 400) + line(1, "b" * 400)
    budget = Budget(1000)
    read(data, budget=budget)
    with pytest.raises(BoardError, match="larger than 1,000"):
        read(data, budget=budget)


def test_a_file_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "FILE_BYTES", 1000)
    with pytest.raises(BoardError, match="more than 1,000 bytes"):
        read(line(0, "a" * 2000))


@pytest.mark.parametrize(
    ("ids", "words"),
    [
        ([1] * 19, "has 19 ids"),
        ([*([1] * 19), 5000], "holds the id 5000"),
        ([*([1] * 19), -1], "holds the id -1"),
        ([*([1] * 19), True], "no list of whole numbers"),
        ([*([1] * 19), 1.0], "no list of whole numbers"),
        ("1 2", "no list of whole numbers"),
    ],
)
def test_ids_are_held_to_length_and_vocabulary(ids: Any, words: str) -> None:
    with pytest.raises(BoardError, match=words):
        read(line(0, ids, "ids"), IDS)
    assert rows_in(read(line(0, [4999] * 20, "ids"), IDS).content) == [[4999] * 20]


def test_hidden_characters_and_blanks_are_counted() -> None:
    found = read(line(0, "a\u202eb\x07") + line(1, "  "))
    assert found.marks == {"directions": 1, "controls": 1, "blank": 1}


def test_files_are_compared_by_their_sketches() -> None:
    rows = [f"sentence number {row}" for row in range(2000)]
    mixed = rows[:1500] + [f"other {row}" for row in range(500)]
    wanted = contract(samples=2000)
    one, two, three = (read(to_jsonl(found), wanted).sketch for found in (rows, rows[::-1], mixed))
    assert overlap(one, two) == 1.0
    assert overlap(one, three) == pytest.approx(1500 / 2500, abs=0.1)
    spaced = read(to_jsonl([row.upper().replace(" ", "  ") for row in rows]), wanted).sketch
    assert overlap(one, spaced) == 1.0


@given(st.lists(st.text(max_size=60), min_size=2, max_size=2))
def test_any_texts_come_through_or_are_refused(rows: list[str]) -> None:
    try:
        found = read(b"".join(line(place, row) for place, row in enumerate(rows)))
    except BoardError as error:
        assert any("\0" in row for row in rows) or "surrogate" in str(error)  # noqa: PT017
        return
    assert rows_in(found.content) == rows


@given(st.binary(max_size=400), st.booleans())
def test_any_bytes_are_refused_with_a_sentence(data: bytes, packed: bool) -> None:
    sent = zlib.compress(data, wbits=31) if packed else data
    with pytest.raises(BoardError):
        read(sent)


@given(st.data())
def test_a_damaged_file_is_refused_or_read_whole(data: st.DataObject) -> None:
    good = bytearray(gzip.compress(line(0, "one") + line(1, "two"), mtime=0))
    place = data.draw(st.integers(0, len(good) - 1))
    good[place] = data.draw(st.integers(0, 255))
    try:
        assert rows_in(read(bytes(good)).content) == ["one", "two"]
    except BoardError as error:
        assert str(error)  # noqa: PT017
