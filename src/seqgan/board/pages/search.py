"""Search over papers, tasks, datasets and methods, with suggestions while typing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seqgan.board import search
from seqgan.board.web.page import Page, Route, Table, Visit

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from seqgan.board.web.app import Board


def show(visit: Visit) -> Page:
    """Show what a question finds: tasks, datasets, methods and papers."""
    text = visit.text("q").strip()
    things = search.things(visit.session, text, most=24)
    papers = search.papers(visit.session, text)
    groups = {kind: [one for one in things if one["kind"] == kind] for kind in search.KINDS}
    flat = [(one["kind"], one["name"], f"/{one['kind']}/{one['slug']}") for one in things]
    flat += [("paper", one["title"], f"/paper/{one['slug']}") for one in papers]
    return Page(
        "search.html",
        f"Search: {text}" if text else "Search",
        {"q": text, "groups": groups, "papers": papers},
        tables={"found": Table(("kind", "name", "address"), flat)},
    )


def suggest(request: Request, board: Board) -> Response:
    """Return suggestions for what is being typed, as a small JSON list."""
    from starlette.responses import JSONResponse

    text = request.query_params.get("q", "")[:100]
    with board.store.read() as session:
        found = search.things(session, text, most=6)
        papers = search.papers(session, text, most=5, prefix=True) if len(text) > 2 else []
    rows = [{"kind": one["kind"], "name": one["name"], "url": f"/{one['kind']}/{one['slug']}"} for one in found]
    rows += [{"kind": "paper", "name": one["title"], "url": f"/paper/{one['slug']}"} for one in papers]
    return JSONResponse(rows)


ROUTES = (Route("/search", show, filters=("q",)), Route("/suggest", suggest, kind="raw", filters=("q",)))
