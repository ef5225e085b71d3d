"""List the benchmarks of a board, or add one from a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from seqgan.cli._options import DATABASE, Database
from seqgan.cli._output import columns, count, note, say


def command(
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="[FILE.toml...]", help="Contracts to add.", show_default=False)
    ] = None,
    database: Database = DATABASE,
) -> None:
    """Add benchmarks, which are frozen from then on; a new version scores the samples of the one before again.

    Example: seqgan board benchmark my-captions-1.toml
    """
    from seqgan.board import benchmarks
    from seqgan.board.store import open_store
    from seqgan.board.submissions.rescore import install_and_rescore

    contracts = [benchmarks.read(path) for path in files or ()]
    store = open_store(database)
    try:
        with store.write() as session:
            again = install_and_rescore(session) + install_and_rescore(session, contracts, "operator")
            known = benchmarks.listed(session)
    finally:
        store.close()
    if again:
        note(f"{count(again, 'submission')} will be scored again.")
    rows = [(one.contract.id, f"{one.contract.samples:,} {one.contract.content}", one.contract.title) for one in known]
    for line in columns(rows):
        say(line)
