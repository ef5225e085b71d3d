"""The board's own notes: where a row really comes from, and where it contradicts the paper that it names."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from seqgan.board.catalogue import add_note
from seqgan.board.session import Session

FILE = Path(__file__).parent / "data" / "notes.toml"


@cache
def notes() -> tuple[dict[str, Any], ...]:
    """Return the curated notes: task, dataset, optional model and metric, kind, text, citation."""
    return tuple(tomllib.loads(FILE.read_text(encoding="utf-8"))["note"])


def apply_notes(session: Session) -> int:
    """Put every note on the rows or boards of the archive that it speaks of; return how many found theirs."""
    found = 0
    for note in notes():
        for subject, number in _subjects(session, note):
            add_note(session, subject, number, note["kind"], note["text"], note.get("citation", ""))
            found += 1
    return found


def _subjects(session: Session, note: dict[str, Any]) -> list[tuple[str, int]]:
    board = (
        "FROM board JOIN task ON task.id = board.task_id JOIN dataset ON dataset.id = board.dataset_id "
        "WHERE task.name = :task AND dataset.name = :dataset"
    )
    place = {"task": note["task"], "dataset": note["dataset"]}
    if "model" not in note:
        return [("board", number) for number in session.column(f"SELECT board.id {board}", **place)]
    rows = session.column(
        "SELECT entry.id FROM entry JOIN model ON model.id = entry.model_id WHERE entry.source = 'archive' "
        f"AND model.name = :model AND entry.board_id IN (SELECT board.id {board})",
        model=note["model"],
        **place,
    )
    return [("entry", number) for number in rows]
