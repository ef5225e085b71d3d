"""What a page is: a template, its data, its tables; HTML, JSON twin and CSV are made of the same data."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from seqgan.board.session import Session

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from seqgan.board.web.app import Board

MOST = 10_000  # the highest page number that a reader can ask for


@dataclass(frozen=True)
class Table:
    """A table of a page for its CSV: column titles and rows of plain values."""

    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]


@dataclass(frozen=True)
class Page:
    """The answer to a visit; ``data`` is exactly what the template sees and what the JSON twin says."""

    template: str
    title: str
    data: Mapping[str, Any]
    description: str = ""
    section: str = ""
    tables: Mapping[str, Table] = field(default_factory=dict)
    feed: str = ""
    status: int = 200


@dataclass(frozen=True)
class Visit:
    """One reader's question: the words of the path, the query, and a session that reads one state of the database."""

    session: Session
    path: Mapping[str, str]
    query: Sequence[tuple[str, str]]
    account: str = ""

    def text(self, name: str, default: str = "") -> str:
        """Return one word of the query, at most 300 characters of it."""
        return next((value[:300].replace("\0", "") for key, value in reversed(self.query) if key == name), default)

    def many(self, name: str) -> list[str]:
        """Return every value of a repeated word of the query."""
        return [value[:300].replace("\0", "") for key, value in self.query if key == name and value][:50]

    def choice(self, name: str, allowed: Sequence[str]) -> str:
        """Return a word of the query that is one of ``allowed``, else the first of these."""
        word = self.text(name)
        return word if word in allowed else allowed[0]

    def seed(self) -> int | None:
        """Return the seed that a reader asks for, or None."""
        word = self.text("seed")
        return int(word) if word.isascii() and word.isdigit() and len(word) < 16 else None

    def number(self, name: str, default: int = 1, most: int = MOST, least: int = 1) -> int:
        """Return a whole number of the query between ``least`` and ``most``, else the default."""
        word = self.text(name)
        return min(max(int(word), least), most) if word.isascii() and word.isdigit() and len(word) < 10 else default


class NotFoundError(Exception):
    """The page that a reader asked for does not exist; the text says what was looked for."""


PageFunction = Callable[[Visit], Page]
RawFunction = Callable[["Request", "Board"], "Response"]


@dataclass(frozen=True)
class Route:
    """Where a page lives.

    ``page`` functions get a HTML page, a JSON twin and CSV tables from one description;
    ``raw`` functions take the request and the board and return a response themselves: feeds, badges, forms that write.
    """

    path: str
    function: Any
    kind: Literal["page", "raw"] = "page"
    methods: tuple[str, ...] = ("GET",)
    filters: tuple[str, ...] = ()
