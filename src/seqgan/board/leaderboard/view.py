"""What a leaderboard page shows: rows of one tier of evidence, filtered and ranked, with the data of its charts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from seqgan.board.leaderboard import pareto
from seqgan.board.leaderboard.history import records
from seqgan.board.leaderboard.load import MEASURED, TIERS, pick, tiers_of
from seqgan.board.leaderboard.ranking import KNOWN, ranks
from seqgan.board.session import Row

MIXED = "all"
UNRANKED = frozenset({"reference", "control"})
"""Tags of rows to compare with: no models, as real data, or models taught by a reward that says nothing of the data."""


@dataclass(frozen=True)
class Choice:
    """What a reader asks of a leaderboard; empty words mean the board's own choice."""

    tier: str = ""
    metric: str = ""
    x: str = ""
    y: str = ""
    tags: Sequence[str] = field(default_factory=tuple)
    code: bool = False
    no_extra: bool = False
    seeds: int = 0
    largest: int = 0


def view(rows: Sequence[Row], metrics: Sequence[Row], choice: Choice) -> dict[str, Any]:
    """Return the rows to show with their ranks, the tiers, tags and metrics to choose from, and the charts' data.

    Columns are the metrics that rows with the ranking metric have; rows measured by others alone are only counted, as
    ``elsewhere``: another ranking metric shows them.
    """
    tiers = tiers_of(rows)
    names = [metric["name"] for metric in metrics]
    tier = choice.tier if choice.tier in (MIXED, *TIERS) else (tiers[0]["name"] if tiers else TIERS[0])
    asked = TIERS if tier == MIXED else (tier,)
    shown = [kept for row in rows if (kept := _shown(row, asked)) and _passes(kept, choice)]
    ranked_names = [name for name in names if any(name in row["values"] for row in shown)]
    metric = choice.metric if choice.metric in ranked_names else _usual(ranked_names)
    beside = {name for row in shown if metric in row["values"] for name in row["values"]}
    rows_beside = [row for row in shown if beside & set(row["values"])]
    elsewhere, shown = len(shown) - len(rows_beside), rows_beside
    directions = {one["name"]: one["direction"] for one in metrics}
    _rank(shown, metric, directions.get(metric, "unknown"))
    return {
        "tier": tier,
        "tiers": tiers,
        "mixed": tier == MIXED,
        "metrics": [one for one in metrics if one["name"] in beside],
        "choices": ranked_names,
        "elsewhere": elsewhere,
        "metric": metric,
        "direction": directions.get(metric, "unknown"),
        "rows": shown,
        "tags": sorted({tag for row in rows for tag in row["tags"]}),
        "chosen": {
            "tags": list(choice.tags),
            "code": choice.code,
            "no_extra": choice.no_extra,
            "seeds": choice.seeds,
            "largest": choice.largest,
        },
        "history": _history(shown, metric),
        "plane": plane(shown, ranked_names, directions, choice),
    }


def _usual(names: Sequence[str]) -> str:
    """Return the metric that ranks a board by itself: the first one, but never the diversity without its quality."""
    first = next(iter(names), "")
    found = pareto.pair(names)
    return found[0] if found and found[1] == first else first


def _shown(row: Row, tiers: Sequence[str]) -> Row | None:
    """Return a row with one value for each metric, the one of the strongest evidence asked for."""
    values = {name: found for name, every in row["values"].items() if (found := pick(every, tiers))}
    return {**row, "values": values} if values else None


def _passes(row: Row, choice: Choice) -> bool:
    seeds = max((_seeds(value) for value in row["values"].values()), default=0)
    size = row["parameters_millions"]
    return (
        all(tag in row["tags"] for tag in choice.tags)
        and (not choice.code or row["code"] is not None)
        and (not choice.no_extra or not row["extra_data"])
        and seeds >= choice.seeds
        and (not choice.largest or (size is not None and size <= choice.largest))
    )


def _seeds(value: Row) -> int:
    """Return how many seeds a value is over; what was measured of one seed is written once only."""
    return max(len(value["seeds"]), int(value["tier"] in MEASURED))


def number_of(row: Row, metric: str) -> float | None:
    """Return a row's number for a metric, None where it has none."""
    value = row["values"].get(metric)
    return value["number"] if value else None


def _rank(rows: list[Row], metric: str, direction: str) -> None:
    """Order the rows, best first, give each its rank, and mark the records of their days.

    References and controls stand where their number puts them, but have no rank and set no record. Where the metric's
    direction is unknown, the rows keep the order in which they came, and none has a rank.
    """
    for row in rows:
        row["ranked"] = not UNRANKED & set(row["tags"])
    numbers = [number_of(row, metric) if row["ranked"] else None for row in rows]
    marks = records([(row["date"], number) for row, number in zip(rows, numbers, strict=True)], direction)
    for row, rank, record in zip(rows, ranks(numbers, direction), marks, strict=True):
        row["rank"], row["record"] = rank, record
    if direction not in KNOWN:
        rows.sort(key=lambda row: (number_of(row, metric) is None, row["position"]))
        return
    sign = 1 if direction == "lower" else -1
    rows.sort(key=lambda row: _order(number_of(row, metric), sign, row["position"]))


def _order(number: float | None, sign: int, position: int) -> tuple[bool, float, int]:
    return number is None, sign * (number or 0.0), position


def _history(rows: Sequence[Row], metric: str) -> list[Row]:
    points = [
        {
            "date": row["date"],
            "number": number,
            "raw": row["values"][metric]["raw"],
            "model": row["model"],
            "permalink": row["permalink"],
            "record": row["record"],
        }
        for row in rows
        if row["date"] and (number := number_of(row, metric)) is not None
    ]
    return sorted(points, key=lambda point: (point["date"], point["number"]))


def plane(rows: Sequence[Row], names: Sequence[str], directions: dict[str, str], choice: Choice) -> Row | None:
    """Return quality against diversity with the Pareto front, or any two metrics that the reader names; else None."""
    usual = pareto.pair(names)
    asked = (choice.x, choice.y) if choice.x in names and choice.y in names and choice.x != choice.y else usual
    if asked is None:
        return None
    x, y = asked
    found = [
        (row, (across, up))
        for row in rows
        if (across := number_of(row, x)) is not None and (up := number_of(row, y)) is not None
    ]
    if not found:
        return None
    rivals = [point for row, point in found if row["ranked"]]
    front = dict(zip(rivals, pareto.front(rivals, (directions[x], directions[y])), strict=True))
    return {
        "x": {"name": x, "direction": directions[x]},
        "y": {"name": y, "direction": directions[y]},
        "points": [
            {
                "x": point[0],
                "y": point[1],
                "model": row["model"],
                "variant": row["variant"],
                "permalink": row["permalink"],
                "front": row["ranked"] and front[point],
                "ranked": row["ranked"],
            }
            for row, point in found
        ],
    }
