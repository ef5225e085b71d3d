"""Imports the files of an archive: each one whole or not at all, and only once; a second time changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Protocol

from seqgan.board.archive.datasets import Datasets
from seqgan.board.archive.links import Links
from seqgan.board.archive.methods import Methods
from seqgan.board.archive.papers import Papers
from seqgan.board.archive.stream import Record, checksum, records
from seqgan.board.archive.tables import Tables
from seqgan.board.catalogue import refresh
from seqgan.board.notes import apply_notes
from seqgan.board.session import Session
from seqgan.board.store import Store
from seqgan.progress import Progress

SOURCE = "archive"
TABLES = "area task dataset paper method collection board board_metric model entry value".split()


class _Importer(Protocol):
    def take(self, batch: list[Record]) -> None: ...


@dataclass(frozen=True)
class Kind:
    """One of the archive's files: who takes its records and how many at a time."""

    importer: Callable[[Session, str], _Importer]
    batch: int


KINDS: Mapping[str, Kind] = {
    "methods": Kind(Methods, 1000),
    "papers": Kind(Papers, 4000),
    "datasets": Kind(Datasets, 1000),
    "links": Kind(Links, 4000),
    "evaluation-tables": Kind(Tables, 50),
}
"""The files in the order in which they are imported: what others point to comes first."""


@dataclass(frozen=True)
class Total:
    """What a database holds after an import."""

    boards: int
    rows: int
    papers: int
    stubs: int
    hidden_methods: int
    conflicts: int


def import_archive(
    store: Store, files: Mapping[str, Path], progress: Progress | None = None, again: bool = False
) -> Total:
    """Import some of the archive's files (kind -> path, see :data:`KINDS`) and return what the database holds then.

    Every file is one transaction: a kill leaves the database as it was before that file, and the same command goes on
    there. A file that was imported before is passed over unless ``again``. Raises DataError for a damaged file.
    """
    progress = progress or Progress()
    for kind in (kind for kind in KINDS if kind in files):
        _import_file(store, kind, files[kind], progress, again)
    with store.write(bulk=True) as session:
        settle(session, texts="papers" in files or "links" in files or "evaluation-tables" in files)
        apply_notes(session)
    with store.read() as session:
        return total(session)


def _import_file(store: Store, kind: str, path: Path, progress: Progress, again: bool) -> None:
    digest = checksum(path)
    with store.write(bulk=True) as session:
        known = session.value(
            "SELECT count(*) FROM imported_file WHERE kind = :kind AND sha256 = :sha", kind=kind, sha=digest
        )
        if known and not again:
            progress.say(f"{kind}: {path.name} was imported before, nothing to do")
            return
        count = _take(KINDS[kind].importer(session, SOURCE), path, kind, progress)
        session.bulk(
            "imported_file",
            ("kind", "sha256", "records", "imported_at"),
            [(kind, digest, count, datetime.now(UTC).isoformat(timespec="seconds"))],
            "ON CONFLICT (kind, sha256) DO UPDATE SET imported_at = excluded.imported_at",
        )
    progress.say(f"{kind}: {count:,} records of {path.name}")


def _take(importer: _Importer, path: Path, kind: str, progress: Progress) -> int:
    bar = progress.bar(f"{kind} (bytes)", path.stat().st_size)
    stream = records(path)
    count = 0
    try:
        for batch, read in _batches(stream, KINDS[kind].batch):
            importer.take(batch)
            count += len(batch)
            bar.update(read)
        if isinstance(importer, Tables):
            importer.finish()
    finally:
        progress.close()
    return count


def _batches(stream: Iterator[tuple[Record, int]], size: int) -> Iterator[tuple[list[Record], int]]:
    while found := list(islice(stream, size)):
        yield [record for record, _ in found], found[-1][1]


def settle(session: Session, texts: bool = True) -> None:
    """Bring counts and search up to date after many changes; ``texts`` tells whether papers changed."""
    refresh(session)
    if session.dialect == "sqlite":
        if texts:
            session.run("INSERT INTO paper_text (paper_text) VALUES ('rebuild')")
    else:
        count_on(session)


def count_on(session: Session) -> None:
    """Let PostgreSQL's counters go on behind the rows that came with numbers of their own; SQLite does so itself."""
    for table in TABLES if session.dialect == "postgresql" else ():
        last = f"(SELECT COALESCE(max(id), 1) FROM {table})"
        session.value(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {last})")


def total(session: Session) -> Total:
    """Return what the database holds of the archive."""
    own = "FROM entry WHERE source = 'archive' AND state = 'published'"
    return Total(
        boards=session.value("SELECT count(*) FROM board WHERE source = 'archive'"),
        rows=session.value(f"SELECT count(*) {own}"),
        papers=session.value("SELECT count(*) FROM paper"),
        stubs=session.value("SELECT count(*) FROM paper WHERE stub = 1"),
        hidden_methods=session.value("SELECT count(*) FROM method WHERE hidden = 1"),
        conflicts=session.value("SELECT count(*) FROM board_metric WHERE conflict IS NOT NULL"),
    )
