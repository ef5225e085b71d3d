"""seqgan judge on the terminal: through a pipe, stopped and gone on with, and its report."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from cli.command import Said, seqgan


@pytest.fixture
def ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Return a function that runs the quiz with what a person types."""
    monkeypatch.chdir(tmp_path)
    for name in ("real", "mle"):
        (tmp_path / f"{name}.txt").write_text("".join(f"{name} line {i}\n" for i in range(9)), encoding="utf-8")

    def run(typed: str, *more: str) -> Said:
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        return seqgan("judge", "--real", "real.txt", "--system", "mle=mle.txt", "-n", "3", "--judge", "ada", *more)

    return run


def answers(folder: Path) -> list[dict]:
    return [json.loads(line) for line in (folder / "answers.jsonl").read_text().splitlines()]


def test_a_quiz_is_stopped_and_gone_on_with_and_asks_nothing_twice(ask, tmp_path: Path) -> None:
    said = ask("r\nwhat\ng\nq\n")
    assert said.code == 0
    assert "Type r for real" in said.err
    assert "Stopped" in said.err
    assert len(answers(tmp_path)) == 2
    said = ask("R\nreal\nG\nn\n")
    assert "That was all" in said.err
    rows = answers(tmp_path)
    assert len({row["item"] for row in rows}) == len(rows) == 6
    assert [row["says_real"] for row in rows] == [True, False, True, True, False, False]
    assert ask("").err.count("real or generated?") == 0


def test_the_end_of_a_pipe_is_a_stop(ask, tmp_path: Path) -> None:
    assert "Stopped" in ask("r\n").err
    assert len(answers(tmp_path)) == 1


def test_the_report_says_what_came_out(ask, tmp_path: Path) -> None:
    ask("r\n" * 6)
    said = seqgan("judge", "--report")
    assert said.code == 0
    assert said.out.splitlines()[0].split("  ")[0] == "source"
    assert said.out.splitlines()[1].split()[:2] == ["real", "1.000"]
    assert said.out.splitlines()[2].split()[:2] == ["mle", "1.000"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--report"], "Nobody has answered"),
        (["--real", "x.txt"], "at least one system"),
        (["--real", "x.txt", "--system", "mle"], "names no system"),
        (["--real", "x.txt", "--system", "real=y.txt"], "names no system"),
    ],
)
def test_misuse_is_said_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments, message) -> None:
    monkeypatch.chdir(tmp_path)
    said = seqgan("judge", *arguments)
    assert said.code == 2
    assert message in said.err
    assert not (tmp_path / "answers.jsonl").exists()
