"""Small tables by name: every task, dataset, method, model is looked up in memory and written in bulk when new."""

from __future__ import annotations

from typing import Any

from seqgan.board.keys import free_slug
from seqgan.board.session import Session


class Names:
    """The rows of one table by their exact name; new ones are numbered here and written by :meth:`flush`."""

    def __init__(self, session: Session, table: str, **always: Any) -> None:
        """Read the table; ``always`` are columns with the same value in every new row."""
        self.session, self.table, self.always = session, table, always
        self.ids: dict[str, int] = session.pairs(f"SELECT name, id FROM {table}")
        self.slugs = set(session.column(f"SELECT slug FROM {table}"))
        self.next = (session.value(f"SELECT max(id) FROM {table}") or 0) + 1
        self._new: list[tuple[Any, ...]] = []

    def __contains__(self, name: str) -> bool:
        """Tell whether a name is known."""
        return name in self.ids

    def id(self, name: str) -> int:
        """Return the id of a name, a new one where it is unknown."""
        found = self.ids.get(name)
        if found is None:
            found = self.ids[name] = self.next
            self.next += 1
            self._new.append((found, free_slug(name, self.slugs), name, *self.always.values()))
        return found

    def flush(self) -> None:
        """Write the new rows; call it before anything points to them."""
        self.session.bulk(self.table, ("id", "slug", "name", *self.always), self._new)
        self._new.clear()
