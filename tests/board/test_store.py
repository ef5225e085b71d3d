"""The database: opened, brought up to date, changed whole or not at all, by one writer at a time."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest

from seqgan.board import migrate
from seqgan.board.migrate import statements, versions
from seqgan.board.store import Store, _engine, open_store
from seqgan.errors import BoardError


def names(store: Store) -> list[str]:
    with store.read() as session:
        return session.column("SELECT name FROM area ORDER BY name")


def add(store: Store, *areas: str) -> None:
    with store.write() as session:
        session.bulk("area", ("slug", "name"), [(area.lower(), area) for area in areas])


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    store = open_store(tmp_path / "a.sqlite")
    add(store, "A", "B")
    store.close()
    again = open_store(tmp_path / "a.sqlite")
    assert names(again) == ["A", "B"]
    again.close()


def delete_and_fail(store: Store, bulk: bool) -> None:
    with store.write(bulk=bulk) as session:
        session.run("DELETE FROM area")
        raise ZeroDivisionError


@pytest.mark.parametrize("bulk", [False, True])
def test_an_error_undoes_everything(store: Store, bulk: bool) -> None:
    add(store, "A")
    with pytest.raises(ZeroDivisionError):
        delete_and_fail(store, bulk)
    assert names(store) == ["A"]


def test_readers_see_one_state_while_somebody_writes(store: Store) -> None:
    add(store, "A")
    with store.read() as reader:
        assert reader.value("SELECT count(*) FROM area") == 1
        add(store, "B")
        assert reader.value("SELECT count(*) FROM area") == 1
    assert names(store) == ["A", "B"]


def test_writers_wait_for_each_other_and_lose_nothing(store: Store) -> None:
    def count() -> None:
        for _ in range(20):
            with store.write() as session:
                known = session.value("SELECT value FROM setting WHERE name = 'n'") or "0"
                session.run("DELETE FROM setting")
                session.run("INSERT INTO setting VALUES ('n', :n)", n=str(int(known) + 1))

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.read() as session:
        assert session.value("SELECT value FROM setting WHERE name = 'n'") == "80"


def test_a_bulk_import_beside_a_reader_works(store: Store) -> None:
    with store.read() as reader:
        assert reader.value("SELECT count(*) FROM area") == 0
        with store.write(bulk=True) as session:
            session.bulk("area", ("slug", "name"), [("a", "A")])
    assert names(store) == ["A"]
    with store.read() as session:
        assert session.value("PRAGMA journal_mode") == "wal"


def test_sessions_answer_in_plain_values(store: Store) -> None:
    add(store, "A", "B", "C")
    with store.read() as session:
        assert session.row("SELECT name FROM area WHERE slug = :s", s="b") == {"name": "B"}
        assert session.row("SELECT name FROM area WHERE slug = :s", s="x") is None
        assert session.value("SELECT name FROM area WHERE slug = :s", s="x") is None
        assert session.pairs("SELECT slug, name FROM area WHERE slug IN :s", s=["a", "c"]) == {"a": "A", "c": "C"}
        assert session.column("SELECT slug FROM area WHERE slug IN :s", s=[]) == []
        found = session.lookup("SELECT name FROM area WHERE slug IN :keys", [f"x{n}" for n in range(3000)] + ["b"])
        assert found == [{"name": "B"}]


def test_foreign_keys_hold(store: Store) -> None:
    with pytest.raises(Exception, match="FOREIGN KEY"), store.write() as session:
        session.bulk("task_area", ("task_id", "area_id"), [(7, 8)])


def test_a_missing_folder_file_and_other_databases_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BoardError, match="no folder"):
        open_store(tmp_path / "none" / "a.sqlite")
    with pytest.raises(BoardError, match="no database"):
        open_store(tmp_path / "a.sqlite", create=False)
    (tmp_path / "text.sqlite").write_text("This is a text, and no database at all, whatever its name says." * 40)
    with pytest.raises(BoardError, match="cannot be opened"):
        open_store(tmp_path / "text.sqlite")
    with pytest.raises(BoardError, match="mysql"):
        open_store("mysql://localhost/x")
    other = sqlite3.connect(tmp_path / "other.sqlite")
    other.execute("CREATE TABLE customers (id INTEGER)")
    other.commit()
    other.close()
    with pytest.raises(BoardError, match="something else"):
        open_store(tmp_path / "other.sqlite")


@pytest.mark.parametrize("last", [1, 2, 3])
def test_every_older_schema_comes_up_to_date_with_its_data(tmp_path: Path, last: int) -> None:
    path = tmp_path / "old.sqlite"
    engine = _engine(str(path), True)
    assert migrate.migrate(engine, last) == list(range(1, last + 1))
    old = Store(engine)
    add(old, "Kept")
    old.close()
    store = open_store(path)
    assert names(store) == ["Kept"]
    with store.read() as session:
        assert session.column("SELECT version FROM schema_version") == list(versions())
    store.close()
    assert migrate.migrate(_engine(str(path), True)) == []


def test_a_database_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    store = open_store(tmp_path / "a.sqlite")
    with store.write() as session:
        session.run("INSERT INTO schema_version VALUES (999, 'v999_future', 'then')")
    store.close()
    with pytest.raises(BoardError, match="999"):
        open_store(tmp_path / "a.sqlite")


def test_a_migration_that_fails_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = migrate.statements
    monkeypatch.setattr(migrate, "statements", lambda *given: [*real(*given), "CREATE NONSENSE"])
    with pytest.raises(BoardError):
        open_store(tmp_path / "a.sqlite")
    monkeypatch.undo()
    store = open_store(tmp_path / "a.sqlite")
    assert names(store) == []
    store.close()


def test_both_dialects_have_their_words(monkeypatch: pytest.MonkeyPatch) -> None:
    from importlib import import_module

    for name in versions().values():
        module = import_module(f"seqgan.board.schema.{name}")
        for dialect in ("sqlite", "postgresql"):
            text = " ".join(statements(module, dialect))
            assert " IDENTITY," not in text.replace("AS IDENTITY PRIMARY KEY,", "")
            assert " BYTES " not in text
            assert " CLUSTERED" not in text
