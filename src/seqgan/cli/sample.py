"""Draw strings from a trained model, one a line."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from seqgan.cli._options import Json, RunOrModel
from seqgan.cli._output import count, dump, note, one_line, say

Temperature = Annotated[float, typer.Option(help="Below 1 safer and more alike, above 1 wilder.")]
Prefix = Annotated[str, typer.Option(metavar="TEXT", help="Begin every string with this.")]
Midi = Annotated[
    Path | None,
    typer.Option("--midi", metavar="DIR", help="Write each melody (piano keys, 0.4 s each) as MIDI into DIR."),
]
Out = Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write the strings to this file.")]


def command(  # noqa: PLR0913, every argument is a flag
    model: RunOrModel,
    n: Annotated[int, typer.Option("-n", min=1, help="How many strings.")] = 10,
    temperature: Temperature = 1.0,
    top_k: Annotated[int, typer.Option(min=0, help="Draw among the k likeliest tokens only; 0 for all.")] = 0,
    top_p: Annotated[float, typer.Option(help="Draw among the likeliest tokens that hold this probability.")] = 1.0,
    prefix: Prefix = "",
    seed: Annotated[int | None, typer.Option(help="The same seed gives the same strings.")] = None,
    out: Out = None,
    midi: Midi = None,
    as_json: Json = False,
) -> None:
    """Draw strings from a run or a model file; a line break inside a string is written as an escape.

    A string may be empty, where the model ends at once: it is a blank line, and how many there are is said.

    Example: seqgan sample runs/oracle_grammar-seqgan-seed1 -n 20 --temperature 0.8
    """
    from seqgan import api

    strings = api.load(model).sample(
        n, temperature=temperature, top_k=top_k, top_p=top_p, prefix=prefix or None, seed=seed
    )
    note_empty(strings)
    if midi is not None:
        from seqgan.data.music import write_melodies

        paths = write_melodies(midi, strings)
        note(f"Wrote {count(len(paths), 'melody', 'melodies')} to {midi}")
    if out is not None:
        api.write_lines(out, [one_line(text) for text in strings])
        note(f"Wrote {count(len(strings), 'string')} to {out}")
    elif as_json:
        dump(strings)
    else:
        say("\n".join(one_line(text) for text in strings))


def note_empty(strings: Sequence[str]) -> None:
    """Say how many of ``strings`` are empty, where any are: a blank line looks like a fault."""
    empty = strings.count("")
    if empty:
        is_are = "is" if empty == 1 else "are"
        note(
            f"note: {empty:,} of {count(len(strings), 'string')} {is_are} empty, a blank line: the model ended at once"
        )
