"""Stopping politely: the first signal asks for a save and a clean exit, the second ends the process at once."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from seqgan.errors import SeqganError

_HANG_UP = getattr(signal, "SIGHUP", None)  # Windows has none
_SIGNALS = tuple(number for number in (signal.SIGINT, signal.SIGTERM, _HANG_UP) if number is not None)
_NOTE = b"\nStopping after the current batch; the run will be saved. Ctrl-C again stops at once.\n"
_SHOW_CURSOR = b"\x1b[?25h"  # a bar hides it, and a second signal leaves no time to show it again


class Interrupted(SeqganError):
    """A signal stopped the run after it was saved; the exit code is 128 + the signal's number."""

    def __init__(self, problem: str, remedy: str = "", number: int = signal.SIGINT) -> None:
        """Keep the signal's number for the exit code."""
        super().__init__(problem, remedy)
        self.exit_code = 128 + number


class Stop:
    """Whether, and by which signal, somebody asked the run to stop."""

    def __init__(self) -> None:
        """Begin unasked."""
        self.number = 0

    def ask(self, number: int = signal.SIGINT) -> None:
        """Ask the run to stop at its next boundary."""
        self.number = number


@contextmanager
def catching(quiet: bool = False) -> Iterator[Stop]:
    """Turn signals into a request to stop, inside this block and in the main thread; a second one kills the process.

    SIGHUP does not: a terminal that closes after Ctrl-C, or a service that ends, sends it behind the first.
    """
    stop = Stop()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    before: dict[int, Any] = {}

    def handle(number: int, _frame: FrameType | None) -> None:
        stop.ask(number)
        for other in before:
            signal.signal(other, signal.SIG_IGN if other == _HANG_UP else signal.SIG_DFL)
        if not quiet:
            os.write(2, _SHOW_CURSOR + _NOTE if os.isatty(2) else _NOTE)

    for number in _SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:  # nohup must keep its meaning
            before[number] = signal.signal(number, handle)
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
