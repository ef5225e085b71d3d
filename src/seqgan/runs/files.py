"""Files that are whole or not there: written under a temporary name, put on the disk and renamed. No torch."""

from __future__ import annotations

import os
from pathlib import Path

PART = ".part"
"""How a file is called that is not yet whole: its name, the process and this."""


def replace(path: Path, data: bytes) -> None:
    """Put ``data`` under ``path`` in one instant, safely on the disk; on failure nothing is left behind."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}{PART}")
    try:
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Put a folder's names on the disk, where the system allows it."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:  # Windows opens no folders
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
