"""Papers: the newest, and one paper with its code, results, methods, related papers and BibTeX."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

from seqgan.board import papers
from seqgan.board.leaderboard import load
from seqgan.board.papers import PAGE
from seqgan.board.session import Row, Session
from seqgan.board.web.page import NotFoundError, Page, Route, Table, Visit

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from seqgan.board.web.app import Board

KINDS = {"all": "", "code": "repository", "results": "entry"}
DEEPEST = 500  # pages that a list can be leafed through


def index(visit: Visit) -> Page:
    """Show the newest papers, all of them or those with code or with results."""
    kind = visit.choice("with", tuple(KINDS))
    page = visit.number("page", most=DEEPEST)
    table = KINDS[kind]
    where = f"WHERE EXISTS (SELECT 1 FROM {table} WHERE paper_id = paper.id)" if table else ""
    numbers = visit.session.column(
        f"SELECT id FROM paper {where} ORDER BY published DESC NULLS LAST, id DESC LIMIT :size OFFSET :start",
        size=PAGE,
        start=(page - 1) * PAGE,
    )
    counted = f"count(DISTINCT paper_id) FROM {table}" if table else "count(*) FROM paper"
    total = visit.session.value(f"SELECT {counted}")
    found = {
        "rows": papers.listed(visit.session, numbers),
        "total": min(total, DEEPEST * PAGE),
        "page": page,
        "size": PAGE,
    }
    flat = [
        (row["title"], "; ".join(row["authors"]), row["date"], row["url_abs"], row["slug"]) for row in found["rows"]
    ]
    return Page(
        "papers.html",
        "Papers",
        {"papers": found, "with": kind, "total": total},
        description="Papers with their code and results.",
        section="papers",
        tables={"papers": Table(("title", "authors", "date", "address", "slug"), flat)},
    )


def found_paper(session: Session, slug: str) -> Row:
    """Return a paper with its authors and ``id``; raises NotFoundError."""
    row = session.row(
        "SELECT id, slug, title, authors, abstract, summary, published AS date, arxiv_id, url_abs, url_pdf, venue, "
        "stub, source FROM paper WHERE slug = :slug",
        slug=slug,
    )
    if row is None:
        raise NotFoundError(f"a paper '{slug}'")
    return {**row, "authors": json.loads(row["authors"])}


def show(visit: Visit) -> Page:
    """Show a paper: abstract, code with the official one marked, results with ranks, methods, related papers."""
    session = visit.session
    paper = found_paper(session, visit.path["slug"])
    number = paper.pop("id")
    tags = {kind: _tags(session, kind, number) for kind in ("task", "method")}
    ids = {kind: [row.pop("id") for row in rows] for kind, rows in tags.items()}
    results = results_of(session, number)
    code = session.rows(
        "SELECT url, official, in_paper, in_readme, framework FROM repository WHERE paper_id = :paper "
        "ORDER BY official DESC, in_paper DESC, url",
        paper=number,
    )
    data = {
        "paper": paper,
        "pdf": paper["url_pdf"] or (f"https://arxiv.org/pdf/{paper['arxiv_id']}" if paper["arxiv_id"] else None),
        "tasks": tags["task"] or _tasks_of(results),
        "methods": tags["method"],
        "datasets": session.rows("SELECT slug, name FROM dataset WHERE paper_id = :paper ORDER BY name", paper=number),
        "code": code,
        "results": results,
        "notes": load.notes(session, "paper", number),
        "related": papers.related(session, number, paper["title"], ids["task"], ids["method"]),
        "bibtex": papers.bibtex(paper),
        "source": session.row(
            "SELECT title, url, licence, notice FROM source WHERE name = :name", name=paper["source"]
        ),
    }
    columns = ("task", "dataset", "metric", "value", "model", "tier", "rank", "of", "signature")
    plain = ("metric", "raw", "model", "tier", "rank", "of", "signature")
    flat = [[row["task"]["name"], row["dataset"]["name"], *(row[name] for name in plain)] for row in results]
    return Page(
        "paper.html",
        paper["title"],
        data,
        description=(paper["summary"] or paper["abstract"] or "")[:200],
        section="papers",
        tables={
            "results": Table(columns, flat),
            "code": Table(("address", "official"), [(c["url"], c["official"]) for c in code]),
        },
    )


def _tags(session: Session, kind: str, paper: int) -> list[Row]:
    shown = "AND method.hidden = 0" if kind == "method" else ""
    return session.rows(
        f"SELECT {kind}.id, {kind}.slug, {kind}.name FROM {kind} "
        f"JOIN paper_{kind} ON paper_{kind}.{kind}_id = {kind}.id "
        f"WHERE paper_{kind}.paper_id = :paper {shown} ORDER BY {kind}.name",
        paper=paper,
    )


def _tasks_of(results: list[Row]) -> list[Row]:
    return list({row["task"]["slug"]: row["task"] for row in results}.values())


_MODEL = "{0}.tags NOT LIKE '%\"reference\"%' AND {0}.tags NOT LIKE '%\"control\"%'"
_RIVALS = (
    "FROM value AS other JOIN entry AS rival ON rival.id = other.entry_id WHERE other.metric_id = value.metric_id "
    "AND other.tier = value.tier AND other.seed IS NULL AND other.number IS NOT NULL "
    f"AND rival.state = 'published' AND {_MODEL.format('rival')}"
)
_BETTER = (
    "CASE board_metric.direction WHEN 'lower' THEN other.number < value.number ELSE other.number > value.number END"
)
_RESULTS = (
    "SELECT entry.id AS entry, entry.permalink, entry.variant, entry.extra_data, entry.citation, board.slug AS board, "
    "task.slug AS task_slug, task.name AS task_name, dataset.slug AS dataset_slug, dataset.name AS dataset_name, "
    "model.name AS model, board_metric.name AS metric, board_metric.direction, value.tier, value.raw, value.number, "
    "value.low, value.high, value.n, value.signature, "
    f"(SELECT count(*) {_RIVALS}) AS of, "
    f"CASE WHEN value.number IS NOT NULL AND board_metric.direction <> 'unknown' AND {_MODEL.format('entry')} "
    f"THEN 1 + (SELECT count(*) {_RIVALS} AND {_BETTER}) END AS rank "
    "FROM entry JOIN value ON value.entry_id = entry.id AND value.seed IS NULL "
    "JOIN board_metric ON board_metric.id = value.metric_id JOIN board ON board.id = entry.board_id "
    "JOIN task ON task.id = board.task_id JOIN dataset ON dataset.id = board.dataset_id "
    "JOIN model ON model.id = entry.model_id WHERE entry.paper_id = :paper AND entry.state = 'published' "
    "ORDER BY task.name, dataset.name, board.id, model.name, entry.id, board_metric.position, value.tier"
)


def results_of(session: Session, paper: int) -> list[Row]:
    """Return every value of a paper's rows with its rank among the values of the same metric and tier.

    The tasks with the most values come first; on a leaderboard, quoted rows come before computed ones.
    """
    rows = session.rows(_RESULTS, paper=paper)
    share = Counter(row["task_slug"] for row in rows)
    rows.sort(key=lambda row: (-share[row["task_slug"]], row["dataset_name"], row["board"], load.STRENGTH[row["tier"]]))
    notes = load.entry_notes(session, [row["entry"] for row in rows])
    for row in rows:
        for kind in ("task", "dataset"):
            row[kind] = {"slug": row.pop(f"{kind}_slug"), "name": row.pop(f"{kind}_name")}
        row["notes"] = notes.get(row.pop("entry"), [])
    return rows


def cite(request: Request, board: Board) -> Response:
    """Return the BibTeX entry of a paper."""
    from starlette.responses import PlainTextResponse

    with board.store.read() as session:
        paper = found_paper(session, request.path_params["slug"])
    return PlainTextResponse(papers.bibtex(paper))


ROUTES = (
    Route("/papers", index, filters=("with", "page")),
    Route("/paper/{slug}.bib", cite, kind="raw"),
    Route("/paper/{slug}", show),
)
