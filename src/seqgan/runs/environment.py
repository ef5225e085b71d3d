"""What a run was made with: versions, device, threads, commit, command and more; the choice of device and threads."""

from __future__ import annotations

import hashlib
import os
import platform
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import torch

from seqgan.errors import ConfigError

_PACKAGES = ("seqgan", "torch", "numpy", "safetensors", "nltk")


def choose_device(name: str) -> torch.device:
    """Return the device called ``name``; "auto" takes cuda, then mps, then cpu. Raises ConfigError if it is absent."""
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    try:
        device = torch.device(name)
    except RuntimeError:
        raise ConfigError(f"There is no device called '{name}'.", "Allowed: auto, cpu, mps, cuda, cuda:N.") from None
    absent = {
        "cuda": not torch.cuda.is_available() or (device.index or 0) >= torch.cuda.device_count(),
        "mps": not torch.backends.mps.is_available(),
    }
    if absent.get(device.type, False):
        raise ConfigError(f"This machine has no device '{name}'.", "Use run.device=auto.")
    return device


def describe(device: torch.device) -> dict[str, Any]:
    """Return the facts of ``environment.json`` as plain data."""
    return {
        "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "command": sys.argv,
        "python": platform.python_version(),
        "versions": {name: _version(name) for name in _PACKAGES},
        "platform": platform.platform(),
        "device": str(device),
        "device_name": torch.cuda.get_device_name(device) if device.type == "cuda" else processor(),
        "processor": processor(),
        "instructions": instructions(),
        "processors": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "commit": commit(),
    }


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def processor() -> str:
    """Return the name of the processor, as well as the system knows it."""
    return _told("model name") or platform.processor() or platform.machine()


def instructions() -> str:
    """Return a short digest of what the processor can do, "" where the system does not list it.

    Processors of one name may differ in that, and then round differently.
    """
    flags = _told("flags") or _told("Features")
    return hashlib.sha256(flags.encode()).hexdigest()[:12] if flags else ""


def _told(what: str) -> str:
    """Return what Linux says of the first processor under a name, "" elsewhere."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(what)), "")


def commit() -> str | None:
    """Return the commit of the checkout that holds this file, None where it is not under version control."""
    return _git("rev-parse", "HEAD") if _git("ls-files", "--error-unmatch", Path(__file__).name) else None


def _git(*arguments: str) -> str | None:
    command = ["git", "-C", str(Path(__file__).parent), *arguments]
    try:
        result = subprocess.run(command, capture_output=True, text=True, timeout=5, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return result.stdout.strip() or None


@contextmanager
def threads(number: int) -> Iterator[None]:
    """Let PyTorch use ``number`` threads inside this block; 0 leaves it as it is."""
    before = torch.get_num_threads()
    if number:
        torch.set_num_threads(number)
    try:
        yield
    finally:
        torch.set_num_threads(before)
