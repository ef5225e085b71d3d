"""Limits bind the process that sets them, and only that one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = str(Path(__file__).parents[3] / "src")
PROGRAM = """
import sys; sys.path.insert(0, sys.argv[1])
from seqgan.board.scoring.limits import Limits, apply, peak_bytes
assert apply(Limits(memory=400 * 2**20, processor=5))
assert peak_bytes() > 0
try:
    held = bytearray(500 * 2**20)
except MemoryError:
    sys.stdout.write("refused")
"""


def test_memory_beyond_the_limit_is_refused() -> None:
    pytest.importorskip("resource", reason="this system has no resource limits")
    found = subprocess.run([sys.executable, "-c", PROGRAM, SOURCE], capture_output=True, text=True, timeout=60)
    assert found.stdout == "refused", found.stderr
