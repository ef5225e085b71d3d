"""The page of the first run and its figure's data say what the committed record says."""

from __future__ import annotations

import json
from types import ModuleType
from typing import Any

import pytest

from house.source import ROOT, script_at


@pytest.fixture(scope="module")
def script() -> ModuleType:
    return script_at(ROOT / "docs" / "first_run.py")


@pytest.fixture(scope="module")
def data(script: ModuleType) -> dict[str, Any]:
    record: dict[str, Any] = json.loads(script.RECORD.read_text(encoding="utf-8"))
    return record


def test_the_page_is_made_from_the_record(script: ModuleType, data: dict[str, Any]) -> None:
    assert script.PAGE.read_text(encoding="utf-8") == script.page(data)


def test_the_run_was_as_the_page_says(data: dict[str, Any]) -> None:
    phases = [point["phase"] for point in data["curve"]]
    assert phases.count("adversarial") >= 50
    assert len(data["resumes"]) >= 1
    losses = [point["valid_nll"] for point in data["curve"] if point["phase"] == "pretrain_generator"]
    assert losses.index(min(losses)) < len(losses) - 1, "likelihood went past its validation minimum"
    assert all(len(rows) == 20 for rows in data["samples"].values())
