"""The SQLite index says what the records say, and is made anew each time."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from bench.grids import record, score, swept
from seqgan.results import index


def rows(path: Path, query: str) -> list[tuple]:
    database = sqlite3.connect(path)
    try:
        return database.execute(query).fetchall()
    finally:
        database.close()


def test_every_score_and_every_temperature_has_a_row(tmp_path: Path) -> None:
    made = record(
        "x",
        1,
        config={"seed": 1, "task": {"name": "coco"}, "algorithm": {"name": "mle"}},
        scores={"mle_best": [score("nll_oracle", 9.0), score("bleu_2", None)]},
        temperatures=swept("mle_best", (0.5, 8.0, 7.0)),
        cost={"seconds": 5.0},
    )
    path = tmp_path / "index.sqlite"
    index.build(path, [made, record("y", 2, status="failed")])
    assert rows(path, "SELECT experiment, seed, status, task, algorithm, seconds FROM runs ORDER BY experiment") == [
        ("x", 1, "finished", "coco", "mle", 5.0),
        ("y", 2, "failed", None, None, None),
    ]
    assert rows(path, "SELECT metric, temperature, value FROM scores ORDER BY temperature, metric") == [
        ("nll_gen", 0.5, 7.0),
        ("nll_oracle", 0.5, 8.0),
        ("bleu_2", 1.0, None),
        ("nll_oracle", 1.0, 9.0),
    ]


def test_the_index_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "index.sqlite"
    index.build(path, [record("x", 1)])
    index.build(path, [record("y", 1)])
    assert rows(path, "SELECT experiment FROM runs") == [("y",)]
    assert [p.name for p in tmp_path.iterdir()] == ["index.sqlite"]
