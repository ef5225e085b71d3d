"""A backup taken while the board is written to is whole, and what is restored is the same board."""

from __future__ import annotations

import json
import sqlite3
import threading
from pathlib import Path

import pytest

from board.submitting import Place, samples, score, submit
from seqgan.board import backup as subject
from seqgan.board import events, tokens
from seqgan.board.store import open_store
from seqgan.board.submissions import review
from seqgan.board.verify import verify
from seqgan.errors import BoardError


def fill(place: Place) -> str:
    permalink = submit(place)
    submit(place, "rob", rows={1: samples(3)}, model="Model B")
    score(place)
    with place.store.write() as session:
        review.accept(session, permalink, place.people["rob"])
    return permalink


def test_what_is_restored_is_the_same_board(place: Place, tmp_path: Path) -> None:
    permalink = fill(place)
    found = subject.backup(place.store, tmp_path / "copy")
    assert sorted(path.name for path in (tmp_path / "copy").iterdir()) == ["board.sqlite", "own-results.json"]
    target = tmp_path / "new" / "board.sqlite"
    target.parent.mkdir()
    subject.restore(tmp_path / "copy", str(target))
    with place.store.read() as old, open_store(target).read() as new:
        for table in ("submission", "sample_file", "value", "entry", "token", "benchmark", "job"):
            assert old.rows(f"SELECT * FROM {table}") == new.rows(f"SELECT * FROM {table}"), table
        assert new.value("SELECT state FROM submission WHERE permalink = :p", p=permalink) == "published"
        assert not verify(new, str(found["head"])).faults
        assert events.of(new, "benchmark", 1)
        assert tokens.caller(new, place.secrets["ann"]) is not None


def test_the_results_as_json_are_readable_and_without_secrets(place: Place, tmp_path: Path) -> None:
    permalink = fill(place)
    subject.backup(place.store, tmp_path / "copy")
    text = (tmp_path / "copy" / "own-results.json").read_text()
    found = json.loads(text)
    assert found["results"][0]["model"] in ("Model A", "Model B")
    row = next(one for one in found["results"] if one["submission"] == permalink)
    assert {value["tier"] for value in row["values"]} == {"computed"}
    assert {one["state"] for one in found["submissions"]} == {"published", "checked"}
    with place.store.read() as session:
        hashes = session.column("SELECT sha256 FROM token")
    assert not any(secret in text for secret in (*hashes, *place.secrets.values()))


def test_a_backup_taken_while_others_write_is_whole(place: Place, tmp_path: Path) -> None:
    stop = threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            with place.store.write() as session:
                events.append(session, "ann", "remark", "thing", number)
                session.run("UPDATE account SET name = 'ann' WHERE name = 'ann'")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(3):
            subject.backup(place.store, tmp_path / f"copy{number}")
    finally:
        stop.set()
        writer.join()
    for number in range(3):
        with open_store(tmp_path / f"copy{number}" / "board.sqlite").read() as session:
            assert not verify(session).faults


def test_a_database_is_not_overwritten_unless_asked_and_then_kept(place: Place, tmp_path: Path) -> None:
    fill(place)
    subject.backup(place.store, tmp_path / "copy")
    with pytest.raises(BoardError, match="a backup already"):
        subject.backup(place.store, tmp_path / "copy")
    with pytest.raises(BoardError, match="There is a database"):
        subject.restore(tmp_path / "copy", str(place.path))
    place.store.close()
    subject.restore(tmp_path / "copy", str(place.path), replace_old=True)
    assert len(list(tmp_path.glob("board.before-*.sqlite"))) == 1
    with open_store(place.path).read() as session:
        assert session.value("SELECT count(*) FROM submission") == 2
        assert session.value("SELECT action FROM event ORDER BY id DESC LIMIT 1") == "restored"


def test_a_damaged_backup_is_refused_and_nothing_changes(place: Place, tmp_path: Path) -> None:
    fill(place)
    subject.backup(place.store, tmp_path / "copy")
    copy = tmp_path / "copy" / "board.sqlite"
    good = copy.read_bytes()
    target = tmp_path / "new.sqlite"
    copy.write_bytes(good[:50_000])
    with pytest.raises(BoardError):
        subject.restore(tmp_path / "copy", str(target))
    copy.write_bytes(good)
    with sqlite3.connect(copy) as database:
        database.execute("DROP TRIGGER sample_file_is_never_changed")
        database.execute("UPDATE sample_file SET sha256 = replace(sha256, 'a', 'b')")
    with pytest.raises(BoardError, match="not whole"):
        subject.restore(tmp_path / "copy", str(target))
    with pytest.raises(BoardError, match="no backup"):
        subject.restore(tmp_path / "nothing", str(target))
    assert [path.name for path in tmp_path.glob("new.sqlite*")] == []


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE submission SET manifest = replace(manifest, 'Model A', 'Model C')", "manifest of"),
        ("UPDATE submission SET state = 'checked' WHERE state = 'published'", "the log says published"),
        ("UPDATE benchmark SET contract = replace(contract, 'texygen', 'strict')", "benchmark tiny@1"),
        ("UPDATE sample_file SET content = (SELECT content FROM sample_file ORDER BY id DESC LIMIT 1)", "samples of"),
        ("UPDATE sample_file SET sha256 = 'x', seed = 9 WHERE id = 1", "not those that came in"),
    ],
)
def test_verify_finds_what_was_changed_behind_the_log(place: Place, statement: str, words: str) -> None:
    fill(place)
    with place.store.write() as session:
        for trigger in ("sample_file_is_never_changed", "benchmark_is_frozen"):
            session.run(f"DROP TRIGGER {trigger}")
        session.run(statement)
    with place.store.read() as session:
        assert words in " ".join(verify(session).faults)
