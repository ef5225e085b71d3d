"""Datasets with their facets, and one dataset with its leaderboards, licence and loaders."""

from __future__ import annotations

import json

from seqgan.board.session import Row, Session
from seqgan.board.web.page import NotFoundError, Page, Route, Table, Visit

PAGE = 48
FACETS = ("modality", "task", "language")


def index(visit: Visit) -> Page:
    """Show datasets, narrowed down by modality, task and language."""
    chosen = {kind: visit.text(kind) for kind in FACETS}
    where = " AND ".join(
        f"dataset.id IN (SELECT dataset_id FROM dataset_facet WHERE kind = '{kind}' AND value = :{kind})"
        for kind, value in chosen.items()
        if value
    )
    given = {kind: value for kind, value in chosen.items() if value}
    where = f"WHERE {where}" if where else ""
    page = visit.number("page")
    rows = visit.session.rows(
        "SELECT slug, name, full_name, substr(description, 1, 220) AS description, licence_name, board_count, "
        f"paper_count, introduced FROM dataset {where} "
        "ORDER BY board_count DESC, paper_count DESC, name LIMIT :size OFFSET :start",
        **given,
        size=PAGE,
        start=(page - 1) * PAGE,
    )
    total = visit.session.value(f"SELECT count(*) FROM dataset {where}", **given)
    flat = [
        (row["name"], row["full_name"], row["licence_name"], row["board_count"], row["paper_count"]) for row in rows
    ]
    return Page(
        "datasets.html",
        "Datasets",
        {
            "datasets": {"rows": rows, "total": total, "page": page, "size": PAGE},
            "facets": {kind: facet(visit.session, kind) for kind in FACETS},
            "chosen": chosen,
        },
        description="Datasets with their leaderboards and licences.",
        section="datasets",
        tables={"datasets": Table(("name", "full name", "licence", "leaderboards", "papers"), flat)},
    )


def facet(session: Session, kind: str) -> list[Row]:
    """Return the values of a facet with the number of datasets that have them, the most frequent first."""
    return session.rows(
        "SELECT value, count(*) AS datasets FROM dataset_facet WHERE kind = :kind GROUP BY value "
        "ORDER BY count(*) DESC, value LIMIT 24",
        kind=kind,
    )


def show(visit: Visit) -> Page:
    """Show one dataset: what it is, its licence, its leaderboards and who introduced it."""
    session = visit.session
    row = session.row("SELECT * FROM dataset WHERE slug = :slug", slug=visit.path["slug"])
    if row is None:
        raise NotFoundError(f"a dataset '{visit.path['slug']}'")
    number, paper = row.pop("id"), row.pop("paper_id")
    row["loaders"] = json.loads(row["loaders"])
    boards = session.rows(
        "SELECT board.slug, task.name AS task, task.slug AS task_slug, board.entry_count, board.latest FROM board "
        "JOIN task ON task.id = board.task_id WHERE board.dataset_id = :number AND board.entry_count > 0 "
        "ORDER BY board.entry_count DESC, task.name",
        number=number,
    )
    facets = session.rows(
        "SELECT kind, value FROM dataset_facet WHERE dataset_id = :number ORDER BY kind, value", number=number
    )
    data = {
        "dataset": row,
        "boards": boards,
        "facets": facets,
        "paper": session.row("SELECT slug, title, published AS date FROM paper WHERE id = :paper", paper=paper or 0),
        "source": session.row("SELECT title, url, licence FROM source WHERE name = :name", name=row["source"]),
    }
    flat = [(board["task"], board["entry_count"], board["latest"], board["slug"]) for board in boards]
    return Page(
        "dataset.html",
        row["name"],
        data,
        description=f"{row['name']}: {len(boards)} leaderboards.",
        section="datasets",
        tables={"leaderboards": Table(("task", "results", "latest", "address"), flat)},
    )


ROUTES = (Route("/datasets", index, filters=(*FACETS, "page")), Route("/dataset/{slug}", show))
