"""The papers and methods that come with the board: facts, and summaries written for it."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from seqgan.board import catalogue
from seqgan.board.archive.methods import Methods
from seqgan.board.keys import as_day
from seqgan.board.session import Session

DATA = Path(__file__).parent.parent / "data"
SOURCE = "published"


def add_papers(session: Session) -> None:
    """Add the papers, or complete those that the board knows: authors, date, summary, official code, tags."""
    for paper in tomllib.loads((DATA / "papers.toml").read_text(encoding="utf-8"))["paper"]:
        number = catalogue.ensure_paper(
            session, paper["title"], SOURCE, arxiv=paper.get("arxiv", ""), url=paper.get("url", "")
        )
        _complete(session, number, paper)
        _tag(session, number, paper)
        if "code" in paper:
            session.bulk(
                "repository",
                ("paper_id", "url", "official", "in_paper"),
                [(number, paper["code"], 1, 1)],
                "ON CONFLICT (paper_id, url) DO UPDATE SET official = 1",
            )


def _complete(session: Session, number: int, paper: dict[str, Any]) -> None:
    session.run(
        "UPDATE paper SET authors = CASE WHEN authors = '[]' THEN :authors ELSE authors END, "
        "published = COALESCE(published, :date), venue = COALESCE(venue, :venue), summary = :summary, "
        "arxiv_id = COALESCE(arxiv_id, :arxiv) WHERE id = :number",
        number=number,
        authors=catalogue.as_json(paper.get("authors", [])),
        date=paper.get("date"),
        venue=paper.get("venue"),
        summary=paper.get("summary"),
        arxiv=paper.get("arxiv"),
    )


def _tag(session: Session, number: int, paper: dict[str, Any]) -> None:
    day = as_day(paper.get("date"))
    tasks = [(number, catalogue.ensure_task(session, name, "own"), day) for name in paper.get("tasks", [])]
    methods = [(number, catalogue.ensure_method(session, name, "own"), day) for name in paper.get("methods", [])]
    session.bulk("paper_task", ("paper_id", "task_id", "day"), tasks, "ON CONFLICT DO NOTHING")
    session.bulk("paper_method", ("paper_id", "method_id", "day"), methods, "ON CONFLICT DO NOTHING")


def add_methods(session: Session) -> None:
    """Describe the methods that nobody has described yet."""
    known = set(session.column("SELECT name FROM method WHERE description <> ''"))
    every = tomllib.loads((DATA / "methods.toml").read_text(encoding="utf-8"))["method"]
    Methods(session, "own").take([_record(method) for method in every if method["name"] not in known])


def _record(method: dict[str, Any]) -> dict[str, Any]:
    """Return a method in the archive's own form, so that one importer serves both."""
    return {
        "name": method["name"],
        "full_name": method.get("full_name", ""),
        "description": method["description"],
        "introduced_year": method["year"],
        "paper": {"title": method["paper"]} if "paper" in method else None,
        "source_url": f"https://arxiv.org/abs/{method['arxiv']}" if "arxiv" in method else "",
        "source_title": method.get("paper", ""),
        "collections": [{"collection": method["collection"], "area": method["area"]}],
    }
