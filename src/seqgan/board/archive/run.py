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
from seqgan.errors import DataError
from seqgan.progress import Progress

SOURCE = "archive"
TABLES = "area task dataset paper method collection board board_metric model entry value".split()


class _Importer(Protocol):
    def take(self, batch: list[Record]) -> None: ...


@dataclass(frozen=True)
class Kind:
    """One of the archive's files: who takes its records, how many at a time, and how a record of it is known.

    Such a record has the text ``named`` and at least one of the keys ``marks``, which no other file's records have.
    """

    importer: Callable[[Session, str], _Importer]
    batch: int
    named: str
    marks: tuple[str, ...]

    def fits(self, record: Record) -> bool:
        """Tell whether a record is of this kind."""
        return isinstance(record.get(self.named), str) and any(mark in record for mark in self.marks)


KINDS: Mapping[str, Kind] = {
    "methods": Kind(Methods, 1000, "name", ("collections", "introduced_year", "code_snippet_url")),
    "papers": Kind(Papers, 4000, "title", ("abstract", "url_abs", "authors")),
    "datasets": Kind(Datasets, 1000, "name", ("introduced_date", "modalities", "data_loaders")),
    "links": Kind(Links, 4000, "repo_url", ("paper_url", "paper_title", "paper_url_abs")),
    "evaluation-tables": Kind(Tables, 50, "task", ("datasets", "subtasks")),
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
    there. A file that was the last of its kind to be imported is passed over unless ``again``. Raises DataError for a
    damaged file and for one without a single record of its kind; neither changes anything.
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
        last = session.value(
            "SELECT sha256 FROM imported_file WHERE kind = :kind ORDER BY imported_at DESC LIMIT 1", kind=kind
        )
        if last == digest and not again:  # an older file than the last one would change much, so it is read
            progress.say(f"{kind}: {path.name} was imported before, nothing to do")
            return
        count = _take(KINDS[kind].importer(session, SOURCE), path, kind, progress)
        session.bulk(
            "imported_file",
            ("kind", "sha256", "records", "imported_at"),
            [(kind, digest, count, datetime.now(UTC).isoformat(timespec="microseconds"))],
            "ON CONFLICT (kind, sha256) DO UPDATE SET imported_at = excluded.imported_at, records = excluded.records",
        )
    progress.say(f"{kind}: {count:,} records of {path.name}")


def _take(importer: _Importer, path: Path, kind: str, progress: Progress) -> int:
    """Give the importer every record that is of its kind and return how many there were; DataError for none."""
    bar = progress.bar(f"{kind} (bytes)", path.stat().st_size)
    fits = KINDS[kind].fits
    count = 0
    try:
        for batch, read in _batches(records(path), KINDS[kind].batch):
            kept = [record for record in batch if fits(record)]
            importer.take(kept)
            count += len(kept)
            bar.update(read)
        if isinstance(importer, Tables):
            importer.finish()
    finally:
        progress.close()
    if not count:
        raise DataError(f"{path} has no record of the kind {kind}.", f"Which file is it? {_sort(path)}")
    return count


def _sort(path: Path) -> str:
    """Return what a file seems to be, in a sentence."""
    first = next(iter(records(path)), ({}, 0))[0]
    found = [name for name, kind in KINDS.items() if kind.fits(first)]
    return f"It looks like --{found[0]}." if found else f"The archive has: {', '.join(KINDS)}."


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
