"""Prove that a board's record is whole: the log's chain, and everything that has a hash."""

from __future__ import annotations

from typing import Annotated

import typer

from seqgan.cli._options import DATABASE, Database
from seqgan.cli._output import count, note, say
from seqgan.errors import BoardError


def command(
    database: Database = DATABASE,
    expect: Annotated[str, typer.Option("--expect", metavar="HASH", help="A head of the log that you noted.")] = "",
) -> None:
    """Recompute the log's chain and the hashes of contracts, manifests and samples; print the head of the log.

    Note the head elsewhere now and then: only so can a log whose end was cut off be told from a whole one.

    Example: seqgan board verify --database board.sqlite
    """
    from seqgan.board.store import open_store
    from seqgan.board.verify import verify

    store = open_store(database, create=False)
    try:
        with store.read() as session:
            verdict = verify(session, expect)
    finally:
        store.close()
    for fault in verdict.faults:
        note(fault)
    if verdict.faults:
        raise BoardError(f"The record has {count(len(verdict.faults), 'fault')}.", "Restore a backup.")
    note(f"{count(verdict.count, 'event')}, every hash is right. Head of the log:")
    say(verdict.head)
