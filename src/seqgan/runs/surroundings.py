"""What stands around a session: what it writes to and hears from, and where a run that goes on stood."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from seqgan.progress import Progress
from seqgan.runs.folder import RunFolder
from seqgan.runs.journal import Journal
from seqgan.runs.signals import Stop


@dataclass(frozen=True)
class Surroundings:
    """What a session writes to and hears from; ``shelf`` is the folder of trainings that it shares with other runs."""

    folder: RunFolder
    journal: Journal
    progress: Progress
    stop: Stop
    shelf: Path | None = None


@dataclass(frozen=True)
class Resumption:
    """Where a run goes on: a checkpoint's ``state`` (empty: none was written, begin anew), its file, what was said."""

    state: dict[str, Any]
    checkpoint: str | None
    notes: tuple[str, ...]
    warnings: tuple[str, ...] = ()
