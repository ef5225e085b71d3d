"""Show every setting of a task, an experiment file or a run, and where each value came from."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from seqgan.cli._options import Algorithm, Json, Seed, Set
from seqgan.cli._output import columns, dump, say

Named = Annotated[
    str,
    typer.Argument(metavar="TASK|FILE|EXPERIMENT.toml|RUN", help="What to show the settings of.", show_default=False),
]


def command(
    named: Named, algorithm: Algorithm = None, seed: Seed = None, settings: Set = None, as_json: Json = False
) -> None:
    """Show every setting, its value and where it came from: a default, a file or the command line.

    Example: seqgan show oracle_grammar --set generator.hidden=64
    """
    from seqgan import api

    options = {"algorithm": algorithm, "seed": seed, "settings": settings or []}
    rows = api.settings_of(named, **options, origin="command line")
    if as_json:
        dump([{"setting": key, "value": value, "origin": origin} for key, value, origin in rows])
        return
    for line in columns(
        (key, "not set" if value is None else json.dumps(value, ensure_ascii=False), origin)
        for key, value, origin in rows
    ):
        say(line)
