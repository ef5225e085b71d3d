"""Phases: what is left to do after a save, and the bodies that are refused."""

from __future__ import annotations

import pytest

from seqgan.errors import RunError
from seqgan.runs.positions import Positions


def quiet(_: bool) -> None:
    """Save nothing."""


class Halt(Exception):
    """Ends a walk."""


def walk(done: list[str], states: list[dict], begin: dict | None = None, stop_after: int | None = None) -> None:
    """Two stages, the second nested, appending what it does; stops after so many boundaries."""

    def boundary(_: bool) -> None:
        states.append(p.state())
        if stop_after is not None and len(states) == stop_after:
            raise Halt

    p = Positions(boundary)
    if begin:
        p.restore(begin)
    for i in p.phase("first", 2):
        done.append(f"first {i}")
    for i in p.phase("second", 2):
        value = p.once("value", lambda i=i: len(done))
        for j in p.phase("inner", 3):
            done.append(f"second {i} {j} {value}")
            if j == 1:
                p.end_phase()
        for _ in p.phase("after", 1):
            done.append(f"after {i} {value}")


def test_a_walk_stopped_anywhere_goes_on_where_it_stood():
    whole, states = [], []
    walk(whole, states)
    assert whole[:4] == ["first 0", "first 1", "second 0 0 2", "second 0 1 2"]
    assert len(states) == 2 + 2 * (2 + 1 + 1)
    for stop in range(1, len(states) + 1):
        done: list[str] = []
        reached: list[dict] = []
        with pytest.raises(Halt):
            walk(done, reached, stop_after=stop)
        walk(done, [], begin=reached[-1])
        assert done == whole, stop


def test_ending_an_outer_phase_early_outlives_a_stop_inside_it():
    p = Positions(quiet)
    outer = p.phase("outer", 5)
    next(outer)
    inner = p.phase("inner", 2)
    p.end_phase()
    next(inner), next(inner)
    q = Positions(quiet)
    q.restore(p.state())
    seen = [i for i in q.phase("outer", 5) for _ in q.phase("inner", 2)]
    assert seen == [0]


def test_break_ends_a_phase():
    p = Positions(quiet)
    for i in p.phase("a", 5):
        if i == 1:
            break
    assert p.state()["finished"] == {"a": 5}
    assert p.place() == ("a", 5)


def test_values_live_as_long_as_their_iteration():
    p = Positions(quiet)
    values = [(p.once("v", lambda i=i: i), p.once("v", lambda: -1)) for i in p.phase("a", 3)]
    assert values == [(0, 0), (1, 1), (2, 2)]
    assert p.once("root", lambda: 7) == 7
    assert p.state()["values"] == {"": {"root": 7}}


def test_changing_something_and_then_opening_a_phase_is_refused():
    p = Positions(quiet)
    for _ in p.phase("a", 1):
        p.touch()
        with pytest.raises(RunError, match="after something was changed"):
            next(p.phase("b", 1))


def test_changes_inside_once_are_no_obstacle():
    p = Positions(quiet)
    for _ in p.phase("a", 1):
        p.once("v", p.touch)
        assert list(p.phase("b", 2)) == [0, 1]


@pytest.mark.parametrize("name", ["", "a/b"])
def test_names_that_cannot_be_paths_are_refused(name):
    with pytest.raises(RunError, match="cannot name a phase"):
        next(Positions(quiet).phase(name, 1))


def test_one_name_twice_in_one_body_is_refused():
    p = Positions(quiet)
    list(p.phase("a", 1))
    with pytest.raises(RunError, match="opened twice"):
        next(p.phase("a", 1))


def test_a_phase_inside_once_is_refused():
    p = Positions(quiet)
    with pytest.raises(RunError, match="inside a value"):
        p.once("v", lambda: list(p.phase("a", 1)))


def test_ending_no_phase_is_refused():
    with pytest.raises(RunError, match="No phase is open"):
        Positions(quiet).end_phase()


def test_the_place_is_told_in_words():
    p = Positions(quiet)
    assert p.place() == ("start", 0)
    for _ in p.phase("outer", 1):
        for _ in p.phase("inner", 1):
            batches = p.phase("batches", 3)
            next(batches)
            assert (p.place(), p.inner()) == (("outer", 1), "inner 1, batches 1")
            assert p.words() == "inner: 1 of 1, batches: 1 of 3"


def test_boundaries_know_whether_they_are_at_the_top():
    levels: list[bool] = []
    p = Positions(levels.append)
    for _ in p.phase("outer", 1):
        list(p.phase("inner", 2))
    assert levels == [False, False, True]
