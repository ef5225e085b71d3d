"""Progress for people: a bar with the time left on a terminal, plain lines elsewhere, nothing for what is quick."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sized
from typing import Any, TextIO, TypeVar

Item = TypeVar("Item")

PATIENCE = 2.0  # seconds; what is done sooner shows nothing
REDRAW = 0.2  # seconds between two drawings of a bar
PLAIN = 10.0  # seconds between two plain lines


class Progress:
    """Where a long job says how far it is: on the standard error, and nowhere when ``quiet``."""

    def __init__(
        self, quiet: bool = False, stream: TextIO | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Write to ``stream`` (default: the standard error as it is when something is said)."""
        self.quiet, self._stream, self.clock = quiet, stream, clock
        self._bar: Bar | None = None

    @property
    def stream(self) -> TextIO:
        """Return where lines go."""
        return self._stream if self._stream is not None else sys.stderr

    @property
    def terminal(self) -> bool:
        """Return whether a person's terminal is at the other end."""
        return bool(getattr(self.stream, "isatty", lambda: False)())

    def say(self, text: str) -> None:
        """Write one line, above the bar where there is one."""
        if self.quiet:
            return
        if self._bar is not None:
            self._bar.hide()
        self.write(text)

    def write(self, text: str) -> None:
        """Write a line to the stream, and nothing more where nobody reads it (``| head``): the work goes on."""
        try:
            self.stream.write(text + "\n")
            self.stream.flush()
        except BrokenPipeError:
            self.quiet = True

    def bar(self, description: str, total: int, done: int = 0, left: Callable[[], float] | None = None) -> Bar:
        """Open a bar for ``total`` units (0: unknown) of which ``done`` are finished; an open one is closed first.

        ``left`` tells the seconds left where units are too unlike for the mean speed to say.
        """
        self.close()
        self._bar = Bar(self, description, total, done)
        self._bar.left = left
        return self._bar

    def close(self) -> None:
        """Close the open bar, if any."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None

    def track(self, items: Iterable[Item], description: str, total: int | None = None) -> Iterator[Item]:
        """Yield from ``items`` and show how many of ``total`` (default: their number) have been dealt with.

        The first item may bring a long wait that says nothing about the rest (imports, opening): patience counts anew.
        """
        size = total if total is not None else len(items) if isinstance(items, Sized) else 0
        bar = self.bar(description, size)
        try:
            for number, item in enumerate(items, 1):
                yield item
                if number == 1:
                    bar.wait()
                bar.update(number)
        finally:
            self.close()


class Bar:
    """One job under way; an update costs well under a microsecond unless something is due to be drawn."""

    def __init__(self, progress: Progress, description: str, total: int, done: int) -> None:
        """Begin at ``done`` of ``total`` units (0: unknown)."""
        self.progress, self.description, self.total, self.done = progress, description, total, done
        self._first = done
        self._begun = progress.clock()
        self._every = REDRAW if progress.terminal else PLAIN
        self._due = self._begun + PATIENCE
        self._shown = False
        self._drawn = -1
        self._live: Any = None
        self.left: Callable[[], float] | None = None

    def wait(self) -> None:
        """Show nothing for a while again."""
        self._due = self.progress.clock() + PATIENCE

    def update(self, done: int, detail: Callable[[], str] | None = None) -> None:
        """Note that ``done`` units are finished; ``detail`` is asked for a few words only when something is drawn."""
        self.done = done
        now = self.progress.clock()
        if now >= self._due:
            self._due = now + self._every
            self._draw(detail() if detail is not None else "")

    def close(self) -> None:
        """Say that the job is done, if it was ever shown, and leave the terminal as it was."""
        if self._drawn != self.done and self._shown and self.total and self.done >= self.total:
            self._draw("")
        self.hide()

    def hide(self) -> None:
        """Take the bar off the terminal; the next update draws it again."""
        if self._live is not None:
            self._live.stop()
            self._live = None

    def line(self, detail: str = "") -> str:
        """Return the state in words, as in ``adversarial: 12 of 50, 1:20 so far, 4:02 left``."""
        count = f"{self.done:,} of {self.total:,}" if self.total else f"{self.done:,} done"
        return ", ".join(part for part in (f"{self.description}: {count}", self.times(), detail) if part)

    def times(self) -> str:
        """Return the time spent and, once a unit is finished, the time left at the mean speed so far."""
        spent = self.progress.clock() - self._begun
        text = f"{clock_time(spent)} so far"
        if self.left is not None:
            return f"{text}, {clock_time(self.left())} left"
        if self.total > self.done > self._first:
            text += f", {clock_time(spent / (self.done - self._first) * (self.total - self.done))} left"
        return text

    def _draw(self, detail: str) -> None:
        if self.progress.quiet:
            return
        self._shown, self._drawn = True, self.done
        if not self.progress.terminal:
            self.progress.write(self.line(detail))
            return
        if self._live is None:
            self._live = _live_bar(self.progress.stream)
            self._live.add_task(self.description, total=self.total or None, words="")
            self._live.start()
        self._live.update(
            self._live.task_ids[0], completed=self.done, description=self.description, words=f"{self.times()} {detail}"
        )
        self._live.refresh()


def _live_bar(stream: TextIO) -> Any:
    """Return a rich bar that draws only when asked to, so that no thread runs beside the training."""
    from rich import progress as rich_progress
    from rich.console import Console

    columns = (
        rich_progress.TextColumn("{task.description}", markup=False),
        rich_progress.BarColumn(bar_width=24),
        rich_progress.MofNCompleteColumn(),
        rich_progress.TextColumn("{task.fields[words]}", markup=False),
    )
    return rich_progress.Progress(*columns, console=Console(file=stream), auto_refresh=False, transient=True)


def clock_time(seconds: float) -> str:
    """Return a duration as ``m:ss`` or ``h:mm:ss``."""
    whole = round(seconds)
    hours, rest = divmod(whole, 3600)
    return f"{hours}:{rest // 60:02d}:{rest % 60:02d}" if hours else f"{rest // 60}:{rest % 60:02d}"


def track(items: Iterable[Item] | int, description: str, progress: Progress | None = None) -> Iterator[Item]:
    """Yield from ``items`` (a number n: from ``range(n)``) and show the progress on the standard error."""
    things: Iterable[Any] = range(items) if isinstance(items, int) else items
    yield from (progress or Progress()).track(things, description)
