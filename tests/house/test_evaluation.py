"""The page on evaluation and its figure say what the committed records say."""

from __future__ import annotations

from types import ModuleType
from typing import Any
from xml.etree import ElementTree

import pytest

from house.source import ROOT, script_at

Records = tuple[dict[str, Any], list[dict[str, Any]]]


@pytest.fixture(scope="module")
def script() -> ModuleType:
    return script_at(ROOT / "docs" / "evaluation.py")


@pytest.fixture(scope="module")
def records(script: ModuleType) -> Records:
    found: Records = script.read()
    return found


def test_the_page_is_made_from_the_records(script: ModuleType, records: Records) -> None:
    assert script.PAGE.read_text(encoding="utf-8") == script.page(*records)


def test_nothing_is_left_to_fill_in(script: ModuleType) -> None:
    text = script.PAGE.read_text(encoding="utf-8")
    assert [word for word in ("{n}", "{claim}", "{bleu}", "None", "nan") if word in text] == []


def test_the_figure_is_the_one_of_the_record(script: ModuleType, records: Records) -> None:
    def words(data: bytes) -> list[str]:
        return [text for text in ElementTree.fromstring(data).itertext() if text.strip()]

    assert words(script.FIGURE.read_bytes()) == words(script.draw(records[0]))
    assert script.FIGURE.stat().st_size < 200_000


def test_both_models_were_swept_on_one_grid_and_measured_alike(records: Records) -> None:
    sweep, scores = records
    grid = sweep["grid"]["temperatures"]
    systems = {point["system"] for point in sweep["points"]} - {"real text"}
    assert len(systems) == 2
    for system in systems:
        assert [p["temperature"] for p in sweep["points"] if p["system"] == system] == grid
    assert {point["bleu_4_n"] for point in sweep["points"]} == {sweep["grid"]["n"]}
    assert {score["n"] for score in scores if score["name"] == "bleu_4"} == {5000}
