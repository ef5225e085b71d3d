"""One result, a permanent address: every value with its tier and signature, where it comes from, its real samples."""

from __future__ import annotations

import json

from seqgan.board import samples
from seqgan.board.leaderboard import load
from seqgan.board.session import Row, Session
from seqgan.board.web.page import NotFoundError, Page, Route, Table, Visit

SAMPLES = 50


def found_row(visit: Visit) -> tuple[Row, Row]:
    """Return the row of the address, whatever its state, and its board; raises NotFoundError."""
    link = visit.path["permalink"]
    place = visit.session.row(
        "SELECT entry.id, entry.state, entry.details, board.slug FROM entry JOIN board ON board.id = entry.board_id "
        "WHERE entry.permalink = :link AND entry.state != 'pending'",
        link=link,
    )
    board = load.find(visit.session, place["slug"]) if place else None
    if place is None or board is None:
        raise NotFoundError(f"a result '{link}'")
    row = next((row for row in load.entries(visit.session, board["id"]) if row["permalink"] == link), None)
    if row is None:
        row = _withdrawn(visit.session, link)
    return {**row, "state": place["state"], "details": json.loads(place["details"])}, board


def _withdrawn(session: Session, link: str) -> Row:
    """Return what is still said of a row that no leaderboard shows any more."""
    found = session.row(
        "SELECT entry.id, entry.permalink, entry.variant, entry.evaluated_on AS date, entry.citation, entry.source, "
        "entry.extra_data, entry.parameters_millions, entry.submission_id, model.name AS model FROM entry "
        "JOIN model ON model.id = entry.model_id WHERE entry.permalink = :link",
        link=link,
    )
    values = load.values_of(session, found["id"]) if found else {}
    return {**(found or {}), "values": values, "paper": None, "code": None, "notes": [], "tags": []}


def show(visit: Visit) -> Page:
    """Show one result with all its values, their evidence, notes and samples."""
    row, board = found_row(visit)
    metrics = load.metrics(visit.session, board["id"])
    shown = samples_of(visit.session, row, 1, 12)
    submission = visit.session.row(
        "SELECT permalink, state FROM submission WHERE id = :id", id=row.get("submission_id") or 0
    )
    flat = [
        (name, tier, value["raw"], value["number"], value["low"], value["high"], value["n"], value["signature"])
        for name, tiers in row["values"].items()
        for tier, value in tiers.items()
    ]
    columns = ("metric", "tier", "text", "number", "low", "high", "n", "signature")
    data = {"row": row, "board": board, "metrics": metrics, "samples": shown, "submission": submission}
    about = f"{board['task']['name']} on {board['dataset']['name']}"
    return Page(
        "result.html",
        f"{row['model']} on {board['dataset']['name']}",
        data,
        description=f"{row['model']}, {about}: every value and its evidence.",
        section="sota",
        tables={"values": Table(columns, flat)},
    )


def samples_of(session: Session, row: Row, page: int, size: int, seed: int | None = None) -> Row:
    """Return a page of the samples behind a row."""
    return samples.of_entry(session, row["id"], row.get("submission_id"), seed, page, size)


def browse(visit: Visit) -> Page:
    """Show the real samples behind a result, page by page."""
    row, board = found_row(visit)
    shown = samples_of(visit.session, row, visit.number("page"), SAMPLES, visit.seed())
    return Page(
        "samples.html",
        f"Samples of {row['model']}",
        {"row": row, "board": board, "samples": shown},
        section="sota",
        tables={"samples": Table(("place", "text"), [(one["place"], one["text"]) for one in shown["rows"]])},
    )


ROUTES = (
    Route("/result/{permalink}", show),
    Route("/result/{permalink}/samples", browse, filters=("seed", "page")),
)
