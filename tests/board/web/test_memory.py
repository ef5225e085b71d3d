"""Pages are read once for each state of the database, and never after it has changed."""

from __future__ import annotations

import contextlib
import socket

import pytest

from seqgan.board.store import Store
from seqgan.board.web.memory import Memory
from seqgan.board.web.page import Page
from seqgan.board.web.serve import listen


class Maker:
    """Makes pages and counts them."""

    def __init__(self) -> None:
        """Begin at none."""
        self.made = 0

    def __call__(self) -> Page:
        """Return the next page."""
        self.made += 1
        return Page("home.html", str(self.made), {})


@pytest.fixture
def make() -> Maker:
    return Maker()


def ask(memory: Memory, store: Store, key: object, make: Maker) -> str:
    with store.read() as session:
        return memory.page(session, key, make).title  # type: ignore[arg-type]


def test_a_page_is_read_once_while_nothing_changes(store: Store, make: Maker) -> None:
    memory = Memory()
    assert [ask(memory, store, "a", make) for _ in range(3)] == ["1", "1", "1"]
    assert ask(memory, store, "b", make) == "2"
    assert ask(memory, store, "a", make) == "1"


def test_every_change_makes_pages_anew(store: Store, make: Maker) -> None:
    memory = Memory()
    ask(memory, store, "a", make)
    with store.write() as session:
        session.run("INSERT INTO setting (name, value) VALUES ('x', 'y')")
    assert ask(memory, store, "a", make) == "2"


def test_a_change_that_no_page_shows_leaves_them(store: Store, make: Maker) -> None:
    memory = Memory()
    ask(memory, store, "a", make)
    with store.write(visible=False) as session:
        session.run("INSERT INTO setting (name, value) VALUES ('x', 'y')")
    with store.read() as session:
        assert session.value("SELECT value FROM setting WHERE name = 'x'") == "y"
    assert ask(memory, store, "a", make) == "1"


def test_a_change_that_is_taken_back_is_none(store: Store, make: Maker) -> None:
    memory = Memory()
    ask(memory, store, "a", make)
    with contextlib.suppress(RuntimeError), store.write() as session:
        session.run("INSERT INTO setting (name, value) VALUES ('x', 'y')")
        raise RuntimeError
    assert ask(memory, store, "a", make) == "1"


def test_what_was_asked_for_longest_ago_goes_first(store: Store, make: Maker) -> None:
    memory = Memory(most=2)
    for key in ("a", "b", "a", "c"):
        ask(memory, store, key, make)
    assert [ask(memory, store, key, make) for key in ("a", "c", "b")] == ["1", "3", "4"]


def test_a_small_answer_does_not_wait_for_more() -> None:
    listening = listen(0)
    with listening, socket.create_connection(listening.getsockname()):
        taken, _ = listening.accept()
        with taken:
            assert taken.proto == socket.IPPROTO_TCP  # what asyncio asks before it sets TCP_NODELAY
