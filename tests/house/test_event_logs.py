"""The page on event logs: its code, as it stands there, on a log of a few cases."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "event_logs.md"
LOG = """case,time,activity
7,2026-01-01T10:00:00,Check ticket
7,2026-01-01T09:00:00,Register
7,2026-01-01T11:00:00,Reject request
8,2026-01-02T09:00:00,Register
8,2026-01-02T10:00:00,Decide
8,2026-01-02T10:00:00,Close
"""


def code() -> list[str]:
    return re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


def test_a_log_becomes_one_case_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("log.csv").write_text(LOG, encoding="utf-8")
    exec(code()[0], {})
    cases = Path("cases.txt").read_text(encoding="utf-8").splitlines()
    assert cases == ["Register Check_ticket Reject_request", "Register Decide Close"]


def test_samples_are_scored_with_a_rule(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    cases = ["Register Check_ticket Reject_request", "Register Decide Pay_compensation"] * 20
    Path("cases.txt").write_text("\n".join(cases) + "\n", encoding="utf-8")
    Path("samples.txt").write_text("Register Decide Pay_compensation\nRegister Decide\n", encoding="utf-8")
    exec(code()[1], {})
    assert "validity 0.5 " in capsys.readouterr().out
