"""Imports links-between-papers-and-code: who has code, which of it is official."""

from __future__ import annotations

from collections.abc import Sequence

from seqgan.board.archive.paper_index import PaperIndex, Reference
from seqgan.board.archive.stream import Record, text_of
from seqgan.board.session import Session

COLUMNS = ("paper_id", "url", "official", "in_paper", "in_readme", "framework")
SET = ", ".join(f"{name} = excluded.{name}" for name in COLUMNS[2:])


class Links:
    """Takes the records of the file one batch after another."""

    def __init__(self, session: Session, source: str) -> None:
        """Write into the session; papers that nobody knows become stubs of ``source``."""
        self.session = session
        self.index = PaperIndex(session, source)

    def take(self, batch: Sequence[Record]) -> None:
        """Add or update the links of a batch."""
        batch = [record for record in batch if text_of(record, "repo_url")]
        papers = self.index.settle([_reference(record) for record in batch])
        rows = {
            (paper, text_of(record, "repo_url")): (
                *(int(record.get(key) is True) for key in ("is_official", "mentioned_in_paper", "mentioned_in_github")),
                _framework(record),
            )
            for paper, record in zip(papers, batch, strict=True)
            if paper is not None
        }
        flat = [(*key, *rest) for key, rest in rows.items()]
        self.session.bulk("repository", COLUMNS, flat, f"ON CONFLICT (paper_id, url) DO UPDATE SET {SET}")


def _framework(record: Record) -> str | None:
    name = text_of(record, "framework")
    return name if name and name != "none" else None


def _reference(record: Record) -> Reference:
    return Reference(
        text_of(record, "paper_title"),
        text_of(record, "paper_url_abs"),
        page=text_of(record, "paper_url"),
        arxiv=text_of(record, "paper_arxiv_id"),
    )
