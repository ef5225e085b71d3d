"""Draw strings from a trained model, one a line."""

from __future__ import annotations

from codecs import getincrementaldecoder
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from seqgan.cli._options import Json, RunOrModel, holds_json
from seqgan.cli._output import count, dump, note, one_line, say, write_lines
from seqgan.config import read_toml
from seqgan.errors import ConfigError

_OF_A_RUN = (
    *("config.toml", "environment.json", "data.json", "journal.jsonl", "report.html", ".lock"),
    *("samples", "checkpoint", "sweep"),
)
_START = 65_536  # bytes that tell text from other files

Temperature = Annotated[float, typer.Option(help="Below 1 safer and more alike, above 1 wilder.")]
Prefix = Annotated[str, typer.Option(metavar="TEXT", help="Begin every string with this.")]
Midi = Annotated[
    Path | None,
    typer.Option("--midi", metavar="DIR", help="Write each melody (piano keys, 0.4 s each) as MIDI into DIR."),
]
Out = Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write the strings to this file.")]
Unknown = Annotated[bool, typer.Option("--unknown", help="Let strings hold the symbol for unknown tokens.")]


def command(  # noqa: PLR0913, every argument is a flag
    model: RunOrModel,
    n: Annotated[int, typer.Option("-n", min=1, help="How many strings.")] = 10,
    temperature: Temperature = 1.0,
    top_k: Annotated[int, typer.Option(min=0, help="Draw among the k likeliest tokens only; 0 for all.")] = 0,
    top_p: Annotated[float, typer.Option(help="Draw among the likeliest tokens that hold this probability.")] = 1.0,
    prefix: Prefix = "",
    seed: Annotated[int | None, typer.Option(help="The same seed gives the same strings.")] = None,
    unknown: Unknown = False,
    out: Out = None,
    midi: Midi = None,
    as_json: Json = False,
) -> None:
    """Draw strings from a run, also while it trains, or a model file; a line break is written as an escape.

    A string may be empty, where the model ends at once: it is a blank line, and how many there are is said. The symbol
    for unknown tokens is never drawn unless --unknown asks for it: the other tokens share its probability.

    Example: seqgan sample runs/oracle_grammar-seqgan-seed1 -n 20 --temperature 0.8
    """
    from seqgan import api

    if out is not None:
        refuse_to_overwrite(out, model, as_json)
    loaded = api.load(model)
    if loaded.so_far:
        note(f"note: {loaded.so_far}")
    strings = loaded.sample(
        n, temperature=temperature, top_k=top_k, top_p=top_p, prefix=prefix or None, seed=seed, unknown=unknown
    )
    note_empty(strings)
    if midi is not None:
        from seqgan.data.music import write_melodies

        paths = write_melodies(midi, strings)
        note(f"Wrote {count(len(paths), 'melody', 'melodies')} to {midi}")
    if as_json:
        dump(strings, "-" if out is None else str(out))
    elif out is not None:
        write_lines(out, [one_line(text) for text in strings])
    else:
        say("\n".join(one_line(text) for text in strings))
    if out is not None:
        note(f"Wrote {count(len(strings), 'string')} to {out}")


def refuse_to_overwrite(out: Path, model: Path, as_json: bool) -> None:
    """Raise ConfigError, before any work, where strings cannot be written to ``out`` or would destroy something.

    What they may replace is what looks like earlier strings: JSON where JSON is asked for, else text.
    """
    if out.is_dir():
        raise ConfigError(f"{out} is a folder.", f"Name a file in it: --out {out / 'samples.txt'}")
    if not out.parent.is_dir():
        raise ConfigError(f"There is no folder {out.parent} to write {out.name} into.", "Make it, or name another.")
    if _is_part_of_a_run(out.resolve()) or out.suffix == ".safetensors":
        raise ConfigError(f"{out} is the name of a model or of a file that a run keeps.", "Name another file.")
    if out.resolve() in _learned_from(model):
        raise ConfigError(f"{out} is what {model} learned from: it is not overwritten.", "Name another file.")
    if out.exists() and not (holds_json(out) if as_json else _holds_text(out)):
        kind = "JSON" if as_json else "text of the name *.txt"
        raise ConfigError(f"{out} exists and holds no {kind}: it is not overwritten.", "Name another file.")


def _is_part_of_a_run(path: Path) -> bool:
    for run in path.parents[:2]:
        if (run / "config.toml").is_file() and (run / "journal.jsonl").is_file():
            inside = path.relative_to(run)
            return inside.parts[0] in _OF_A_RUN or inside.name in _OF_A_RUN
    return False


def _learned_from(model: Path) -> set[Path]:
    """Return the files that a run's task names; none for a model file outside its run folder."""
    config = (model if model.is_dir() else model.parent) / "config.toml"
    task = read_toml(config).get("task", {}) if config.is_file() else {}
    return {Path(str(task[key])).resolve() for key in ("path", "valid_path", "test_path") if task.get(key)}


def _holds_text(path: Path) -> bool:
    if not path.is_file() or path.suffix not in ("", ".txt"):
        return False
    with path.open("rb") as stream:
        start = stream.read(_START)
    try:
        getincrementaldecoder("utf-8")().decode(start)  # which forgives a character that the end cuts
    except UnicodeDecodeError:
        return False
    return b"\0" not in start


def note_empty(strings: Sequence[str]) -> None:
    """Say how many of ``strings`` are empty, where any are: a blank line looks like a fault."""
    empty = strings.count("")
    if empty:
        is_are = "is" if empty == 1 else "are"
        note(
            f"note: {empty:,} of {count(len(strings), 'string')} {is_are} empty, a blank line: the model ended at once"
        )
