"""Arguments and options that several commands share, so that a name means the same everywhere."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

TASK_HELP = "A task (seqgan list tasks), your own file of sequences, or an experiment file .toml."

Task = Annotated[str, typer.Argument(metavar="TASK|FILE|EXPERIMENT.toml", help=TASK_HELP, show_default=False)]
Run = Annotated[Path, typer.Argument(metavar="RUN", help="A run folder.", show_default=False)]
RunOrModel = Annotated[
    Path, typer.Argument(metavar="RUN|MODEL", help="A run folder or a model file.", show_default=False)
]
Database = Annotated[
    str, typer.Option("--database", metavar="PATH|URL", help="The board's database: a path or a postgresql:// URL.")
]
DATABASE = "board.sqlite"
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


class OptionalValue(TyperCommand):
    """A command whose ``--json`` may stand alone (print it) or before a file's name (write it there)."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Give a lone ``--json`` the value ``-``, then parse as usual."""
        return super().parse_args(ctx, with_value(args, "--json", "-"))


def with_value(args: Sequence[str], option: str, value: str) -> list[str]:
    """Return arguments in which ``option`` has ``value`` unless the word after it can be meant as its own value.

    Another option cannot, nor can something that exists and is no JSON file: it is meant as what is to be read.
    """
    found: list[str] = []
    for place, word in enumerate(args):
        found.append(word)
        if word == option and not _is_output(args[place + 1 : place + 2]):
            found.append(value)
    return found


def _is_output(following: Sequence[str]) -> bool:
    if not following or (following[0].startswith("-") and following[0] != "-"):
        return False
    return not Path(following[0]).exists() or holds_json(Path(following[0]))


def holds_json(path: Path) -> bool:
    """Return whether an existing file is an earlier result, by its name or its first character."""
    if not path.is_file():
        return False
    with path.open("rb") as stream:
        return path.suffix == ".json" or stream.read(1) in (b"[", b"{", b"")
