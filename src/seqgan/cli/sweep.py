"""Sample models at several temperatures and draw quality against diversity, with likelihood training beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from seqgan.cli._options import Json
from seqgan.cli._output import dump, note, say

Models = Annotated[
    list[Path], typer.Argument(metavar="RUN|MODEL...", help="Run folders or model files.", show_default=False)
]
Temperatures = Annotated[
    str | None,
    typer.Option(
        "--temperatures", metavar="T,T,...", help="Sampling temperatures; by default 0.4 to 1.5.", show_default=False
    ),
]
TopP = Annotated[str | None, typer.Option("--top-p", metavar="P,P,...", help="Values of top-p, each at temperature 1.")]
Out = Annotated[
    Path | None, typer.Option("--out", metavar="DIR", help="Where to write; by default sweep/ beside the first model.")
]


def command(  # noqa: PLR0913, every argument is a flag
    models: Models,
    temperatures: Temperatures = None,
    top_p: TopP = None,
    n: Annotated[int, typer.Option("-n", min=2, help="How many strings are drawn at each point.")] = 2000,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same strings.")] = 1,
    split: Annotated[str, typer.Option(metavar="test|valid", help="Which held-out data.")] = "test",
    mle: Annotated[bool, typer.Option(help="Sweep the run's maximum-likelihood checkpoint too.")] = True,
    task: Annotated[
        str | None, typer.Option("--task", metavar="TASK|FILE", help="The data of a model file outside its run.")
    ] = None,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Measure models over sampling temperatures and compare them where they are equally diverse.

    Table, record and figure are written into one folder; a repeated command measures only what is missing. Several
    runs of one experiment with different seeds are compared over seeds.

    Example: seqgan sweep runs/oracle_grammar-seqgan-seed1 --temperatures 0.6,0.8,1,1.2
    """
    from seqgan import api

    grid: dict[str, Any] = {"n": n, "seed": seed, "split": split}
    grid |= {name: _numbers(text, flag) for name, flag, text in _listed(temperatures, top_p) if text is not None}
    result = api.sweep(models, data=task, mle=mle, out=out, **grid)
    if as_json:
        dump(result.as_dict())
        return
    say(result.text)
    note()
    for path in result.files:
        note(str(path))


def _listed(temperatures: str | None, top_p: str | None) -> list[tuple[str, str, str | None]]:
    return [("temperatures", "--temperatures", temperatures), ("top_p", "--top-p", top_p)]


def _numbers(text: str, flag: str) -> tuple[float, ...]:
    """Return numbers written as ``0.5,1``; raises ConfigError for anything else."""
    from seqgan.errors import ConfigError

    try:
        return tuple(float(part) for part in text.split(",") if part.strip())
    except ValueError:
        raise ConfigError(f"{flag}: '{text}' are no numbers.", "Write them as 0.5,0.8,1.") from None
