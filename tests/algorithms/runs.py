"""Tiny real runs: a world of five letters in a file, a run folder, a journal."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

from seqgan import config
from seqgan.progress import Progress
from seqgan.runs import journal
from seqgan.runs.train import train

LETTERS = "abcd"
TINY = {
    "generator": {"embedding": 8, "hidden": 16},
    "discriminator": {"embedding": 8, "windows": [1, 2, 3], "filters": [16, 16, 16]},
    "run": {"evaluate_samples": 50, "final_samples": 50, "evaluate_every": 100, "threads": 1, "device": "cpu"},
}


def letters(path: Path, rows: int = 400, share: float = 0.25, seed: int = 0) -> Path:
    """Write rows of 3 to 7 letters, "a" with the given share and others alike."""
    draw, lines = random.Random(seed), []
    for _ in range(rows):
        word = [draw.choice("bcd") if draw.random() > share else "a" for _ in range(draw.randint(3, 7))]
        lines.append(" ".join(word))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def experiment(data: Path, algorithm: dict[str, Any], *, seed: int = 1, **parts: dict[str, Any]) -> config.Experiment:
    """Return a resolved experiment on the letters in ``data``."""
    task = {"name": "file", "path": str(data), "tokenizer": "whitespace", "max_len": 8}
    given: dict[str, Any] = {**TINY, "task": task, "algorithm": algorithm, "seed": seed}
    if algorithm.get("name") not in (None, "seqgan"):
        del given["discriminator"]
    return config.resolve(("tiny", given), ("test", parts))


def carry_out(folder: Path, chosen: config.Experiment) -> tuple[Path, list[dict[str, Any]]]:
    """Train in ``folder`` and return it with the events of its journal."""
    run = train(chosen, folder, Progress(quiet=True))
    return run, list(journal.read(run / "journal.jsonl"))


def events(lines: list[dict[str, Any]], event: str) -> list[dict[str, Any]]:
    """Return the journal's lines of one event."""
    return [line for line in lines if line["event"] == event]
