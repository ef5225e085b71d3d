"""Arguments and options that several commands share, so that a name means the same everywhere."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

TASK_HELP = "A task (seqgan list tasks), your own file of sequences, or an experiment file .toml."

Task = Annotated[str, typer.Argument(metavar="TASK|FILE|EXPERIMENT.toml", help=TASK_HELP, show_default=False)]
Run = Annotated[Path, typer.Argument(metavar="RUN", help="A run folder.", show_default=False)]
RunOrModel = Annotated[
    Path, typer.Argument(metavar="RUN|MODEL", help="A run folder or a model file.", show_default=False)
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
Algorithm = Annotated[
    str | None, typer.Option("--algorithm", metavar="NAME", help="An algorithm (seqgan list algorithms).")
]
Seed = Annotated[int | None, typer.Option("--seed", metavar="N", help="Seed of every random stream.")]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="One setting, as in generator.hidden=64; may be repeated."),
]
Tokenizer = Annotated[
    str | None,
    typer.Option(
        "--tokenizer",
        metavar="NAME",
        help="How a line becomes tokens: word, whitespace, char, bytes, regex, smiles, dna.",
    ),
]
Column = Annotated[str | None, typer.Option("--column", metavar="NAME", help="The column of a CSV or TSV file.")]
Field = Annotated[str | None, typer.Option("--field", metavar="NAME", help="The field of a JSONL file.")]
MaxLen = Annotated[int | None, typer.Option("--max-len", metavar="N", help="The most tokens a sequence may have.")]


def file_settings(tokenizer: str | None, column: str | None, field: str | None, max_len: int | None) -> list[str]:
    """Return the settings of a task that the options name, as ``task.KEY=VALUE``; an option not given is left out."""
    texts = {"tokenizer": tokenizer, "column": column, "field": field}
    chosen = [
        f"task.{key}={json.dumps(value, ensure_ascii=False)}" for key, value in texts.items() if value is not None
    ]
    return chosen if max_len is None else [*chosen, f"task.max_len={max_len}"]
