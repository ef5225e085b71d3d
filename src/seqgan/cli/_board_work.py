"""Score the submissions that wait, until interrupted."""

from __future__ import annotations

from typing import Annotated

import typer

from seqgan.cli._options import DATABASE, Database
from seqgan.cli._output import count, note


def command(
    database: Database = DATABASE,
    once: Annotated[bool, typer.Option("--once", help="Stop when nothing waits any more.")] = False,
    retry: Annotated[bool, typer.Option("--retry", help="First let what failed be tried again.")] = False,
    memory: Annotated[float, typer.Option("--memory", min=0.5, help="GiB that one scoring may use.")] = 8.0,
    seconds: Annotated[int, typer.Option("--seconds", min=1, help="Processor seconds that one may take.")] = 900,
) -> None:
    """Score what waits in a board's queue, each submission in a process of its own with limits.

    ``seqgan board`` does this itself while it serves; a shared board can have more workers.

    Example: seqgan board work --database board.sqlite --once
    """
    from seqgan.board.scoring import jobs
    from seqgan.board.scoring.limits import GIB, Limits
    from seqgan.board.scoring.worker import Worker
    from seqgan.board.store import open_store
    from seqgan.progress import Progress

    store = open_store(database, create=False)
    worker = Worker(store, Limits(int(memory * GIB), seconds, 2 * seconds), progress=Progress())
    try:
        if retry:
            with store.write() as session:
                note(f"{count(jobs.retry(session), 'job')} to be tried again.")
        while once and worker.once():
            continue
        if not once:
            note("Scoring what comes in; Ctrl+C stops it, and nothing is lost.")
            worker.forever()
    except KeyboardInterrupt:
        worker.stopped.set()
    finally:
        store.close()
