"""Your own sequences from a text, CSV, TSV, JSONL or integer-id file."""

from __future__ import annotations

from typing import Any

from seqgan.data.files import FileSettings
from seqgan.data.own import load_file
from seqgan.data.task import Task

FILES = ()


class Settings(FileSettings):
    """Where the sequences stand and how they become tokens."""


def load(settings: Settings, seed: int, source: Any = None) -> Task:
    """Read, split and number the file; the split depends on ``split_seed``, not on the run's ``seed``.

    Raises DataError naming the line and the remedy where the file cannot be used.
    """
    return load_file(settings, getattr(source, "progress", None))
