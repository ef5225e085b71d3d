"""What the README tells a newcomer to type works, in the order in which it stands there."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from house.source import ROOT
from seqgan.api import task
from seqgan.cli.main import run

README = (ROOT / "README.md").read_text(encoding="utf-8")
TINY = {
    "algorithm.pretrain_epochs": 1,
    "algorithm.pretrain_discriminator_steps": 1,
    "algorithm.steps": 1,
    "algorithm.epochs": 1,
    "algorithm.negatives": 64,
    "credit.rollouts": 2,
    "generator.hidden": 16,
    "discriminator.scale": 0.1,
    "run.evaluate_samples": 50,
    "run.final_samples": 50,
}

pytestmark = pytest.mark.thorough


def section(title: str) -> str:
    """Return a section of the README."""
    found = re.search(rf"^## {title}\n(.*?)(?=^## )", README, re.MULTILINE | re.DOTALL)
    assert found, f"the README has no section '{title}'"
    return found.group(1)


def blocks(text: str, language: str) -> str:
    return "".join(re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL))


@pytest.fixture
def captions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file called captions.txt, as the README assumes one, in the folder where the test stands."""
    monkeypatch.chdir(tmp_path)
    rows = task("oracle_grammar")
    drawn = rows.train.samples(slice(0, 400))
    lines = [*rows.decode(drawn.ids, drawn.mask), *["a cat sleeps ."] * 4]
    Path("captions.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return tmp_path


def test_the_commands_for_own_data_run_as_written(captions: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [shlex.split(line, comments=True) for line in blocks(section("Your own data"), "sh").splitlines()]
    shown = [words[1:] for words in lines if words and words[0] == "seqgan"]
    assert {words[0] for words in shown} == {"train", "data", "sample", "evaluate", "report", "resume"}
    for words in sorted(shown, key=lambda words: words[0] != "train"):
        tiny = (
            [part for key, value in TINY.items() for part in ("--set", f"{key}={value}")] if words[0] == "train" else []
        )
        assert run([*words, *tiny]) == 0, f"seqgan {' '.join(words)}: {capsys.readouterr().err}"
        output = capsys.readouterr().out
        if words[0] == "sample":
            assert len(output.splitlines()) == 10
    assert (captions / "runs" / "captions-seqgan-seed1" / "report.html").is_file()


def test_the_python_lines_run_as_written(captions: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = blocks(section("From Python"), "python")
    assert "seed=1)" in code
    exec(compile(code.replace("seed=1)", f"seed=1, quiet=True, settings={TINY})"), "README.md", "exec"), {})
    strings, _, numbers = capsys.readouterr().out.strip().partition("] tensor(")
    assert strings.startswith("[")
    assert numbers.startswith("[-")
