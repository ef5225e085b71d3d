"""Fills a board for a first look, once: running it again changes nothing."""

from __future__ import annotations

import tomllib
from pathlib import Path

from seqgan.board.archive.run import SOURCE, count_on, settle
from seqgan.board.archive.stream import records
from seqgan.board.archive.tables import Tables
from seqgan.board.benchmarks.install import install
from seqgan.board.demo.measured import add_records
from seqgan.board.demo.packaged import measured
from seqgan.board.demo.papers import add_methods, add_papers
from seqgan.board.demo.published import add_published
from seqgan.board.notes import apply_notes
from seqgan.board.session import Session
from seqgan.board.store import Store

DATA = Path(__file__).parent.parent / "data"


def fill(store: Store, results: Path | None = None) -> str:
    """Add what is missing of the demonstration and return what was done in a sentence.

    ``results`` is the folder of records (default: the checkout's own, and for an installed package what it brings of
    them). An imported archive stays as it is: the excerpt is only for a board that has none.
    """
    own = measured(results or own_results())
    with store.write() as session:
        if not session.value("SELECT count(*) FROM entry WHERE source = :source", source=SOURCE):
            _add_excerpt(session)
        install(session)
        add_papers(session)
        add_methods(session)
        claimed = add_published(session)
        rows = add_records(session, own)
        _describe(session)
        settle(session)
        apply_notes(session)
    return f"The board holds {claimed} results quoted from papers and {rows} results of its own runs."


def own_results() -> Path | None:
    """Return the folder of records of this checkout, None where the package was installed without one."""
    source = Path(__file__).parents[3]
    folder = source.parent / "results"
    return folder if source.name == "src" and folder.is_dir() else None


def _add_excerpt(session: Session) -> None:
    tables = Tables(session, SOURCE)
    tables.take([record for record, _ in records(DATA / "excerpt.json")])
    tables.finish()
    count_on(session)


def _describe(session: Session) -> None:
    """Give the board's own tasks and datasets a description where they have none."""
    words = tomllib.loads((DATA / "tasks.toml").read_text(encoding="utf-8"))
    for table, texts in (("task", words["description"]), ("dataset", words["dataset"]["description"])):
        session.many(
            f"UPDATE {table} SET description = :text WHERE name = :name AND description = ''",
            [{"name": name, "text": text} for name, text in texts.items()],
        )
