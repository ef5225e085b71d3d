"""Finds papers by what others call them, arXiv number, address or title, and makes stubs for those nobody knows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from seqgan.board.keys import arxiv_id, digest, paper_names, slug
from seqgan.board.session import Session

PAPER_COLUMNS = ("id", "slug", "title", "published", "arxiv_id", "url_abs", "stub", "source")


@dataclass(frozen=True)
class Reference:
    """What a row says of its paper; any part may be empty."""

    title: str
    url: str = ""
    date: str | None = None
    page: str = ""
    arxiv: str = ""

    def names(self) -> list[int]:
        """Return its names, the surest first."""
        return paper_names(self.arxiv, [self.url, self.page], self.title)


class PaperIndex:
    """All papers of the database by their names; looks up and writes in batches, so its memory does not grow."""

    def __init__(self, session: Session, source: str) -> None:
        """Begin to number new papers behind the last one; ``source`` is theirs."""
        self.session, self.source = session, source
        self.next = (session.value("SELECT max(id) FROM paper") or 0) + 1
        self.made = 0

    def known(self, names: Iterable[int]) -> dict[int, int]:
        """Return name -> paper for the names that are known."""
        found = self.session.lookup("SELECT hash, paper_id FROM paper_alias WHERE hash IN :keys", set(names))
        return {row["hash"]: row["paper_id"] for row in found}

    def take(self) -> int:
        """Return the number of a new paper."""
        self.next += 1
        return self.next - 1

    def slugs(self, wanted: Sequence[tuple[str, str]]) -> list[str]:
        """Return a free slug for each (base, identity): the base, or the base with a few letters of the identity."""
        bases = {slug(base) for base, _ in wanted}
        taken = {row["slug"] for row in self.session.lookup("SELECT slug FROM paper WHERE slug IN :keys", bases)}
        found = []
        for base, identity in wanted:
            free = slug(base)
            if free in taken:
                free = f"{free[:70]}-{digest(identity)[:8]}"
            taken.add(free)
            found.append(free)
        return found

    def add_names(self, pairs: Sequence[tuple[int, int]]) -> None:
        """Note (name, paper) pairs."""
        self.session.bulk("paper_alias", ("hash", "paper_id"), pairs, "ON CONFLICT DO NOTHING")

    def settle(self, references: Sequence[Reference]) -> list[int | None]:
        """Return the paper of each reference, a stub where it is unknown, None where nothing is said of it."""
        every = [reference.names() for reference in references]
        found = self.known(name for names in every for name in names)
        answers: list[int | None] = []
        fresh: list[tuple[int, Reference]] = []
        pairs: list[tuple[int, int]] = []
        for reference, names in zip(references, every, strict=True):
            paper = next((found[name] for name in names if name in found), None)
            if paper is None and names:
                paper = self.take()
                fresh.append((paper, reference))
            for name in names if paper is not None else ():
                if name not in found:
                    found[name] = paper  # type: ignore[assignment]
                    pairs.append((name, paper))  # type: ignore[arg-type]
            answers.append(paper)
        self._write_stubs(fresh)
        self.add_names(pairs)
        return answers

    def _write_stubs(self, fresh: Sequence[tuple[int, Reference]]) -> None:
        titles = [one.title or one.url or one.page for _, one in fresh]
        slugs = self.slugs([(title, f"{one.url}{one.title}") for (_, one), title in zip(fresh, titles, strict=True)])
        rows = [
            (number, free, title, one.date, arxiv_id(one.arxiv or one.url) or None, one.url or None, 1, self.source)
            for (number, one), title, free in zip(fresh, titles, slugs, strict=True)
        ]
        self.session.bulk("paper", PAPER_COLUMNS, rows)
        self.made += len(rows)
