"""Feeds and badges: what other programs show of a leaderboard."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from seqgan.board.charts.badge import badge
from seqgan.board.leaderboard import load
from seqgan.board.leaderboard.view import Choice, view
from seqgan.board.session import Row, Session
from seqgan.board.web.page import NotFoundError, Route

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from seqgan.board.web.app import Board

ATOM = "http://www.w3.org/2005/Atom"
NEWEST = 50


def _board(session: Session, slug: str) -> Row:
    found = load.find(session, slug)
    if found is None:
        raise NotFoundError(f"a leaderboard '{slug}'")
    return found


def atom(request: Request, board: Board) -> Response:
    """Return the newest results of a leaderboard as an Atom feed."""
    from starlette.responses import Response

    with board.store.read() as session:
        found = _board(session, request.path_params["slug"])
        rows = load.entries(session, found["id"])
    text = feed(found, rows, f"{request.url.scheme}://{request.url.netloc}")
    return Response(text, media_type="application/atom+xml; charset=utf-8")


def feed(board: Row, rows: list[Row], address: str) -> bytes:
    """Return a leaderboard's rows, newest first, as Atom."""
    title = f"{board['task']['name']} on {board['dataset']['name']}"
    page = f"{address}/sota/{board['slug']}"
    dated = [row for row in rows if row["date"]]  # without a day nobody knows whether it is new
    newest = sorted(dated, key=lambda row: (row["date"], row["permalink"]), reverse=True)[:NEWEST]
    root = ElementTree.Element("feed", xmlns=ATOM)
    _add(root, "title", title)
    _add(root, "id", page)
    _add(root, "updated", _moment(newest[0]["date"] if newest else datetime.now(UTC).date().isoformat()))
    _add(root, "link", href=f"{page}/feed.atom", rel="self")
    _add(root, "link", href=page)
    for row in newest:
        entry = _add(root, "entry")
        values = [
            f"{name} {value['raw']} ({tier})" for name, tiers in row["values"].items() for tier, value in tiers.items()
        ]
        _add(entry, "title", f"{row['model']} {row['variant']}".strip())
        _add(entry, "id", f"{address}/result/{row['permalink']}")
        _add(entry, "link", href=f"{address}/result/{row['permalink']}")
        _add(entry, "updated", _moment(row["date"]))
        _add(_add(entry, "author"), "name", row["paper"]["title"] if row["paper"] else row["source"])
        _add(entry, "summary", "; ".join(values))
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))


def _add(parent: Any, tag: str, text: str = "", **attributes: str) -> Any:
    element = ElementTree.SubElement(parent, tag, attributes)
    element.text = "".join(letter for letter in text if letter.isprintable() or letter in "\n\t") or None
    return element


def _moment(date: str) -> str:
    return f"{date}T00:00:00Z"


def rank_badge(request: Request, board: Board) -> Response:
    """Return a README badge: the leader of a leaderboard, or the rank of the result that ``result`` names."""
    from starlette.responses import Response

    wanted = request.query_params.get("result", "")
    choice = Choice(tier=request.query_params.get("tier", ""), metric=request.query_params.get("metric", ""))
    with board.store.read() as session:
        found = _board(session, request.path_params["slug"])
        shown = view(load.entries(session, found["id"]), load.metrics(session, found["id"]), choice)
    row = next((row for row in shown["rows"] if row["permalink"] == wanted or (row["rank"] and not wanted)), None)
    label = f"{found['dataset']['name']} {shown['metric']}".strip()
    rank = "unranked" if row is None or row["rank"] is None else f"#{row['rank']} {row['model']} ({shown['tier']})"
    return Response(badge(label, rank), media_type="image/svg+xml", headers={"Cache-Control": "no-cache"})


ROUTES = (
    Route("/sota/{slug}/feed.atom", atom, kind="raw"),
    Route("/sota/{slug}/badge.svg", rank_badge, kind="raw", filters=("result", "metric", "tier")),
)
