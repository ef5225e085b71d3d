"""List what can be named: tasks, generators, discriminators, rewards, credit rules, metrics, algorithms."""

from __future__ import annotations

from typing import Annotated

import typer

from seqgan import registry
from seqgan.cli._output import columns, dump, say

HEADINGS = {
    "tasks": "Tasks: seqgan train NAME",
    "algorithms": "Algorithms: --algorithm NAME",
    "generators": "Generators: --set generator.name=NAME",
    "discriminators": "Discriminators: --set discriminator.name=NAME",
    "rewards": "Rewards: --set reward.name=NAME",
    "credit": "Credit rules: --set credit.name=NAME",
    "metrics": "Metrics: a task names its own; seqgan evaluate FILE --metrics NAME measures any samples by them",
    "checks": "Checks, for the metric validity (is a sample well-formed?): seqgan evaluate FILE --check NAME",
}


def command(
    kind: Annotated[str, typer.Argument(help="One kind only, for example tasks.", show_default=False)] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List what can be named on the command line and in an experiment file, with one sentence each.

    Example: seqgan list tasks
    """
    found = {one: _described(one) for one in ([kind] if kind else HEADINGS)}
    if as_json:
        dump(found)
        return
    for place, (one, plugins) in enumerate(found.items()):
        if place:
            say()
        say(HEADINGS.get(one, one))
        for line in columns(plugins.items(), indent="  "):
            say(line)


def _described(kind: str) -> dict[str, str]:
    return {name: registry.describe(kind, name) for name in registry.names(kind)}
