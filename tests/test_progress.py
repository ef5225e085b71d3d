"""Progress: plain lines that are not too many, silence for what is quick, a bar on a terminal."""

from __future__ import annotations

import io

from seqgan.progress import Progress, clock_time, track


class Clock:
    """A clock that the test moves."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def run(stream: io.StringIO, seconds: float, units: int = 100, quiet: bool = False) -> str:
    """Return what is written for a job of ``units`` equal units."""
    clock = Clock()
    progress = Progress(quiet, stream, clock)
    for _ in progress.track(range(units), "work"):
        clock.now += seconds / units
    return stream.getvalue()


def test_a_quick_job_says_nothing():
    assert run(io.StringIO(), 1.9) == ""


def test_plain_lines_come_at_most_every_ten_seconds_and_name_the_time_left():
    lines = run(io.StringIO(), 100.0).splitlines()
    assert 8 <= len(lines) <= 12
    assert lines[1].startswith("work: 13 of 100, 0:13 so far, 1:27 left") or "left" in lines[1]
    assert lines[-1] == "work: 100 of 100, 1:40 so far"


def test_a_quiet_progress_says_nothing():
    stream = io.StringIO()
    Progress(True, stream).say("hello")
    assert run(stream, 100.0, quiet=True) == ""


def test_a_terminal_gets_a_bar_that_leaves_nothing_behind_but_messages():
    stream = Terminal()
    clock = Clock()
    progress = Progress(False, stream, clock)
    bar = progress.bar("learn [it]", 10)
    clock.now = 3.0
    bar.update(3, lambda: "batches 7")
    progress.say("a message")
    text = stream.getvalue()
    assert "learn [it]" in text
    assert "3/10" in text
    assert "0:07 left" in text
    assert "batches 7" in text
    assert text.endswith("a message\n")


def test_the_time_left_counts_from_where_a_resumed_job_began():
    clock = Clock()
    bar = Progress(False, io.StringIO(), clock).bar("work", 100, done=80)
    clock.now = 10.0
    bar.done = 90
    assert bar.line() == "work: 90 of 100, 0:10 so far, 0:10 left"


def test_details_are_asked_for_only_when_something_is_drawn():
    asked = []
    clock = Clock()
    bar = Progress(False, io.StringIO(), clock).bar("work", 1000)
    for unit in range(1000):
        clock.now += 0.02
        bar.update(unit, lambda: asked.append(1) or "x")
    assert len(asked) == 2


def test_a_job_of_unknown_size_is_counted():
    clock, stream = Clock(), io.StringIO()
    bar = Progress(False, stream, clock).bar("lines", 0)
    clock.now = 5.0
    bar.update(1234)
    assert stream.getvalue() == "lines: 1,234 done, 0:05 so far\n"


def test_a_slow_first_item_of_many_is_no_news():
    clock, stream = Clock(), io.StringIO()
    for number in Progress(False, stream, clock).track(iter(range(50_000)), "reading lines.txt"):
        clock.now += 3.0 if number == 0 else 1e-4
    assert stream.getvalue().splitlines()[0].startswith("reading lines.txt: 20,0")
    assert " done, 0:05 so far" in stream.getvalue().splitlines()[0]


def test_track_yields_everything_once():
    assert list(track(3, "three", Progress(quiet=True))) == [0, 1, 2]
    assert list(track(iter("ab"), "letters", Progress(quiet=True))) == ["a", "b"]


def test_times_read_like_a_clock():
    assert [clock_time(s) for s in (0, 59.6, 61, 3600, 36_061)] == ["0:00", "1:00", "1:01", "1:00:00", "10:01:01"]


class Closed(io.StringIO):
    """A stream whose reader has gone, as with ``| head``."""

    writes = 0

    def write(self, text: str) -> int:
        self.writes += 1
        raise BrokenPipeError


def test_a_reader_that_has_gone_does_not_end_the_work():
    stream, clock, done = Closed(), Clock(), []
    progress = Progress(False, stream, clock)
    for unit in progress.track(range(100), "work"):
        clock.now += 1.0
        done.append(unit)
    progress.say("the end")
    assert len(done) == 100
    assert stream.writes == 1
