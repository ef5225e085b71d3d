"""All leaderboards, one leaderboard, and two of its models side by side."""

from __future__ import annotations

from typing import Any

from seqgan.board import samples
from seqgan.board.columns import definition
from seqgan.board.leaderboard import load
from seqgan.board.leaderboard.view import Choice, view
from seqgan.board.session import Row
from seqgan.board.web.page import NotFoundError, Page, Route, Table, Visit

SAMPLES = 20  # of each model, side by side
FILTERS = ("tier", "metric", "x", "y", "tag", "code", "extra", "seeds", "size")


def index(visit: Visit) -> Page:
    """Show all leaderboards by area and task."""
    rows = visit.session.rows(
        "SELECT area.slug AS area_slug, area.name AS area, task.slug, task.name, task.board_count, task.paper_count "
        "FROM task LEFT JOIN task_area ON task_area.task_id = task.id LEFT JOIN area ON area.id = task_area.area_id "
        "WHERE task.board_count > 0 ORDER BY area.name IS NULL, area.name, task.board_count DESC, task.name"
    )
    areas: dict[str, Row] = {}
    for row in rows:
        slug, name = row.pop("area_slug") or "", row.pop("area") or "Without an area"
        areas.setdefault(name, {"slug": slug, "name": name, "tasks": []})["tasks"].append(row)
    found = sorted(areas.values(), key=lambda area: -sum(int(task["board_count"]) for task in area["tasks"]))
    flat = [(area["name"], task["name"], task["board_count"]) for area in found for task in area["tasks"]]
    return Page(
        "sota.html",
        "State of the art",
        {"areas": found},
        description="Every leaderboard by area and task.",
        section="sota",
        tables={"tasks": Table(("area", "task", "leaderboards"), flat)},
    )


def found_board(visit: Visit) -> Row:
    """Return the board of the address with ``notes``; raises NotFoundError."""
    board = load.find(visit.session, visit.path["slug"])
    if board is None:
        raise NotFoundError(f"a leaderboard '{visit.path['slug']}'")
    board["notes"] = load.notes(visit.session, "board", board["id"])
    return board


def choice(visit: Visit) -> Choice:
    """Return what a reader asks of a leaderboard."""
    return Choice(
        tier=visit.text("tier"),
        metric=visit.text("metric"),
        x=visit.text("x"),
        y=visit.text("y"),
        tags=tuple(visit.many("tag")),
        code=visit.text("code") == "1",
        no_extra=visit.text("extra") == "0",
        seeds=visit.number("seeds", 0, 1000, least=0),
        largest=visit.number("size", 0, 10_000_000, least=0),
    )


def show(visit: Visit) -> Page:
    """Show a leaderboard: ranked rows of one tier of evidence, records over time, quality against diversity."""
    board = found_board(visit)
    metrics = load.metrics(visit.session, board["id"])
    shown = view(load.entries(visit.session, board["id"]), metrics, choice(visit))
    source = visit.session.row("SELECT title, url, licence FROM source WHERE name = :name", name=board["source"])
    data: dict[str, Any] = {"board": board, **shown, "source": source, "siblings": siblings(visit, board)}
    data["benchmarks"] = benchmarks(visit, board["id"])
    best = next((row for row in shown["rows"] if row["rank"]), None)
    leader = f" Leading: {best['model']}." if best else ""
    return Page(
        "board.html",
        f"{board['task']['name']} on {board['dataset']['name']}",
        data,
        description=f"Leaderboard of {board['task']['name']} on {board['dataset']['name']}.{leader}",
        section="sota",
        tables={"results": table(shown)},
        feed=f"/sota/{board['slug']}/feed.atom",
    )


def siblings(visit: Visit, board: Row) -> list[Row]:
    """Return other leaderboards of the same task, the largest first."""
    return visit.session.rows(
        "SELECT board.slug, dataset.name AS dataset, board.entry_count FROM board "
        "JOIN dataset ON dataset.id = board.dataset_id JOIN task ON task.id = board.task_id "
        "WHERE task.slug = :task AND board.slug != :slug AND board.entry_count > 0 "
        "ORDER BY board.entry_count DESC, dataset.name LIMIT 12",
        task=board["task"]["slug"],
        slug=board["slug"],
    )


