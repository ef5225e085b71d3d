"""Import an archive of leaderboards, papers, code links, methods, datasets into a board."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from seqgan.cli._options import DATABASE, Database
from seqgan.cli._output import say
from seqgan.errors import ConfigError

File = Path | None


def command(
    database: Database = DATABASE,
    evaluation_tables: Annotated[File, typer.Option("--evaluation-tables", help="evaluation-tables.json.gz")] = None,
    methods: Annotated[File, typer.Option("--methods", help="methods.json.gz")] = None,
    papers: Annotated[File, typer.Option("--papers", help="papers-with-abstracts.json.gz")] = None,
    links: Annotated[File, typer.Option("--links", help="links-between-papers-and-code.json.gz")] = None,
    datasets: Annotated[File, typer.Option("--datasets", help="datasets.json.gz")] = None,
    again: Annotated[bool, typer.Option("--again", help="Import a file that was imported before once more.")] = False,
) -> None:
    """Import files of the archive, gzipped or not; what was imported before is passed over, a kill loses nothing.

    Example: seqgan board import --evaluation-tables evaluation-tables.json.gz --methods methods.json.gz
    """
    given = {
        "evaluation-tables": evaluation_tables,
        "methods": methods,
        "papers": papers,
        "links": links,
        "datasets": datasets,
    }
    files = {kind: path for kind, path in given.items() if path is not None}
    if not files:
        raise ConfigError("There is nothing to import.", "Name at least one file, as in --evaluation-tables FILE.")
    from seqgan.board.archive.run import import_archive
    from seqgan.board.store import open_store

    store = open_store(database)
    try:
        found = import_archive(store, files, again=again)
    finally:
        store.close()
    say(f"{found.papers:,} papers, {found.stubs:,} of them known only from elsewhere (stubs)")
    say(f"{found.hidden_methods:,} methods hidden as advertisements, {found.conflicts:,} directions in doubt")
    say(f"The board holds {found.boards:,} leaderboards and {found.rows:,} rows of the archive.")
