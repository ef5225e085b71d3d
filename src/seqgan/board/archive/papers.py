"""Imports papers-with-abstracts: papers with their tasks and methods, in batches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from seqgan.board.archive.methods import describe
from seqgan.board.archive.names import Names
from seqgan.board.archive.paper_index import PaperIndex
from seqgan.board.archive.stream import Record, date_of, objects_of, text_of, texts_of
from seqgan.board.catalogue import as_json
from seqgan.board.keys import arxiv_id, as_day, hashed, paper_names, plain_url
from seqgan.board.session import Session

COLUMNS = (
    *("id", "slug", "title", "authors", "abstract", "published", "arxiv_id", "url_abs", "url_pdf", "venue"),
    *("stub", "source"),
)
SET = ", ".join(f"{name} = :{name}" for name in COLUMNS if name not in ("id", "slug"))


class Papers:
    """Takes the records of the file one batch after another."""

    def __init__(self, session: Session, source: str) -> None:
        """Write into the session; ``source`` is the papers' origin."""
        self.session, self.source = session, source
        self.index = PaperIndex(session, source)
        self.tasks = Names(session, "task", source=source)
        self.methods = Names(session, "method", source=source)

    def take(self, batch: Sequence[Record]) -> None:
        """Add or update the papers of a batch."""
        batch = [record for record in batch if text_of(record, "title") or text_of(record, "paper_url")]
        numbers, fresh = self._numbers(batch)
        bases = [(_page_slug(record) or text_of(record, "title"), text_of(record, "paper_url")) for record in batch]
        made = [(base, is_new) for base, is_new in zip(bases, fresh, strict=True)]
        slugs = iter(self.index.slugs([base for base, is_new in made if is_new]))
        rows = [
            self._row(number, next(slugs) if is_new else "", record)
            for number, is_new, record in zip(numbers, fresh, batch, strict=True)
        ]
        self.session.bulk("paper", COLUMNS, [row for row, is_new in zip(rows, fresh, strict=True) if is_new])
        old = [row for row, is_new in zip(rows, fresh, strict=True) if not is_new]
        self.session.many(
            f"UPDATE paper SET {SET} WHERE id = :id", [dict(zip(COLUMNS, row, strict=True)) for row in old]
        )
        self._edges(batch, numbers, [row[0] for row in old])

    def _numbers(self, batch: Sequence[Record]) -> tuple[list[int], list[bool]]:
        """Return the paper's number for each record and whether it is new.

        A record is a known paper where the archive's own address says so, or where only a stub was known.
        """
        own = [hashed(f"url:{plain_url(text_of(record, 'paper_url'))}") for record in batch]
        names = [_names(record) for record in batch]
        found = self.index.known(name for every in names for name in every)
        stubs = set(
            row["id"]
            for row in self.session.lookup("SELECT id FROM paper WHERE stub = 1 AND id IN :keys", set(found.values()))
        )
        numbers, fresh, pairs = [], [], []
        for key, every in zip(own, names, strict=True):
            known = found.get(key) or next((found[n] for n in every if found.get(n) in stubs), None)
            number = known or self.index.take()
            stubs.discard(number)
            found[key] = number
            numbers.append(number)
            fresh.append(known is None)
            pairs += [(name, number) for name in every]
        self._pairs = pairs
        return numbers, fresh

    def _row(self, number: int, slug: str, record: Record) -> tuple[Any, ...]:
        arxiv = arxiv_id(text_of(record, "arxiv_id")) or arxiv_id(text_of(record, "url_abs"))
        pdf = text_of(record, "url_pdf")
        return (
            number,
            slug,
            text_of(record, "title") or text_of(record, "paper_url"),
            as_json(texts_of(record, "authors")),
            text_of(record, "abstract") or text_of(record, "short_abstract") or None,
            date_of(record, "date"),
            arxiv or None,
            text_of(record, "url_abs") or None,
            pdf if pdf and arxiv_id(pdf) != arxiv else None,  # arXiv's own address follows from the number
            text_of(record, "proceeding") or text_of(record, "conference") or None,
            0,
            self.source,
        )

    def _edges(self, batch: Sequence[Record], numbers: Sequence[int], updated: Sequence[int]) -> None:
        self.index.add_names(self._pairs)
        for table in ("paper_task", "paper_method") if updated else ():
            self.session.run(f"DELETE FROM {table} WHERE paper_id IN :ids", ids=list(updated))
        tasks, methods = [], []
        for record, number in zip(batch, numbers, strict=True):
            day = as_day(date_of(record, "date"))
            tasks += [(number, self.tasks.id(name), day) for name in texts_of(record, "tasks")]
            named = [one for one in objects_of(record, "methods") if text_of(one, "name")]
            methods += [(number, self._method(one), day) for one in named]
        self.tasks.flush()
        self.methods.flush()
        self.session.bulk("paper_task", ("paper_id", "task_id", "day"), tasks, "ON CONFLICT DO NOTHING")
        self.session.bulk("paper_method", ("paper_id", "method_id", "day"), methods, "ON CONFLICT DO NOTHING")

    def _method(self, record: Record) -> int:
        name = text_of(record, "name")
        fresh = name not in self.methods
        number = self.methods.id(name)
        if fresh:
            self.methods.flush()
            describe(self.session, number, record)
        return number


def _page_slug(record: Record) -> str:
    return text_of(record, "paper_url").rstrip("/").rpartition("/")[2]


def _names(record: Record) -> list[int]:
    page = text_of(record, "paper_url")
    urls: list[str | None] = [page, text_of(record, "url_abs")]
    return paper_names(text_of(record, "arxiv_id"), urls, text_of(record, "title"))