def benchmarks(visit: Visit, board: int) -> list[Row]:
    """Return the frozen contracts by which submissions to this leaderboard are scored, the newest first."""
    return visit.session.rows(
        "SELECT name, version, sha256, created_at FROM benchmark WHERE board_id = :board ORDER BY name, version DESC",
        board=board,
    )


def table(shown: dict[str, Any]) -> Table:
    """Return a leaderboard as a flat table: the value and its tier for each metric."""
    names = [metric["name"] for metric in shown["metrics"]]
    columns = ["rank", "model", "variant"]
    columns += [word for name in names for word in (name, f"{name} tier")]
    columns += ["extra data", "paper", "paper address", "date", "code", "tags", "permalink"]
    rows = []
    for row in shown["rows"]:
        cells = [row["values"].get(name) for name in names]
        paper, code = row["paper"] or {}, row["code"] or {}
        rows.append(
            [
                *(row["rank"], row["model"], row["variant"]),
                *(word for cell in cells for word in ((cell["raw"], cell["tier"]) if cell else (None, None))),
                *({0: "no", 1: "yes"}.get(row["extra_data"]), paper.get("title"), paper.get("url")),
                *(row["date"], code.get("url"), "; ".join(row["tags"]), row["permalink"]),
            ]
        )
    return Table(columns, rows)


def compare(visit: Visit) -> Page:
    """Show two models of a leaderboard side by side, metric by metric, with samples where there are any."""
    board = found_board(visit)
    metrics = load.metrics(visit.session, board["id"])
    rows = load.entries(visit.session, board["id"])
    by_link = {row["permalink"]: row for row in rows}
    asked = [*visit.many("pick"), visit.text("a"), visit.text("b")][:2]
    chosen = [by_link[link] for link in asked if link in by_link]
    lines = _lines(metrics, chosen) if len(chosen) == 2 else []
    data = {
        "board": board,
        "choices": [_option(row) for row in rows],
        "pair": chosen,
        "metrics": metrics,
        "lines": lines,
        "samples": [_samples(visit, row) for row in chosen],
    }
    flat = [
        [line["metric"], line["tier"], *(cell["raw"] if cell else None for cell in line["cells"])] for line in lines
    ]
    return Page(
        "compare.html",
        f"Compare on {board['dataset']['name']}",
        data,
        section="sota",
        tables={"compare": Table(("metric", "tier", "a", "b"), flat)},
    )


def _option(row: Row) -> Row:
    """Return what sets a row apart from the others of its board."""
    known = {tier for tiers in row["values"].values() for tier in tiers}
    plain = {name: row[name] for name in ("permalink", "model", "variant")}
    return {**plain, "tiers": [tier for tier in load.TIERS if tier in known]}


def _lines(metrics: list[Row], pair: list[Row]) -> list[Row]:
    """Return one line for each metric and tier that one of the two has; a difference only where both have it."""
    lines = []
    for metric in metrics:
        cells = [row["values"].get(metric["name"], {}) for row in pair]
        for tier in (tier for tier in load.TIERS if any(tier in cell for cell in cells)):
            both = [cell.get(tier) for cell in cells]
            first, second = (cell["number"] if cell else None for cell in both)
            lines.append(
                {
                    "metric": metric["name"],
                    "direction": metric["direction"],
                    "tier": tier,
                    "cells": both,
                    "difference": None if first is None or second is None else second - first,
                    "same_definition": _alike(tier, [cell for cell in both if cell]),
                }
            )
    return lines


def _alike(tier: str, cells: list[Row]) -> bool:
    """Tell whether values may be compared, by the rule that lets them share a column."""
    return tier not in load.MEASURED or len({definition(cell["signature"]) for cell in cells}) <= 1


def _samples(visit: Visit, row: Row) -> list[str]:
    found = samples.of_entry(visit.session, row["id"], row["submission_id"], None, 1, SAMPLES)
    return [one["text"] for one in found["rows"]]


ROUTES = (
    Route("/sota", index),
    Route("/sota/{slug}", show, filters=FILTERS),
    Route("/sota/{slug}/compare", compare, filters=("a", "b", "pick")),
)
