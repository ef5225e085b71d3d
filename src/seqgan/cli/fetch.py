"""Download the data of a task, verify it, and keep it for later runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from seqgan.cli._output import note, say

Name = Annotated[str, typer.Argument(metavar="NAME", help="A task with data, for example coco.", show_default=False)]
Mirror = Annotated[
    Path | None,
    typer.Option("--mirror", metavar="DIR", help="Take the files from this folder, or set SEQGAN_MIRROR."),
]


def command(name: Name, mirror: Mirror = None) -> None:
    """Download and verify the data of a task; nothing else in this program ever downloads.

    Example: seqgan fetch coco
    """
    from seqgan import api

    paths = api.fetch(name, mirror=mirror)
    if not paths:
        note(f"The task {name} needs no files.")
    for path in paths:
        say(str(path))
