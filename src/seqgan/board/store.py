"""Opens the database of a board, an SQLite file or a PostgreSQL URL, and brings its schema up to date."""

from __future__ import annotations

import secrets
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seqgan.board.migrate import migrate
from seqgan.board.session import Session
from seqgan.errors import BoardError, MissingExtraError

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

READERS = 48  # connections; the web server answers at most 40 requests at once
WAIT_MS = 30_000  # how long a writer waits for another one
_CHANGED = (
    "INSERT INTO setting (name, value) VALUES ('state', :state) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
)


def state(session: Session) -> str:
    """Return a word that is another one after every change to the database that a page can show."""
    return str(session.value("SELECT value FROM setting WHERE name = 'state'"))


class Store:
    """An open database: any number of readers beside one writer, in this process and in others."""

    def __init__(self, engine: Engine) -> None:
        """Wrap an engine whose schema is up to date; :func:`open_store` makes one."""
        self.engine = engine
        self.dialect = engine.dialect.name
        self._writing = threading.Lock()

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Yield a session that sees one state of the database."""
        with self.engine.connect() as connection:
            yield Session(connection)

    @contextmanager
    def write(self, bulk: bool = False, visible: bool = True) -> Iterator[Session]:
        """Yield a session whose changes are all kept at the end, or none of them after an error or a kill.

        ``bulk`` is for imports: faster and with half the disk space, where nobody else has the database open; then
        a power failure (not a kill) can cost the file. Not ``visible`` is a change that no page shows: what was kept
        of pages stays true.
        """
        with self._writing, self.engine.connect().execution_options(seqgan_writes=True) as connection:
            with _bulk(connection) if bulk and self.dialect == "sqlite" else nullcontext(), connection.begin():
                session = Session(connection)
                yield session
                if visible:  # last, so that writers hardly wait for each other
                    session.run(_CHANGED, state=secrets.token_hex(8))

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def open_store(database: str | Path, create: bool = True) -> Store:
    """Open a database, making it and its tables where needed.

    ``database`` is a path or a URL such as ``postgresql://user@host/name``. Raises BoardError where it cannot be
    opened, is not a board's or was made by a newer version; MissingExtraError without the extra ``board``.
    """
    engine = _engine(str(database), create)
    try:
        migrate(engine)
    except BaseException as error:
        engine.dispose()
        _explain(error, str(database))
        raise
    return Store(engine)


def _engine(database: str, create: bool) -> Engine:
    try:
        import sqlalchemy
    except ImportError as error:
        raise MissingExtraError("The board needs SQLAlchemy.", extra="board") from error
    if "://" in database and not database.startswith("sqlite:///"):
        return _server(sqlalchemy, database)
    path = Path(database.removeprefix("sqlite:///")).expanduser()
    if not create and not path.is_file():
        raise BoardError(f"There is no database {path}.", "Make one: seqgan board --demo, or seqgan board import.")
    if not path.parent.is_dir():
        raise BoardError(f"There is no folder {path.parent} for the database.", "Make it, or name another path.")
    engine = sqlalchemy.create_engine(
        f"sqlite:///{path}", pool_size=READERS, max_overflow=0, connect_args={"timeout": WAIT_MS / 1000}
    )
    sqlalchemy.event.listen(engine, "connect", _prepare_sqlite)
    sqlalchemy.event.listen(engine, "begin", _begin_sqlite)
    return engine


def _server(sqlalchemy: Any, database: str) -> Engine:
    scheme, _, rest = database.partition("://")
    if scheme not in ("postgres", "postgresql", "postgresql+psycopg"):
        raise BoardError(f"The board cannot use a {scheme} database.", "Give a path, or a postgresql:// URL.")
    try:
        engine: Engine = sqlalchemy.create_engine(f"postgresql+psycopg://{rest}", pool_size=READERS, max_overflow=0)
    except ImportError as error:
        raise MissingExtraError("A PostgreSQL database needs psycopg.", extra="board,postgresql") from error
    return engine


@contextmanager
def _bulk(connection: Connection) -> Iterator[None]:
    """Let a large transaction write the file itself instead of a log beside it, and not wait for the disk."""
    driver: Any = connection.connection.dbapi_connection
    cursor = driver.cursor()
    for pragma in ("busy_timeout = 100", "journal_mode = DELETE"):
        try:
            cursor.execute(f"PRAGMA {pragma}").fetchall()
        except sqlite3.OperationalError:  # somebody reads: the log stays
            break
    cursor.execute(f"PRAGMA busy_timeout = {WAIT_MS}")
    cursor.execute("PRAGMA synchronous = OFF")
    cursor.execute("PRAGMA cache_size = -262144")
    try:
        yield
    finally:
        cursor.execute("PRAGMA cache_size = -16384")
        cursor.execute("PRAGMA synchronous = NORMAL")
        cursor.execute("PRAGMA journal_mode = WAL").fetchall()
        cursor.close()


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, below
    # Larger pages hold several papers with abstracts and waste less behind the last; it counts before the first table.
    for pragma in (
        "page_size = 16384",
        "journal_mode = WAL",
        "synchronous = NORMAL",
        "foreign_keys = ON",
        "mmap_size = 2147483648",
    ):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute(f"PRAGMA busy_timeout = {WAIT_MS}")


def _begin_sqlite(connection: Any) -> None:
    writes = connection.get_execution_options().get("seqgan_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _explain(error: BaseException, database: str) -> None:
    """Raise a BoardError in place of the driver's own error; leave everything else alone."""
    from sqlalchemy.exc import DBAPIError

    if isinstance(error, DBAPIError):
        name = Path(database).name if "://" not in database else "at that URL"
        raise BoardError(
            f"The database {name} cannot be opened: {error.orig}.", "Check the path and that a board made it."
        ) from error
