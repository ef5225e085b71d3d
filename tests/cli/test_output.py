"""What commands print: columns that stand below each other on a terminal, in any script."""

from __future__ import annotations

import pytest

from seqgan.cli._output import columns
from seqgan.reports.tables import screen_width


@pytest.mark.parametrize(("text", "width"), [("", 0), ("abc", 3), ("猫", 2), ("\uff0c", 2), ("e\u0301", 1), ("Bär", 3)])
def test_a_wide_character_fills_two_cells_and_a_mark_none(text: str, width: int) -> None:
    assert screen_width(text) == width


def test_columns_of_chinese_and_latin_words_stand_below_each_other() -> None:
    lines = columns([("秦川", "1"), ("cafe\u0301", "2"), ("longest word", "3"), ("x",)])
    assert {screen_width(line[:-1]) for line in lines[:3]} == {len("longest word") + 2}
    assert lines[0] == "秦川" + " " * 10 + "1"
    assert lines[3] == "x"
    assert columns([]) == []
