"""Files of one JSON object a line that several processes append to, and that a killed one may leave cut short."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from seqgan.errors import DataError


def append(path: Path, row: dict[str, Any]) -> None:
    """Append one object in one write, on a line of its own whatever stands before; the folder is made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    line = (json.dumps(row, ensure_ascii=False) + "\n").encode()
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
    try:
        size = os.lseek(handle, 0, os.SEEK_END)
        os.lseek(handle, max(0, size - 1), os.SEEK_SET)
        cut = size > 0 and os.read(handle, 1) != b"\n"
        os.write(handle, b"\n" + line if cut else line)
    finally:
        os.close(handle)


def rows(path: Path) -> list[dict[str, Any]]:
    """Return every object; a line that a killed process left cut short is passed over, no file is an empty one.

    Raises DataError where a line was never the beginning of an object.
    """
    if not path.is_file():
        return []
    lines = path.read_text(encoding="utf-8", errors="replace").split("\n")
    return [row for number, line in enumerate(lines, 1) if line and (row := _row(line, number, path)) is not None]


def _row(line: str, number: int, path: Path) -> dict[str, Any] | None:
    try:
        row = json.loads(line)
    except ValueError:
        row = None
    if isinstance(row, dict):
        return row
    if row is None and line.startswith("{"):
        return None
    raise DataError(f"{path}, line {number}, holds no JSON object.", "Name another file, or remove that line.")
