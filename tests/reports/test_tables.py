"""Plain tables: alignment, numbers, scores beside each other."""

from __future__ import annotations

import math

import pytest

from seqgan.records import Score
from seqgan.reports.tables import number, scores_table, text_table


def test_columns_align_and_numbers_stand_right() -> None:
    table = text_table(["name", "value"], [["a", 1.5], ["longer", 1000], ["none", None]])
    assert table.splitlines() == [
        "name    value",
        "------  -----",
        "a       1.500",
        "longer  1,000",
        "none        \u2013",
    ]


def test_wide_characters_count_two_columns() -> None:
    lines = text_table(["a", "b"], [["春眠", "x"], ["abcd", "y"]]).splitlines()
    assert lines[2] == "春眠  x"
    assert lines[3] == "abcd  y"


def test_line_breaks_do_not_break_the_table() -> None:
    assert len(text_table(["a"], [["one\ntwo"]]).splitlines()) == 3


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.12345, "0.123"),
        (123.456, "123.5"),
        (12345.6, "12,346"),
        (0.00001, "1.0e-05"),
        (0.0, "0.000"),
        (None, "\u2013"),
        (math.inf, "not finite"),
        (-math.inf, "not finite"),
        (math.nan, "not finite"),
        (True, "True"),
        (7, "7"),
    ],
)
def test_numbers_are_written_the_same_way_everywhere(value: object, text: str) -> None:
    assert number(value) == text


def test_scores_stand_beside_each_other_with_their_direction() -> None:
    def score(name: str, value: float, interval: tuple[float, float] | None = None) -> Score:
        return Score(name, value, name, "lower" if name == "nll" else "higher", "share", 5, interval)

    table = scores_table({"mine": [score("bleu", 0.5, (0.4, 0.6))], "yours": [score("bleu", 0.25), score("nll", 2.0)]})
    lines = table.splitlines()
    assert lines[2].split("  ")[0] == "bleu ↑"
    assert "0.500 [0.400, 0.600]" in lines[2]
    assert lines[3].startswith("nll ↓")
    assert "\u2013" in lines[3]
