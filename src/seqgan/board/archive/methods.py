"""Imports methods with their areas and collections; advertisements are hidden and kept."""

from __future__ import annotations

from collections.abc import Sequence

from seqgan.board.archive.names import Names
from seqgan.board.archive.paper_index import PaperIndex, Reference
from seqgan.board.archive.spam import reason
from seqgan.board.archive.stream import Record, objects_of, text_of
from seqgan.board.keys import free_slug
from seqgan.board.session import Session

UNKNOWN_YEAR = 2000  # what the archive writes where the year is unknown


class Methods:
    """Takes the records of the file one batch after another."""

    def __init__(self, session: Session, source: str) -> None:
        """Write into the session; ``source`` is the methods' origin."""
        self.session = session
        self.names = Names(session, "method", source=source)
        self.index = PaperIndex(session, source)
        known = session.rows("SELECT id, area, name FROM collection")
        self.collections = {(row["area"], row["name"]): row["id"] for row in known}
        self.slugs = set(session.column("SELECT slug FROM collection"))

    def take(self, batch: Sequence[Record]) -> None:
        """Add or update the methods of a batch."""
        batch = [record for record in batch if text_of(record, "name")]
        numbers = [self.names.id(text_of(record, "name")) for record in batch]
        self.names.flush()
        papers = self.index.settle([_paper(record) for record in batch])
        for number, paper, record in zip(numbers, papers, batch, strict=True):
            describe(self.session, number, record, paper)
        self._collect(numbers, batch)

    def _collect(self, numbers: Sequence[int], batch: Sequence[Record]) -> None:
        self.session.run("DELETE FROM method_collection WHERE method_id IN :ids", ids=list(numbers))
        pairs = [
            (number, self._collection(text_of(one, "area") or "General", text_of(one, "collection")))
            for number, record in zip(numbers, batch, strict=True)
            for one in objects_of(record, "collections")
            if text_of(one, "collection")
        ]
        self.session.bulk("method_collection", ("method_id", "collection_id"), pairs, "ON CONFLICT DO NOTHING")

    def _collection(self, area: str, name: str) -> int:
        key = (area, name)
        if key not in self.collections:
            free = free_slug(name, self.slugs)
            self.collections[key] = self.session.insert("collection", slug=free, name=name, area=area)
        return int(self.collections[key])


def describe(session: Session, number: int, record: Record, paper: int | None = None) -> None:
    """Write what a record says of a method; also used for methods that only papers mention."""
    year = record.get("introduced_year")
    count = record.get("num_papers")
    session.run(
        "UPDATE method SET full_name = :full_name, description = :description, introduced_year = :year, "
        "paper_id = COALESCE(:paper, paper_id), source_url = :source_url, source_title = :source_title, "
        "code_url = :code_url, paper_count = :count, hidden = :hidden, hidden_reason = :reason WHERE id = :number",
        number=number,
        full_name=text_of(record, "full_name"),
        description=text_of(record, "description"),
        year=year if isinstance(year, int) and year not in (0, UNKNOWN_YEAR) else None,
        paper=paper,
        source_url=text_of(record, "source_url") or None,
        source_title=text_of(record, "source_title") or None,
        code_url=text_of(record, "code_snippet_url") or None,
        count=count if isinstance(count, int) else 0,
        reason=(suspicion := reason(record)),
        hidden=int(suspicion is not None),
    )


def _paper(record: Record) -> Reference:
    paper = record.get("paper")
    if isinstance(paper, dict):
        return Reference(text_of(paper, "title"), text_of(record, "source_url"), page=text_of(paper, "url"))
    return Reference("")
