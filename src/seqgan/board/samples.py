"""The real samples behind a row: the files of its submission, or the few strings that a record keeps."""

from __future__ import annotations

import gzip
import io
import json
import unicodedata
from typing import Any

from seqgan.board.session import Row, Session

LINE_LIMIT = 4096  # characters of one sample that are shown


def of_entry(session: Session, entry: int, submission: int | None, seed: int | None, page: int, size: int) -> Row:
    """Return one page of samples: ``rows`` (place from 0, text), ``total``, ``seeds``, ``seed``, ``page``, ``size``."""
    if submission is None:
        return _kept(session, entry, page, size)
    files = session.rows(
        "SELECT id, seed, lines FROM sample_file WHERE submission_id = :submission ORDER BY seed", submission=submission
    )
    chosen = next((one for one in files if one["seed"] == seed), files[0] if files else None)
    if chosen is None:
        return _page([], 0, [], None, page, size)
    content = session.value("SELECT content FROM sample_file WHERE id = :id", id=chosen["id"])
    start = (page - 1) * size
    return _page(
        _lines(content, start, size), chosen["lines"], [one["seed"] for one in files], chosen["seed"], page, size
    )


def _kept(session: Session, entry: int, page: int, size: int) -> Row:
    total = session.value("SELECT count(*) FROM entry_sample WHERE entry_id = :entry", entry=entry)
    rows = session.rows(
        "SELECT place, text FROM entry_sample WHERE entry_id = :entry ORDER BY place LIMIT :size OFFSET :start",
        entry=entry,
        size=size,
        start=(page - 1) * size,
    )
    return _page([{"place": row["place"], "text": visible(row["text"])} for row in rows], total, [], None, page, size)


def _page(rows: list[Row], total: int, seeds: list[int], seed: int | None, page: int, size: int) -> Row:
    return {"rows": rows, "total": total, "seeds": seeds, "seed": seed, "page": page, "size": size}


def _lines(content: bytes, start: int, size: int) -> list[Row]:
    """Return some lines of a stored file, gzipped JSON lines that were checked when they came in."""
    found = []
    with gzip.open(io.BytesIO(content), "rt", encoding="utf-8") as file:
        for place, line in enumerate(file):
            if place >= start + size:
                break
            if place >= start:
                found.append({"place": place, "text": visible(_text(json.loads(line)))})
    return found


def _text(sample: dict[str, Any]) -> str:
    text = sample.get("text")
    return text if isinstance(text, str) else " ".join(str(number) for number in sample.get("ids", []))


def visible(text: str) -> str:
    """Return a sample as a page may show it: what reverses or hides text is written as an escape, NFC, cut if long."""
    normal = unicodedata.normalize("NFC", text[:LINE_LIMIT])
    return "".join(
        letter if letter in "\n\t" or unicodedata.category(letter) not in ("Cc", "Cf") else f"\\u{ord(letter):04x}"
        for letter in normal
    )
