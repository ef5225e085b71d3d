"""A board's own results as one JSON file that a repository can keep: readable, sorted, without samples and secrets."""

from __future__ import annotations

import json
from typing import Any

from seqgan.board import events
from seqgan.board.session import Session

FORMAT = "seqgan board 1"
_ENTRIES = (
    "SELECT entry.id, entry.permalink, board.slug AS board, model.name AS model, entry.variant, paper.title AS paper, "
    "paper.arxiv_id, entry.evaluated_on, entry.extra_data, entry.tags, entry.parameters_millions, entry.citation, "
    "entry.state, entry.source, entry.details, submission.permalink AS submission FROM entry "
    "JOIN board ON board.id = entry.board_id JOIN model ON model.id = entry.model_id "
    "LEFT JOIN paper ON paper.id = entry.paper_id LEFT JOIN submission ON submission.id = entry.submission_id "
    "WHERE entry.source NOT IN ('archive', 'excerpt') ORDER BY entry.permalink"
)
_VALUES = (
    "SELECT value.entry_id, board_metric.name AS metric, value.tier, value.seed, value.raw, value.number, value.low, "
    "value.high, value.n, value.signature FROM value JOIN board_metric ON board_metric.id = value.metric_id "
    "JOIN entry ON entry.id = value.entry_id WHERE entry.source NOT IN ('archive', 'excerpt') "
    "ORDER BY board_metric.position, value.tier, value.seed IS NOT NULL, value.seed"
)
_SUBMISSIONS = (
    "SELECT submission.permalink, submission.state, submission.reason, submission.manifest, submission.checks, "
    "account.name AS submitter, submission.created_at, submission.id FROM submission "
    "JOIN account ON account.id = submission.submitter_id ORDER BY submission.id"
)


def own_results(session: Session) -> dict[str, Any]:
    """Return everything that this board has and the archive has not, as plain data."""
    return {
        "format": FORMAT,
        "head": events.head(session),
        "benchmarks": [
            json.loads(text) for text in session.column("SELECT contract FROM benchmark ORDER BY name, version")
        ],
        "results": _results(session),
        "submissions": _submissions(session),
        "events": session.rows("SELECT * FROM event ORDER BY id"),
    }


def _results(session: Session) -> list[dict[str, Any]]:
    values: dict[int, list[dict[str, Any]]] = {}
    for row in session.rows(_VALUES):
        values.setdefault(row.pop("entry_id"), []).append(row)
    found = []
    for row in session.rows(_ENTRIES):
        number = row.pop("id")
        plain = {"tags": json.loads(row["tags"]), "details": json.loads(row["details"])}
        found.append({**row, **plain, "values": values.get(number, [])})
    return found


def _submissions(session: Session) -> list[dict[str, Any]]:
    files: dict[int, list[dict[str, Any]]] = {}
    for file in session.rows("SELECT submission_id, seed, name, sha256, lines FROM sample_file ORDER BY seed"):
        files.setdefault(file.pop("submission_id"), []).append(file)
    found = []
    for row in session.rows(_SUBMISSIONS):
        number = row.pop("id")
        plain = {"manifest": json.loads(row["manifest"]), "checks": json.loads(row["checks"])}
        found.append({**row, **plain, "files": files.get(number, [])})
    return found


def to_text(session: Session) -> str:
    """Return the results as JSON with one key a line, in an order that does not change."""
    return json.dumps(own_results(session), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
