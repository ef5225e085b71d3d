"""What this machine is: versions, device, threads, memory, disk and how fast it multiplies matrices."""

from __future__ import annotations

import os
import platform
import shutil
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

PACKAGES = (
    *("torch", "numpy", "scipy", "pydantic", "typer", "rich", "safetensors", "matplotlib", "jinja2", "nltk"),
    *("tomli-w", "filelock"),
)


def versions() -> dict[str, str]:
    """Return the versions of Python and of every package this one stands on."""
    found = {"python": platform.python_version(), "system": platform.platform()}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "missing"
    return found


def memory() -> dict[str, int | None]:
    """Return the bytes of memory: all there is and what is free; None where the system does not say."""
    total = free = None
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    meminfo = Path("/proc/meminfo")
    if meminfo.is_file():
        lines = dict(line.split(":", 1) for line in meminfo.read_text().splitlines() if ":" in line)
        free = int(lines["MemAvailable"].split()[0]) * 1024 if "MemAvailable" in lines else None
    limit = _container_limit()
    if limit is not None and total is not None:
        total = min(total, limit)
        free = min(free, total) if free is not None else None
    return {"total": total, "free": free}


def _container_limit() -> int | None:
    path = Path("/sys/fs/cgroup/memory.max")
    text = path.read_text().strip() if path.is_file() else ""
    return int(text) if text.isdigit() else None


def devices() -> dict[str, Any]:
    """Return which devices there are, which one ``auto`` takes, and the threads."""
    import torch

    cuda = [torch.cuda.get_device_name(number) for number in range(torch.cuda.device_count())]
    mps = torch.backends.mps.is_available()
    chosen = "cuda" if cuda else "mps" if mps else "cpu"
    return {"auto": chosen, "cuda": cuda, "mps": mps, "threads": torch.get_num_threads(), "cores": os.cpu_count()}


def free_disk(folder: Path) -> int:
    """Return the bytes that are free on the disk of ``folder``."""
    return shutil.disk_usage(folder).free


def matrix_rate(dtype: str, size: int = 1024, seconds: float = 0.5) -> float:
    """Return how many floating-point operations a second a matrix product of ``dtype`` does on this CPU."""
    import torch

    left = torch.randn(size, size).to(getattr(torch, dtype))
    left @ left
    begin, products = time.perf_counter(), 0
    while (spent := time.perf_counter() - begin) < seconds:
        left @ left
        products += 1
    return 2.0 * size**3 * products / spent
