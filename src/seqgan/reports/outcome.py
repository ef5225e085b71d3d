"""What a finished run came to: the comparison of its checkpoints and their final scores, made ready for a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from seqgan.records import NGRAM, REAL
from seqgan.reports.tables import WHY_NOT_FINITE

NAMES = {
    REAL: "Real text (training rows)",
    NGRAM: "4-gram model, counted",
    "mle_last": "MLE, last",
    "mle_best": "MLE, best on validation",
    "scheduled_sampling_last": "Scheduled sampling, last",
    "scheduled_sampling_best": "Scheduled sampling, best on validation",
    "adversarial_last": "Adversarial, last",
    "adversarial_best": "Adversarial, best on validation",
}


@dataclass(frozen=True)
class Change:
    """One metric before and after the adversarial stage, the change with its 95 % interval, and what that shows."""

    metric: str
    direction: str
    unit: str
    before: float | None
    after: float | None
    change: float | None
    interval: tuple[float, float] | None
    method: str
    judgement: str


@dataclass(frozen=True)
class Pair:
    """Two checkpoints of one seed and the changes from the first to the second."""

    before: str
    after: str
    changes: list[Change]


def checkpoint_name(name: str) -> str:
    """Return a checkpoint's name as a person writes it."""
    return NAMES.get(name, name.replace("_", " "))


def comparison(events: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """Return verdict and pairs of the journal's last ``comparison``; the pair of the model that is sampled comes first.

    None where the run has no such event: it is unfinished, or has no adversarial stage.
    """
    found = next((event for event in reversed(events) if event.get("event") == "comparison"), None)
    if found is None:
        return None
    rows = {row["metric"]: row for row in found.get("rows", [])}
    pairs: dict[tuple[str, str], Pair] = {}
    for change in found.get("changes", []):
        key = (change["before"], change["after"])
        pair = pairs.setdefault(key, Pair(checkpoint_name(key[0]), checkpoint_name(key[1]), []))
        pair.changes.append(_change(change, rows.get(change["metric"], {})))
    ordered = sorted(pairs.values(), key=lambda pair: "best" in pair.after)
    return {"verdict": str(found.get("verdict", "")), "pairs": ordered}


def _change(change: Mapping[str, Any], row: Mapping[str, Any]) -> Change:
    values, interval = row.get("values", {}), change.get("interval")
    return Change(
        metric=change["metric"],
        direction=row.get("direction", "none"),
        unit=row.get("unit", ""),
        before=values.get(change["before"]),
        after=values.get(change["after"]),
        change=change.get("change"),
        interval=(interval[0], interval[1]) if interval else None,
        method=change.get("method", ""),
        judgement=change.get("judgement", "not judged"),
    )


def final_scores(events: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """Return the final scores as ``columns`` (names) and ``rows``: metric, direction, unit, one score a column.

    ``not_finite`` explains a score without a value, or is empty. None where the run is unfinished. A checkpoint that
    lacks a metric has None there.
    """
    found = next((event for event in reversed(events) if event.get("event") == "finish"), None)
    if found is None or not found.get("checkpoints"):
        return None
    columns = {name: {score["name"]: score for score in scores} for name, scores in found["checkpoints"].items()}
    first = {metric: score for scores in columns.values() for metric, score in scores.items()}
    # The order of the columns that know most metrics: real rows have no likelihood under a generator.
    order = max(columns.values(), key=len)
    metrics = [*order, *(metric for metric in first if metric not in order)]
    rows = [
        {
            "metric": metric,
            "direction": first[metric].get("direction", "none"),
            "unit": first[metric].get("unit", ""),
            "scores": [scores.get(metric) for scores in columns.values()],
        }
        for metric in metrics
    ]
    why = WHY_NOT_FINITE if any(s["value"] is None for scores in columns.values() for s in scores.values()) else ""
    names = [checkpoint_name(name) for name in columns]
    return {"split": found.get("split", "test"), "columns": names, "rows": rows, "not_finite": why}
