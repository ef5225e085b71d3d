"""Charts: well-formed, escaped, pointing the right way, quiet where there is nothing to draw."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest

from board.world import HOSTILE
from seqgan.board.charts.badge import badge
from seqgan.board.charts.bars import bars
from seqgan.board.charts.frame import day, short, years
from seqgan.board.charts.plane import plane
from seqgan.board.charts.timeline import sparkline, timeline


def point(date: str, number: float, record: bool = True, model: str = "M") -> dict[str, Any]:
    return {"date": date, "number": number, "raw": str(number), "model": model, "permalink": "abc", "record": record}


RISING = [point("2018-01-01", 0.5), point("2018-06-01", 0.4, False), point("2019-01-01", 0.9)]


def circles(text: str, kind: str) -> list[tuple[float, float]]:
    tree = ElementTree.fromstring(text)
    found = [link.find("circle") for link in tree.iter("a") if kind in link.attrib["class"].split()]
    return [(float(c.attrib["cx"]), float(c.attrib["cy"])) for c in found if c is not None]


def test_the_line_of_records_rises_to_the_right() -> None:
    text = str(timeline(RISING, "BLEU", "higher"))
    (x1, y1), (x2, y2) = circles(text, "record")
    assert x1 < x2
    assert y1 > y2
    assert len(circles(text, "other")) == 1
    assert "2018-01-01 M 0.5" in text


def test_text_of_strangers_is_escaped_everywhere() -> None:
    evil = [point("2018-01-01", 1, model=HOSTILE), point("2019-01-01", 2, model=HOSTILE)]
    data = {
        "x": {"name": HOSTILE, "direction": "higher"},
        "y": {"name": "y", "direction": "lower"},
        "points": [{"x": 1.0, "y": 2.0, "model": HOSTILE, "variant": HOSTILE, "permalink": "a", "front": True}],
    }
    for text in (str(timeline(evil, HOSTILE, "higher")), str(plane(data)), badge(HOSTILE, HOSTILE)):
        ElementTree.fromstring(text)
        assert "<script" not in text
        assert "<img" not in text


@pytest.mark.parametrize("points", [[], [point("2018-01-01", 1)], [point("2018-01-01", 1), point("2018-01-01", 1)]])
def test_few_points_are_no_fault(points: list[dict[str, Any]]) -> None:
    assert isinstance(str(timeline(points, "x", "unknown")), str)
    assert str(sparkline(points)) == ""


def test_a_sparkline_is_a_small_step_line() -> None:
    tree = ElementTree.fromstring(str(sparkline(RISING)))
    assert len(tree.findall("path")) == 1


def test_huge_and_negative_numbers_are_drawn() -> None:
    text = str(timeline([point("2018-01-01", -1e9), point("2019-01-01", 3e9)], "x", "higher"))
    assert "nan" not in text
    assert circles(text, "record")


def test_bars_count_years() -> None:
    tree = ElementTree.fromstring(str(bars([{"year": 2018, "papers": 3}, {"year": 2021, "papers": 6}])))
    heights = [float(rect.attrib["height"]) for rect in tree.iter("rect")]
    assert heights[1] == pytest.approx(2 * heights[0], rel=0.02)


def test_days_and_years() -> None:
    assert day("2019-02-30") == day("2019-02-01")
    assert [words for _, words in years(day("2015-03-01"), day("2018-03-01"))] == ["2016", "2017", "2018"]
    assert years(day("2018-01-15"), day("2018-12-15"))[0][1] == "Feb 2018"
    assert [short(1.5e9), short(2e6), short(12_000), short(0.25)] == ["1.5B", "2M", "12k", "0.25"]


def test_a_badge_says_board_and_rank_and_cuts_long_names() -> None:
    text = badge("COCO BLEU-2", "#1 MLE")
    assert "COCO BLEU-2: #1 MLE" in text
    assert len(badge("x" * 500, "y")) < 1500
