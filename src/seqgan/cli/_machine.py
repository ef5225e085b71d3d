"""What this machine is: versions, memory and disk."""

from __future__ import annotations

import os
import shutil
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

_MEMORY_FILES = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


def versions() -> dict[str, str]:
    """Return the version of every package that this one needs, "missing" where it is absent."""
    try:
        lines = [line for line in requires("seqgan") or [] if "extra ==" not in line]
    except PackageNotFoundError:
        lines = ["torch", "numpy", "scipy", "pydantic", "typer", "rich", "safetensors", "matplotlib", "jinja2", "nltk"]
    return {name: _version(name) for name in map(_package, lines)}


def _package(requirement: str) -> str:
    return "".join(c if c.isalnum() or c in "-_." else " " for c in requirement).split()[0]


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "missing"


def memory() -> tuple[int | None, int | None]:
    """Return the bytes of memory, all there is and what is free; None where the system does not say."""
    total = free = None
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    meminfo = Path("/proc/meminfo")
    if meminfo.is_file():
        lines = [line.split() for line in meminfo.read_text(encoding="ascii").splitlines()]
        free = next((int(words[1]) * 1024 for words in lines if words[0] == "MemAvailable:"), None)
    limits = [
        int(text)
        for path in map(Path, _MEMORY_FILES)
        if path.is_file() and (text := path.read_text().strip()).isdigit()
    ]
    if total is not None and limits:
        total = min(total, *limits)
        free = min(free, total) if free is not None else None
    return total, free


def free_disk(folder: Path) -> int:
    """Return the bytes that are free on the disk of ``folder``."""
    return shutil.disk_usage(folder).free
