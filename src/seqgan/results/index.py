"""An index of the records in SQLite, made anew from the files in moments: for questions that a folder cannot answer.

The records stay the truth; the index may be deleted at any time.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

from seqgan.results.aggregate import group
from seqgan.results.record import Record, RecordedScore

_TABLES = """
CREATE TABLE runs (
    experiment TEXT NOT NULL, seed INTEGER NOT NULL, status TEXT NOT NULL, task TEXT, algorithm TEXT,
    seconds REAL, commit_id TEXT, device TEXT, failures INTEGER NOT NULL, config TEXT NOT NULL,
    PRIMARY KEY (experiment, seed));
CREATE TABLE scores (
    experiment TEXT NOT NULL, seed INTEGER NOT NULL, checkpoint TEXT NOT NULL, temperature REAL NOT NULL,
    metric TEXT NOT NULL, value REAL, signature TEXT NOT NULL, definition TEXT NOT NULL, direction TEXT NOT NULL,
    n INTEGER NOT NULL);
CREATE INDEX by_definition ON scores (metric, definition);
"""


def build(path: Path, records: Sequence[Record]) -> None:
    """Write the index of ``records`` to ``path``, replacing an older one in one instant.

    Table ``runs`` has a row a seed, ``scores`` a row a measured value; values of one ``definition`` may be compared.
    """
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    with sqlite3.connect(fresh) as database:
        database.executescript(_TABLES)
        database.executemany(f"INSERT INTO runs VALUES ({_marks(10)})", map(_run, records))
        database.executemany(f"INSERT INTO scores VALUES ({_marks(10)})", (row for r in records for row in _scores(r)))
    database.close()
    fresh.replace(path)


def _marks(count: int) -> str:
    return ", ".join("?" * count)


def _run(record: Record) -> tuple[object, ...]:
    named = {part: record.config.get(part, {}).get("name") for part in ("task", "algorithm")}
    about = record.environment
    facts = (record.cost.get("seconds"), about.get("commit"), about.get("device_name"), len(record.failures))
    config = json.dumps(record.config, sort_keys=True)
    return (record.experiment, record.seed, record.status, named["task"], named["algorithm"], *facts, config)


def _scores(record: Record) -> Iterator[tuple[object, ...]]:
    for checkpoint, scores in record.scores.items():
        yield from (_score(record, checkpoint, 1.0, score) for score in scores)
    for point in record.temperatures:
        yield from (_score(record, point.checkpoint, point.temperature, score) for score in point.scores)


def _score(record: Record, checkpoint: str, temperature: float, score: RecordedScore) -> tuple[object, ...]:
    where = (record.experiment, record.seed, checkpoint, temperature)
    return (*where, score.name, score.value, score.signature, group(score.signature), score.direction, score.n)
