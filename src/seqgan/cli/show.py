"""Show every setting of a task, an experiment file or a run, and where each value came from."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from seqgan.cli._options import Algorithm, Json, Seed, Set
from seqgan.cli._output import columns, dump, say

if TYPE_CHECKING:
    from seqgan.config import Experiment

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

    experiment = api.experiment_of(named, algorithm=algorithm, seed=seed, settings=settings or [], origin="command line")
    rows = [(key, value(experiment, key), origin) for key, origin in experiment.origins.items()]
    if as_json:
        dump([{"setting": key, "value": val, "origin": origin} for key, val, origin in rows])
        return
    for line in columns((key, "not set" if val is None else json.dumps(val, ensure_ascii=False), origin) for key, val, origin in rows):
        say(line)


def value(experiment: Experiment, key: str) -> Any:
    """Return the value of the setting ``key``, for example ``generator.hidden``, as plain data."""
    section, _, name = key.partition(".")
    if not name:
        return experiment.seed
    if name == "name" and section in experiment.names:
        return experiment.names[section]
    part = experiment.run if section == "run" else experiment.parts[section]
    return part.model_dump(mode="json").get(name)
