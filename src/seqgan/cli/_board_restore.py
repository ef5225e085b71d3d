"""Bring a board back from its backup."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from seqgan.cli._options import DATABASE, Database
from seqgan.cli._output import note, say


def command(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The folder of a backup.", show_default=False)],
    database: Database = DATABASE,
    replace: Annotated[
        bool, typer.Option("--replace", help="Where there is a database, keep it beside under another name.")
    ] = False,
) -> None:
    """Check a backup and make a database of it; stop the board first.

    Example: seqgan board restore backups/2026-11-23 --replace
    """
    from seqgan.board.backup import restore

    head = restore(folder, database, replace)
    note(f"Restored into {database if '://' not in database else 'the database at that URL'}. Head of the log:")
    say(head)
