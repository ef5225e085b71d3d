"""The journal: one JSON object a line, only ever appended, cut back to the checkpoint when a run is resumed."""

from __future__ import annotations

import json
import math
import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from seqgan.errors import RunError

STAGES = ("mle", "scheduled_sampling", "adversarial")
"""Stages of training as their events are called, and the checkpoints at their ends."""


class Journal:
    """An append-only file; each line is written at once, so a killed process loses no finished line."""

    def __init__(self, path: Path, keep: int | None = 0) -> None:
        """Open ``path`` and keep its first ``keep`` bytes (None: all).

        Raises RunError where the file is shorter than that.
        """
        self.path = path
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        size = os.fstat(self._file).st_size
        if keep is not None:
            if size < keep:
                raise RunError(f"{path} is shorter than its checkpoint says.", "Restore it, or start a new run.")
            os.ftruncate(self._file, keep)
        self.length = size if keep is None else keep

    def write(self, event: str, phase: str, step: int, values: Mapping[str, Any], seconds: float) -> None:
        """Append one line: event, phase and step first; only ``seconds`` and ``time`` depend on the clock.

        Raises RunError where the disk refuses it.
        """
        line = {"event": event, "phase": phase, "step": step, **values}
        line["seconds"], line["time"] = round(seconds, 3), time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        data = (json.dumps(plain(line), ensure_ascii=False, allow_nan=False) + "\n").encode()
        try:
            self._write(data)
        except OSError as error:
            raise RunError(
                f"The journal {self.path} cannot be written: {error.strerror}. The last checkpoint is whole.",
                f"Make room on the disk, then: seqgan resume {self.path.parent}",
            ) from error
        self.length += len(data)

    def _write(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[os.write(self._file, view) :]

    def sync(self) -> None:
        """Have the operating system put every line on the disk."""
        os.fsync(self._file)

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)


def read(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the events of a journal; a last line that a killed process left unfinished is skipped."""
    with path.open("rb") as lines:
        for line in lines:
            if line.endswith(b"\n"):
                yield json.loads(line)


def plain(value: Any) -> Any:
    """Return ``value`` as JSON can hold it: numbers of tensors and arrays, null for NaN and infinities."""
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(inner) for inner in value]
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if value is None or isinstance(value, (bool, int, str)) else str(value)
