"""Train on a task, on your own file, or as an experiment file says."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from seqgan.cli._options import Algorithm, Column, Field, MaxLen, Seed, Set, Task, Tokenizer, file_settings

Out = Annotated[
    Path | None,
    typer.Option("--out", metavar="DIR", help="The run folder; by default runs/<task>-<algorithm>-seed<seed>."),
]


def command(  # noqa: PLR0913, every argument is a flag
    task: Task,
    algorithm: Algorithm = None,
    seed: Seed = None,
    settings: Set = None,
    out: Out = None,
    tokenizer: Tokenizer = None,
    column: Column = None,
    field: Field = None,
    max_len: MaxLen = None,
) -> None:
    """Train, say whether the adversarial stage helped, and leave a model file and a report in the run folder.

    Ctrl-C saves the run; seqgan resume goes on with it. seqgan show TASK lists every setting.

    Example: seqgan train captions.txt --tokenizer word --set algorithm.steps=100
    """
    from seqgan import api
    from seqgan.cli import _training

    own = file_settings(tokenizer, column, field, max_len)
    experiment = api.experiment(
        task, algorithm=algorithm, seed=seed, settings=[*own, *(settings or [])], origin="command line"
    )
    _training.train(experiment, out or api.default_folder(experiment))
