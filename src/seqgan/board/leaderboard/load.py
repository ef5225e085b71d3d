"""Reads one leaderboard from the database: its metrics, its rows with every value, papers, code, notes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from seqgan.board.columns import left_out
from seqgan.board.session import Row, Session

TIERS = ("computed", "regenerated", "claimed", "archive")
"""The tiers of evidence in the order in which a board prefers to show them."""

STRENGTH = {"archive": 0, "claimed": 1, "computed": 2, "regenerated": 3}

QUOTED = ("archive", "published")
"""The sources whose rows are as old as their papers; what was measured here is not."""

MEASURED = ("computed", "regenerated")
"""The tiers whose values carry a signature of this software."""

_PUBLISHED = "entry.state = 'published'"


def find(session: Session, slug: str) -> Row | None:
    """Return a board by its slug with its task and dataset, or None."""
    row = session.row(
        "SELECT board.id, board.slug, board.description, board.entry_count, board.latest, board.source, "
        "task.slug AS task_slug, task.name AS task_name, "
        "dataset.slug AS dataset_slug, dataset.name AS dataset_name "
        "FROM board JOIN task ON task.id = board.task_id JOIN dataset ON dataset.id = board.dataset_id "
        "WHERE board.slug = :slug",
        slug=slug,
    )
    if row is None:
        return None
    return {
        **{key: row[key] for key in ("id", "slug", "description", "entry_count", "latest", "source")},
        "task": {"slug": row["task_slug"], "name": row["task_name"]},
        "dataset": {"slug": row["dataset_slug"], "name": row["dataset_name"]},
    }


def metrics(session: Session, board: int) -> list[Row]:
    """Return the metrics of a board, the ranking one first."""
    return session.rows(
        "SELECT id, name, direction, direction_from, order_direction, conflict, definition, unit, low, high "
        "FROM board_metric WHERE board_id = :board ORDER BY position, id",
        board=board,
    )


def entries(session: Session, board: int) -> list[Row]:
    """Return the published rows of a board, each with ``values``: metric name -> tier -> value."""
    rows = session.rows(
        "SELECT entry.id, entry.permalink, entry.variant, entry.position, entry.evaluated_on AS date, "
        "entry.extra_data, entry.tags, entry.parameters_millions, entry.citation, entry.submission_id, entry.source, "
        "model.name AS model, model.slug AS model_slug, paper.id AS paper_id, paper.slug AS paper_slug, "
        "paper.title AS paper_title, paper.published AS paper_date, paper.url_abs AS paper_url "
        "FROM entry JOIN model ON model.id = entry.model_id LEFT JOIN paper ON paper.id = entry.paper_id "
        f"WHERE entry.board_id = :board AND {_PUBLISHED} ORDER BY entry.position, entry.id",
        board=board,
    )
    values = _values(session, f"{_PUBLISHED} AND entry.board_id = :board", board=board)
    code = _code(session, [row["paper_id"] for row in rows if row["paper_id"] is not None])
    notes = _notes(session, "entry", [row["id"] for row in rows])
    for row in rows:
        row["values"] = values.get(row["id"], {})
        row["tags"] = json.loads(row["tags"])
        row["date"] = row["date"] or (row["paper_date"] if row["source"] in QUOTED else None)
        row["paper"] = _paper(row)
        row["code"] = code.get(row.pop("paper_id"), None)
        row["notes"] = notes.get(row["id"], [])
    return rows


def _paper(row: Row) -> Row | None:
    found = {key: row.pop(f"paper_{key}") for key in ("slug", "title", "date", "url")}
    return found if found["slug"] else None


def values_of(session: Session, entry: int) -> dict[str, dict[str, Row]]:
    """Return metric name -> tier -> value of one row, whatever its state."""
    return _values(session, "entry.id = :entry", entry=entry).get(entry, {})


def _values(session: Session, where: str, **parameters: Any) -> dict[int, dict[str, dict[str, Row]]]:
    """Return entry -> metric name -> tier -> value; the values of single seeds hang below the value of them all."""
    found: dict[int, dict[str, dict[str, Row]]] = {}
    rows = session.rows(
        "SELECT value.entry_id, board_metric.name AS metric, value.tier, value.seed, value.raw, value.number, "
        "value.low, value.high, value.n, value.signature FROM value JOIN entry ON entry.id = value.entry_id "
        f"JOIN board_metric ON board_metric.id = value.metric_id WHERE {where} "
        "ORDER BY value.seed IS NOT NULL, value.seed",
        **parameters,
    )
    for row in rows:
        tiers = found.setdefault(row.pop("entry_id"), {}).setdefault(row.pop("metric"), {})
        seed = row.pop("seed")
        row["left_out"] = left_out(row["signature"] or "") if row["tier"] in MEASURED else 0
        if seed is None:
            tiers[row["tier"]] = {**row, "seeds": []}
        elif row["tier"] in tiers:
            tiers[row["tier"]]["seeds"].append({"seed": seed, "number": row["number"]})
    return found


def _code(session: Session, papers: Sequence[int]) -> dict[int, Row]:
    rows = session.lookup(
        "SELECT paper_id, count(*) AS count, max(CASE WHEN official = 1 THEN url END) AS official, min(url) AS any_url "
        "FROM repository WHERE paper_id IN :keys GROUP BY paper_id",
        set(papers),
    )
    return {
        row["paper_id"]: {"count": row["count"], "official": row["official"], "url": row["official"] or row["any_url"]}
        for row in rows
    }


def _notes(session: Session, subject: str, ids: Sequence[int]) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = {}
    rows = session.lookup(
        f"SELECT subject_id, kind, text, citation FROM note WHERE subject = '{subject}' "
        "AND subject_id IN :keys ORDER BY id",
        ids,
    )
    for row in rows:
        found.setdefault(row.pop("subject_id"), []).append(row)
    return found


def entry_notes(session: Session, ids: Sequence[int]) -> dict[int, list[Row]]:
    """Return row -> the board's own notes on it."""
    return _notes(session, "entry", ids)


def notes(session: Session, subject: str, number: int) -> list[Row]:
    """Return the board's own notes on one thing."""
    return _notes(session, subject, [number]).get(number, [])


def tiers_of(rows: Sequence[Row]) -> list[Row]:
    """Return the tiers that a board has with the number of its rows in each, the preferred one first."""
    counts = {tier: sum(any(tier in tiers for tiers in row["values"].values()) for row in rows) for tier in TIERS}
    return [{"name": tier, "count": count} for tier, count in counts.items() if count]


def pick(values: dict[str, Row], tiers: Sequence[str]) -> Row | None:
    """Return the value with the strongest evidence among the tiers asked for."""
    present = [tier for tier in values if tier in tiers]
    return values[max(present, key=STRENGTH.__getitem__)] if present else None
