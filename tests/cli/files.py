"""Small files of sequences and settings that make a run last seconds."""

from __future__ import annotations

import json
from pathlib import Path

WORDS = (
    ("a", "the"),
    ("big", "small", "red", "old"),
    ("cat", "dog", "car"),
    ("runs", "sleeps", "waits"),
    ("here", "there"),
)


def captions(rows: int = 120) -> list[str]:
    """Return ``rows`` different short sentences, always the same ones."""
    found = []
    for number in range(rows):
        words = []
        for choices in WORDS:
            words.append(choices[number % len(choices)])
            number //= len(choices)
        found.append(" ".join(words) + ".")
    return found


def write(path: Path, lines: list[str]) -> Path:
    """Write lines and return the path."""
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def csv(path: Path) -> Path:
    """Write the captions as the column ``text`` of a CSV file."""
    return write(path, ["number,text", *(f'{number},"{line}"' for number, line in enumerate(captions()))])


def jsonl(path: Path) -> Path:
    """Write the captions as the field ``body`` of a JSONL file."""
    return write(path, [json.dumps({"body": line}) for line in captions()])


def ids(path: Path) -> Path:
    """Write sequences of integer ids."""
    return write(path, [" ".join(str((row * 7 + place) % 9) for place in range(3 + row % 5)) for row in range(120)])


def smiles(path: Path) -> Path:
    """Write strings of atoms, rings and bonds as chemists write them."""
    parts = ("C", "c1ccccc1", "Cl", "N", "O", "Br", "C(=O)")
    return write(path, ["".join(parts[(row // 7**place) % 7] for place in range(2 + row % 4)) for row in range(300)])


def dna(path: Path) -> Path:
    """Write sequences of the four bases."""
    return write(path, ["".join("ACGT"[(row // 4**place) % 4] for place in range(8)) for row in range(200)])


TINY = {
    "algorithm.pretrain_epochs": 1,
    "algorithm.pretrain_discriminator_steps": 1,
    "algorithm.steps": 1,
    "algorithm.epochs": 1,
    "algorithm.negatives": 16,
    "algorithm.batch": 8,
    "algorithm.d_batch": 16,
    "generator.embedding": 4,
    "generator.hidden": 8,
    "discriminator.scale": 0.02,
    "credit.rollouts": 2,
    "run.evaluate_samples": 10,
    "run.final_samples": 20,
    "run.checkpoint_minutes": 0,
}


def flags(**more: object) -> list[str]:
    """Return the settings of a tiny run as ``--set`` options; ``task__train_rows=5`` adds ``task.train_rows=5``."""
    settings = {**TINY, **{key.replace("__", "."): value for key, value in more.items()}}
    return [part for key, value in settings.items() for part in ("--set", f"{key}={value}")]


GRAMMAR = {"task__train_rows": 60, "task__valid_rows": 20, "task__test_rows": 20}
