"""The log: a chain that shows every change, insertion, removal and cut."""

from __future__ import annotations

from pathlib import Path

import pytest

from seqgan.board import events
from seqgan.board.store import Store, open_store


def filled(path: Path, count: int = 5) -> Store:
    store = open_store(path)
    with store.write() as session:
        for number in range(count):
            events.append(session, "ann", "said", "thing", number, reason=f"reason {number} ü", details={"n": number})
    return store


def meddle(store: Store, statement: str) -> events.Verdict:
    with store.write() as session:
        for trigger in ("event_is_never_changed", "event_is_never_deleted"):
            session.run(f"DROP TRIGGER {trigger}")
        session.run(statement)
    with store.read() as session:
        return events.verify(session)


def test_a_whole_log_is_whole(tmp_path: Path) -> None:
    store = filled(tmp_path / "b.sqlite")
    with store.read() as session:
        verdict = events.verify(session)
        assert (verdict.count, verdict.faults, verdict.head) == (5, (), events.head(session))
        assert events.of(session, "thing", 3)[0]["details"] == {"n": 3}
    store.close()


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE event SET actor = 'bob' WHERE id = 3", "Event 3 was changed"),
        ("UPDATE event SET details = '{}' WHERE id = 2", "Event 2 was changed"),
        ("UPDATE event SET at = '2020-01-01T00:00:00+00:00' WHERE id = 1", "Event 1 was changed"),
        ("DELETE FROM event WHERE id = 3", "Event 4 does not follow"),
        ("UPDATE event SET hash = 'x' || hash WHERE id = 5", "Event 5 was changed"),
    ],
)
def test_meddling_is_found(tmp_path: Path, statement: str, words: str) -> None:
    store = filled(tmp_path / "b.sqlite")
    assert words in " ".join(meddle(store, statement).faults)
    store.close()


def test_a_cut_end_is_found_with_a_head_that_was_noted(tmp_path: Path) -> None:
    store = filled(tmp_path / "b.sqlite")
    with store.read() as session:
        head = events.head(session)
        assert not events.verify(session, head).faults
    assert not meddle(store, "DELETE FROM event WHERE id = 5").faults
    with store.read() as session:
        assert "cut off" in events.verify(session, head).faults[0]
    store.close()


def test_a_transaction_that_fails_leaves_no_event(tmp_path: Path) -> None:
    store = filled(tmp_path / "b.sqlite", 1)

    def begun() -> None:
        with store.write() as session:
            events.append(session, "ann", "said", "thing", 1)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        begun()
    with store.read() as session:
        assert events.verify(session).count == 1
    store.close()
