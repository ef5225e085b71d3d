"""Freed memory is reused: a step's large blocks cause page faults once, not in every step."""

from __future__ import annotations

import subprocess
import sys

import pytest

CODE = """
import resource, sys
sys.path.insert(0, sys.argv[1])
import torch
from seqgan.runs.memory import keep_freed_memory

def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(20):
        first, second = torch.ones(6_000_000), torch.ones(12_000_000)
        del first, second
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

faults()
default = faults()
print(keep_freed_memory(), default, (faults(), faults())[1])
"""


@pytest.mark.thorough
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only glibc has this choice")
def test_large_blocks_are_reused():
    from house.source import SRC

    found = subprocess.run([sys.executable, "-c", CODE, str(SRC)], capture_output=True, text=True, check=True).stdout
    done, default, kept = found.split()
    if done == "False":
        pytest.skip("the C library is not glibc")
    assert int(kept) < 100 < int(default)
