"""What pages and imports use to talk to the database: SQL with named parameters in, plain dictionaries out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy import Connection, CursorResult, TextClause

Row = dict[str, Any]


class Session:
    """One transaction on the database; ``dialect`` is sqlite or postgresql.

    A parameter that is a list or tuple stands for the values of an ``IN :name``.
    """

    def __init__(self, connection: Connection) -> None:
        """Speak over an open connection that somebody else commits."""
        self.connection = connection
        self.dialect = connection.dialect.name

    def rows(self, sql: str, **parameters: Any) -> list[Row]:
        """Return all rows of a query."""
        return [dict(row) for row in self._execute(sql, parameters).mappings()]

    def row(self, sql: str, **parameters: Any) -> Row | None:
        """Return the first row of a query, or None."""
        found = self._execute(sql, parameters).mappings().first()
        return None if found is None else dict(found)

    def value(self, sql: str, **parameters: Any) -> Any:
        """Return the first column of the first row, or None."""
        return self._execute(sql, parameters).scalar()

    def column(self, sql: str, **parameters: Any) -> list[Any]:
        """Return the first column of all rows."""
        return [row[0] for row in self._execute(sql, parameters)]

    def pairs(self, sql: str, **parameters: Any) -> dict[Any, Any]:
        """Return the first column mapped to the second."""
        rows: Iterable[Any] = self._execute(sql, parameters)
        return {row[0]: row[1] for row in rows}

    def run(self, sql: str, **parameters: Any) -> int:
        """Change something and return the number of rows changed."""
        return self._execute(sql, parameters).rowcount

    def many(self, sql: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Run one statement for many rows of parameters."""
        if rows:
            self.connection.execute(_statement(sql, ()), list(rows))

    def insert(self, table: str, **values: Any) -> int:
        """Insert one row and return its id."""
        names = ", ".join(values)
        marks = ", ".join(f":{name}" for name in values)
        return int(self.value(f"INSERT INTO {table} ({names}) VALUES ({marks}) RETURNING id", **values))

    def bulk(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], conflict: str = "") -> None:
        """Insert many rows of plain values at the driver's own speed; ``conflict`` is an ON CONFLICT clause."""
        if rows:
            mark = "?" if self.dialect == "sqlite" else "%s"
            marks = ", ".join([mark] * len(columns))
            sql = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks}) {conflict}"
            self.connection.exec_driver_sql(sql, [tuple(row) for row in rows])

    def lookup(self, sql: str, keys: Iterable[Any]) -> list[Row]:
        """Return the rows of a query whose ``IN :keys`` has thousands of keys."""
        wanted = list(keys)
        if not wanted:
            return []
        if self.dialect == "sqlite":
            sql = sql.replace("IN :keys", "IN (SELECT value FROM json_each(:keys))")
            return self.rows(sql, keys=json.dumps(wanted))
        found = self.connection.execute(_statement(sql.replace("IN :keys", "= ANY(:keys)"), ()), {"keys": wanted})
        return [dict(row) for row in found.mappings()]

    def _execute(self, sql: str, parameters: Mapping[str, Any]) -> CursorResult[Any]:
        lists = tuple(sorted(name for name, value in parameters.items() if isinstance(value, list | tuple)))
        return self.connection.execute(_statement(sql, lists), parameters)


@lru_cache(maxsize=512)
def _statement(sql: str, lists: tuple[str, ...]) -> TextClause:
    from sqlalchemy import bindparam, text

    return text(sql).bindparams(*(bindparam(name, expanding=True) for name in lists))
