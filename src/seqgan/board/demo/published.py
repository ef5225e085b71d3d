"""The figures that papers print, tier "claimed", each with its paper and table."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from seqgan.board import catalogue
from seqgan.board.archive.values import parse
from seqgan.board.keys import permalink
from seqgan.board.session import Session

FILE = Path(__file__).parent.parent / "data" / "published.toml"
SOURCE = "published"


def add_published(session: Session) -> int:
    """Add the rows of every table that the board lacks and return how many rows it has of them."""
    for table in tomllib.loads(FILE.read_text(encoding="utf-8"))["table"]:
        _add_table(session, table)
    return int(session.value("SELECT count(*) FROM entry WHERE source = :source", source=SOURCE))


def _add_table(session: Session, table: dict[str, Any]) -> None:
    task = catalogue.ensure_task(session, table["task"], "own", table["area"])
    dataset = catalogue.ensure_dataset(session, table["dataset"], "own")
    board = catalogue.ensure_board(session, task, dataset, "own")
    metrics = [
        catalogue.ensure_metric(
            session,
            board,
            name,
            direction=table["direction"],
            direction_from="curated",
            definition=table.get("definition", ""),
        )
        for name in table["metrics"]
    ]
    paper = _paper(session, table["paper"])
    session.run(
        "UPDATE board_metric SET direction = :direction, direction_from = 'curated' "
        "WHERE id IN :metrics AND direction = 'unknown'",
        direction=table["direction"],
        metrics=metrics,
    )
    for name, texts in table["rows"].items():
        entry = _entry(session, board, paper, name, table["citation"])
        for metric, raw in zip(metrics, _as_printed(texts), strict=True):
            found = parse(raw)
            session.bulk(
                "value",
                ("entry_id", "metric_id", "tier", "raw", "number", "low", "high"),
                [(entry, metric, "claimed", raw, found.number, found.low, found.high)],
                "ON CONFLICT DO NOTHING",
            )


def _as_printed(values: list[Any]) -> list[str]:
    """Return the numbers of a line with the digits that the line has: 0.180 beside 0.294."""
    digits = max((len(repr(value).partition(".")[2]) for value in values if not isinstance(value, str)), default=0)
    return [value if isinstance(value, str) else f"{value:.{digits}f}" for value in values]


def _paper(session: Session, name: str) -> int:
    """Return a paper by its arXiv number, or by its title."""
    by_number = name[:4].isdigit()
    return catalogue.ensure_paper(session, "" if by_number else name, SOURCE, arxiv=name if by_number else "")


def _entry(session: Session, board: int, paper: int, name: str, citation: str) -> int:
    """Return the row of a model in a paper's table: ``name`` is the model, then its variant behind a comma."""
    slug = session.value("SELECT slug FROM board WHERE id = :board", board=board)
    link = permalink(SOURCE, slug, paper, name)
    known = session.row("SELECT id, citation FROM entry WHERE permalink = :link", link=link)
    if known is not None:
        if citation not in known["citation"]:
            session.run(
                "UPDATE entry SET citation = citation || '; ' || :more WHERE id = :id", more=citation, id=known["id"]
            )
        return int(known["id"])
    model, _, variant = name.partition(", ")
    date = session.value("SELECT published FROM paper WHERE id = :paper", paper=paper)
    return session.insert(
        "entry",
        permalink=link,
        board_id=board,
        model_id=catalogue.ensure_model(session, model),
        variant=variant,
        paper_id=paper,
        evaluated_on=date,
        citation=citation,
        tags='["reference"]' if model == "Real data" else "[]",
        source=SOURCE,
    )
