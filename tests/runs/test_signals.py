"""Stopping politely: a first signal asks, a second one ends the process, a terminal that closes after one does not."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from conftest import ROOT

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals differ there")
SAVING = """
import time
from seqgan.runs.signals import catching
with catching(quiet=True) as stop:
    print("ready", flush=True)
    while not stop.number:
        time.sleep(0.01)
    print("saving", flush=True)
    input()
    print("saved", stop.number, flush=True)
"""


def outcome(*signals: int) -> tuple[int, str]:
    """Send the first signal to a process that then saves, the others while it does; return its exit code and words."""
    command, environment = [sys.executable, "-c", SAVING], {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    with subprocess.Popen(
        command, env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signals[0])
        assert process.stdout.readline() == "saving\n"
        for number in signals[1:]:
            process.send_signal(number)
        said = process.communicate("go on\n", timeout=30)[0]
    return process.returncode, said


@pytest.mark.parametrize("first", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_one_signal_lets_a_process_save_and_one_that_hangs_up_behind_it_too(first: int) -> None:
    assert outcome(first) == (0, f"saved {int(first)}\n")
    assert outcome(first, signal.SIGHUP) == (0, f"saved {int(first)}\n")


@pytest.mark.parametrize("second", [signal.SIGINT, signal.SIGTERM])
def test_a_second_signal_ends_the_process_at_once(second: int) -> None:
    assert outcome(signal.SIGTERM, second) == (-second, "")
