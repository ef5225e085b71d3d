"""Measure a trained model against held-out data: likelihoods, uniqueness and the other metrics of its task."""

from __future__ import annotations

import math
from typing import Annotated

import typer

from seqgan.cli._options import Json, RunOrModel
from seqgan.cli._output import dump, say


def command(
    model: RunOrModel,
    n: Annotated[int, typer.Option("-n", min=10, help="How many strings are drawn.")] = 2000,
    split: Annotated[str, typer.Option(metavar="test|valid", help="Which held-out data.")] = "test",
    task: Annotated[
        str | None, typer.Option("--task", metavar="TASK|FILE", help="The data of a model file outside its run.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same strings.")] = 1,
    as_json: Json = False,
) -> None:
    """Draw strings from a run or a model file and score them with the metrics of its task, each with its signature.

    Example: seqgan evaluate runs/oracle_grammar-seqgan-seed1 -n 5000
    """
    from seqgan import api
    from seqgan.reports.tables import WHY_NOT_FINITE, scores_table

    scores = api.evaluate(model, n=n, split=split, data=task, seed=seed)
    if as_json:
        dump([score.as_dict() for score in scores])
        return
    for line in scores_table({"score": scores}).splitlines():
        say(line)
    if not all(math.isfinite(score.value) for score in scores):
        say(WHY_NOT_FINITE)
    say()
    for score in scores:
        say(f"{score.name}: {score.unit}, n={score.n:,}, {score.signature}")
