"""Lines that many append to: whole objects only, whatever a killed process left."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from seqgan.errors import DataError
from seqgan.results import lines


def test_what_is_appended_is_read_in_order(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "x.jsonl"
    assert lines.rows(path) == []
    for number in range(3):
        lines.append(path, {"n": number, "text": "ä\u2028\n"})
    assert lines.rows(path) == [{"n": number, "text": "ä\u2028\n"} for number in range(3)]


def test_several_writers_lose_no_line(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: lines.append(path, {"n": n}), range(200)))
    assert sorted(row["n"] for row in lines.rows(path)) == list(range(200))


def test_a_line_cut_short_is_passed_over_and_the_next_stands_on_its_own(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    lines.append(path, {"n": 1})
    with path.open("a") as file:
        file.write('{"n": 2, "te')
    lines.append(path, {"n": 3})
    assert lines.rows(path) == [{"n": 1}, {"n": 3}]


@pytest.mark.parametrize("text", ["hello\n", "[1]\n", "3\n", "null\n"])
def test_a_file_of_something_else_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text(text)
    with pytest.raises(DataError, match="line 1, holds no JSON object"):
        lines.rows(path)
