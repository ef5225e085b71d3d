"""Explore: what the board holds, notable leaderboards with their records, the latest results."""

from __future__ import annotations

from typing import Any

from seqgan.board.leaderboard import load
from seqgan.board.leaderboard.view import Choice, view
from seqgan.board.session import Row, Session
from seqgan.board.web.page import Page, Route, Table, Visit

CARDS = 12
COUNTS = {
    "leaderboards": "SELECT count(*) FROM board WHERE entry_count > 0",
    "results": "SELECT count(*) FROM entry WHERE state = 'published'",
    "tasks": "SELECT count(*) FROM task",
    "datasets": "SELECT count(*) FROM dataset",
    "papers": "SELECT count(*) FROM paper",
    "methods": "SELECT count(*) FROM method WHERE hidden = 0",
}


def home(visit: Visit) -> Page:
    """Explore notable leaderboards with their records, best models and papers."""
    session = visit.session
    boards = [card(session, board) for board in notable(session)]
    data = {
        "counts": {name: session.value(sql) for name, sql in COUNTS.items()},
        "boards": boards,
        "latest": latest(session),
    }
    rows = [(one["task"]["name"], one["dataset"]["name"], one["metric"], one["best"], one["tier"]) for one in boards]
    return Page(
        "home.html",
        "Explore",
        data,
        description="Leaderboards whose numbers say where they come from.",
        section="home",
        tables={"boards": Table(("task", "dataset", "metric", "best model", "tier"), rows)},
    )


def notable(session: Session) -> list[str]:
    """Return the boards to show first: those with results computed here, then those with the most rows."""
    return session.column(
        "SELECT slug FROM board WHERE entry_count > 0 ORDER BY EXISTS (SELECT 1 FROM entry JOIN value "
        "ON value.entry_id = entry.id WHERE entry.board_id = board.id "
        "AND value.tier IN ('computed', 'regenerated')) DESC, "
        "source = 'archive', entry_count DESC, id LIMIT :most",
        most=CARDS,
    )


def card(session: Session, slug: str) -> Row:
    """Return what a card says of a leaderboard: its ranking metric, records, best model, paper."""
    board: dict[str, Any] = load.find(session, slug) or {}
    metrics = load.metrics(session, board["id"])
    shown = view(load.entries(session, board["id"]), metrics, Choice())
    best = next((row for row in shown["rows"] if row["rank"]), None)
    return {
        "slug": slug,
        "task": board["task"],
        "dataset": board["dataset"],
        "results": board["entry_count"],
        "metric": shown["metric"],
        "direction": shown["direction"],
        "tier": shown["tier"],
        "best": best["model"] if best else None,
        "value": best["values"].get(shown["metric"]) if best else None,
        "paper": best["paper"] if best else None,
        "permalink": best["permalink"] if best else None,
        "history": shown["history"],
    }


def latest(session: Session) -> list[Row]:
    """Return the newest results by day."""
    return session.rows(
        "SELECT entry.permalink, entry.evaluated_on AS date, model.name AS model, board.slug AS board, "
        "task.name AS task, dataset.name AS dataset FROM entry JOIN model ON model.id = entry.model_id "
        "JOIN board ON board.id = entry.board_id JOIN task ON task.id = board.task_id "
        "JOIN dataset ON dataset.id = board.dataset_id "
        "WHERE entry.state = 'published' AND entry.evaluated_on IS NOT NULL "
        "ORDER BY entry.evaluated_on DESC, entry.id DESC LIMIT 8"
    )


ROUTES = (Route("/", home),)
