"""Adds single things to the catalogue, or finds them where they are known: the way in for claims and submissions."""

from __future__ import annotations

import json
from typing import Any

from seqgan.board.keys import free_slug, paper_names, slug
from seqgan.board.session import Session


def _free(session: Session, table: str, name: str) -> str:
    base = slug(name)
    taken = set(
        session.column(f"SELECT slug FROM {table} WHERE slug = :slug OR slug LIKE :more", slug=base, more=f"{base}-%")
    )
    return free_slug(name, taken)


def _ensure(session: Session, table: str, name: str, **values: Any) -> int:
    found = session.value(f"SELECT id FROM {table} WHERE name = :name", name=name)
    if found is not None:
        return int(found)
    return session.insert(table, name=name, slug=_free(session, table, name), **values)


def ensure_area(session: Session, name: str) -> int:
    """Return the id of an area of research."""
    return _ensure(session, "area", name)


def ensure_task(session: Session, name: str, source: str, area: str = "") -> int:
    """Return the id of a task, made where it is new."""
    task = _ensure(session, "task", name, source=source)
    if area:
        session.bulk(
            "task_area", ("task_id", "area_id"), [(task, ensure_area(session, area))], "ON CONFLICT DO NOTHING"
        )
    return task


def ensure_dataset(session: Session, name: str, source: str, **details: Any) -> int:
    """Return the id of a dataset; ``details`` (description, homepage, licence_name, ...) hold for a new one only."""
    return _ensure(session, "dataset", name, source=source, **details)


def ensure_method(session: Session, name: str, source: str) -> int:
    """Return the id of a method by its name."""
    return _ensure(session, "method", name, source=source)


def ensure_model(session: Session, name: str) -> int:
    """Return the id of a model by its name."""
    return _ensure(session, "model", name)


def ensure_board(session: Session, task: int, dataset: int, source: str, description: str = "") -> int:
    """Return the id of the leaderboard of a task on a dataset."""
    found = session.value(
        "SELECT id FROM board WHERE task_id = :task AND dataset_id = :dataset", task=task, dataset=dataset
    )
    if found is not None:
        return int(found)
    names = session.row(
        "SELECT task.name AS task, dataset.name AS dataset FROM task, dataset "
        "WHERE task.id = :task AND dataset.id = :dataset",
        task=task,
        dataset=dataset,
    )
    name = f"{names['task']} on {names['dataset']}" if names else ""
    return session.insert(
        "board",
        slug=_free(session, "board", name),
        task_id=task,
        dataset_id=dataset,
        source=source,
        description=description,
    )


def ensure_metric(session: Session, board: int, name: str, **details: Any) -> int:
    """Return the id of a board's metric; a new one goes behind the others.

    ``details``: direction, direction_from, definition, unit, low, high.
    """
    found = session.value(
        "SELECT id FROM board_metric WHERE board_id = :board AND name = :name", board=board, name=name
    )
    if found is not None:
        return int(found)
    last = session.value("SELECT max(position) FROM board_metric WHERE board_id = :board", board=board)
    return session.insert(
        "board_metric", board_id=board, name=name, position=0 if last is None else last + 1, **details
    )


def as_json(data: Any) -> str:
    """Return plain data as the database keeps it."""
    return json.dumps(data, ensure_ascii=False)


def find_paper(session: Session, names: list[int]) -> int | None:
    """Return the paper that has one of these names (see :func:`seqgan.board.keys.paper_names`), the surest first."""
    found = session.pairs("SELECT hash, paper_id FROM paper_alias WHERE hash IN :names", names=names) if names else {}
    return next((int(found[name]) for name in names if name in found), None)


def ensure_paper(session: Session, title: str, source: str, arxiv: str = "", url: str = "", **details: Any) -> int:
    """Return the id of a paper, found by arXiv number, address or title; an unknown one becomes a stub.

    ``details`` (authors: a list, published, summary, url_pdf, venue, stub) hold for a new one only.
    """
    names = paper_names(arxiv, [url or None], title)
    known = find_paper(session, names)
    if known is not None:
        return known
    values = {"stub": 1, **details, "authors": as_json(details.get("authors", []))}
    address = url or (f"https://arxiv.org/abs/{arxiv}" if arxiv else None)
    made = session.insert(
        "paper",
        slug=_free(session, "paper", title),
        title=title,
        arxiv_id=arxiv or None,
        url_abs=address,
        source=source,
        **values,
    )
    session.bulk("paper_alias", ("hash", "paper_id"), [(name, made) for name in names], "ON CONFLICT DO NOTHING")
    index_paper(session, made)
    return made


def index_paper(session: Session, paper: int) -> None:
    """Make a new paper findable by the words of its title."""
    if session.dialect == "sqlite":
        session.run(
            "INSERT INTO paper_text (rowid, title, authors, abstract) "
            "SELECT id, title, authors, abstract FROM paper WHERE id = :paper",
            paper=paper,
        )


def add_note(session: Session, subject: str, subject_id: int, kind: str, text: str, citation: str = "") -> None:
    """Put the board's own note on something, once."""
    session.bulk(
        "note",
        ("subject", "subject_id", "kind", "text", "citation"),
        [(subject, subject_id, kind, text, citation)],
        "ON CONFLICT DO NOTHING",
    )


COUNTS = (
    "UPDATE board SET entry_count = (SELECT count(*) FROM entry WHERE board_id = board.id AND state = 'published'), "
    "latest = (SELECT max(evaluated_on) FROM entry WHERE board_id = board.id AND state = 'published')",
    "UPDATE task SET board_count = (SELECT count(*) FROM board WHERE task_id = task.id AND entry_count > 0), "
    "paper_count = (SELECT count(*) FROM paper_task WHERE task_id = task.id)",
    "UPDATE dataset SET board_count = (SELECT count(*) FROM board WHERE dataset_id = dataset.id AND entry_count > 0)",
)
THINGS = (
    "DELETE FROM thing",
    "INSERT INTO thing (kind, slug, name, other_names, description, weight) "
    "SELECT 'task', slug, name, synonyms, description, board_count * 100 + paper_count FROM task",
    "INSERT INTO thing (kind, slug, name, other_names, description, weight) "
    "SELECT 'dataset', slug, name, full_name, description, board_count * 100 + paper_count FROM dataset",
    "INSERT INTO thing (kind, slug, name, other_names, description, weight) "
    "SELECT 'method', slug, name, full_name, description, paper_count FROM method WHERE hidden = 0",
)


def refresh(session: Session) -> None:
    """Bring the counts that pages show, and the search over tasks, datasets and methods, up to date."""
    for statement in (*COUNTS, *THINGS):
        session.run(statement)
    if session.dialect == "sqlite":
        session.run("INSERT INTO thing_text (thing_text) VALUES ('rebuild')")
