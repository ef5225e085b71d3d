"""Backs a board up into a folder and brings it back: one SQLite file with everything, and the own results as JSON.

The copy is taken while the board runs, from one state of the database. A board on PostgreSQL is copied table by table
into an SQLite file of the same form, and back.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from graphlib import TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING

from seqgan.board import events, export
from seqgan.board.session import Session
from seqgan.board.store import Store, open_store
from seqgan.board.verify import verify
from seqgan.errors import BoardError
from seqgan.runs.files import replace, sync_folder

if TYPE_CHECKING:
    from sqlalchemy import Connection

DATABASE, RESULTS = "board.sqlite", "own-results.json"
_CHUNK = 500
_SQLITE_ONLY = ("paper_text", "thing_text", "sqlite_")


def backup(store: Store, folder: Path) -> dict[str, int | str]:
    """Write a backup into a folder, whole or not at all, and return its size and the head of the log.

    Raises BoardError where the folder holds another backup, or the copy is not whole.
    """
    target = folder / DATABASE
    if target.exists():
        raise BoardError(f"{folder} holds a backup already.", "Name another folder.")
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f"{DATABASE}.part"
    part.unlink(missing_ok=True)
    if store.dialect == "sqlite":
        _copy_file(store, part)
    else:
        _copy_tables(store, part)
    with closing(open_store(part, create=False)) as copy, copy.read() as session:
        _check(part, session_faults=verify(session).faults)
        text, head = export.to_text(session), events.head(session)
    _plain_file(part)
    part.replace(target)
    sync_folder(folder)
    replace(folder / RESULTS, text.encode())
    return {"bytes": target.stat().st_size, "head": head, "events": text.count('"previous_hash"')}


def _copy_file(store: Store, part: Path) -> None:
    with store.engine.connect() as connection, closing(sqlite3.connect(part)) as copy:
        driver = connection.connection.dbapi_connection
        driver.backup(copy)  # type: ignore[union-attr]


def _plain_file(path: Path) -> None:
    """Leave no log beside a database, so that the one file is all."""
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode = DELETE").fetchall()


def _check(path: Path, session_faults: tuple[str, ...]) -> None:
    with closing(sqlite3.connect(path)) as database:
        state = database.execute("PRAGMA integrity_check").fetchone()[0]
    if state != "ok" or session_faults:
        raise BoardError(
            f"{path.name} is not whole: {state if state != 'ok' else session_faults[0]}", "Use another backup."
        )


def restore(folder: Path, database: str, replace_old: bool = False, actor: str = "operator") -> str:
    """Bring a backup back as a database and return its head of the log; an old one is kept beside it.

    Raises BoardError where the backup is damaged, or there is a database and ``replace_old`` is not said.
    """
    source = folder / DATABASE if folder.is_dir() else folder
    if not source.is_file():
        raise BoardError(f"There is no backup in {folder}.", f"It is a folder with {DATABASE}.")
    if "://" in database and not database.startswith("sqlite:///"):
        return _restore_server(source, database, actor)
    target = Path(database.removeprefix("sqlite:///"))
    if target.exists() and not replace_old:
        raise BoardError(f"There is a database {target}.", "Keep it under another name with --replace.")
    part = target.with_name(f"{target.name}.part")
    part.unlink(missing_ok=True)
    try:
        head = _checked_copy(source, part, actor)
        if target.exists():
            _put_aside(target)
        part.replace(target)
    finally:
        for left in (part, part.with_name(f"{part.name}-wal"), part.with_name(f"{part.name}-shm")):
            left.unlink(missing_ok=True)
    sync_folder(target.parent)
    return head


def _checked_copy(source: Path, part: Path, actor: str) -> str:
    """Copy a backup, prove that it is whole, note the restoration in its log and return the head of that."""
    with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as old, closing(sqlite3.connect(part)) as new:
        try:
            old.backup(new)
        except sqlite3.DatabaseError as error:
            raise BoardError(f"{source} is no database: {error}.", "Use another backup.") from None
    with closing(open_store(part, create=False)) as copy:
        with copy.read() as session:
            _check(part, verify(session).faults)
        head = _note(copy, actor, source)
    _plain_file(part)
    return head


def _note(store: Store, actor: str, source: Path) -> str:
    with store.write() as session:
        return events.append(session, actor, "restored", "board", details={"from": source.name})


def _put_aside(target: Path) -> None:
    """Give the old database another name, with what its log still holds."""
    _plain_file(target)
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    target.replace(target.with_name(f"{target.stem}.before-{moment}{target.suffix}"))


def _restore_server(source: Path, database: str, actor: str) -> str:
    with closing(open_store(source, create=False)) as old, closing(open_store(database)) as new:
        with new.read() as session:
            if session.value("SELECT count(*) FROM event"):
                raise BoardError("The database at that URL holds a board.", "Restore into an empty one.")
        with old.read() as session:
            _check(source, verify(session).faults)
        _fill(old, new)
        return _note(new, actor, source)


def _copy_tables(store: Store, part: Path) -> None:
    with closing(open_store(part)) as copy:
        _fill(store, copy)


def _fill(old: Store, new: Store) -> None:
    """Copy every row of every table from one state of a database into an empty one of the other dialect."""
    with old.engine.connect() as connection, new.write() as target:
        if old.dialect == "postgresql":
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        source, tables = Session(connection), _tables(connection)
        for table in reversed(tables):
            target.run(f"DELETE FROM {table}")
        for table in tables:
            _copy_table(source, target, table)
        _finish(target, tables)


def _tables(connection: Connection) -> list[str]:
    """Return the tables in an order in which each stands behind those that it refers to."""
    from sqlalchemy import inspect

    look = inspect(connection)
    names = [name for name in look.get_table_names() if not name.startswith(_SQLITE_ONLY) and name != "schema_version"]
    needs = {name: {key["referred_table"] for key in look.get_foreign_keys(name)} - {name} for name in names}
    return list(TopologicalSorter(dict(sorted(needs.items()))).static_order())


def _copy_table(source: Session, target: Session, table: str) -> None:
    """Copy one table; columns that point to other rows of it are filled in when these are there."""
    from sqlalchemy import inspect

    look = inspect(target.connection)
    columns = [column["name"] for column in look.get_columns(table)]
    keys = [key for key in look.get_foreign_keys(table) if key["referred_table"] == table]
    own = {name for key in keys for name in key["constrained_columns"]}
    found = source.connection.exec_driver_sql(f"SELECT {', '.join(columns)} FROM {table}").mappings()
    for rows in found.partitions(_CHUNK):
        target.bulk(table, columns, [[None if name in own else row[name] for name in columns] for row in rows])
    for name in sorted(own):
        links = source.rows(f"SELECT id, {name} AS other FROM {table} WHERE {name} IS NOT NULL")
        target.many(f"UPDATE {table} SET {name} = :other WHERE id = :id", links)


def _finish(target: Session, tables: list[str]) -> None:
    """Set counters behind the rows that were copied, and rebuild what is derived from them."""
    from sqlalchemy import inspect

    if target.dialect == "sqlite":
        for index in ("paper_text", "thing_text"):
            target.run(f"INSERT INTO {index} ({index}) VALUES ('rebuild')")
        return
    look = inspect(target.connection)
    for table in tables:
        if any(column["name"] == "id" for column in look.get_columns(table)):
            last = f"(SELECT coalesce(max(id), 0) + 1 FROM {table})"
            target.value(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {last}, false)")
