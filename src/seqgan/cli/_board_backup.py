"""Back a board up into a folder, while it runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from seqgan.cli._options import DATABASE, Database
from seqgan.cli._output import note, say, size


def command(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A new folder.", show_default=False)],
    database: Database = DATABASE,
) -> None:
    """Write everything into one SQLite file, and the own results as JSON for a repository beside it.

    Example: seqgan board backup backups/2026-11-23
    """
    from seqgan.board.backup import DATABASE, RESULTS, backup
    from seqgan.board.store import open_store

    store = open_store(database, create=False)
    try:
        found = backup(store, folder)
    finally:
        store.close()
    note(f"{folder / DATABASE} ({size(float(found['bytes']))}) and {folder / RESULTS}. Head of the log:")
    say(str(found["head"]))
