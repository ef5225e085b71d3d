"""Score samples of any model against real text, or a trained model against the held-out data of its task."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated, Any

import typer

from seqgan.cli._options import Column, Field, OptionalValue, Tokenizer
from seqgan.cli._output import dump, note, say, writable
from seqgan.errors import ConfigError

COMMAND = OptionalValue
_DRAWN = 2000
_FEWEST = 10
_MODEL = ("split", "task")
_EITHER = ("metrics", "definition")
_BOTH = ("samples", "n", "seed", "out")

Sources = Annotated[
    list[str],
    typer.Argument(
        metavar="SAMPLES...|RUN|MODEL",
        help="Files of samples, a column each (NAME=FILE,FILE,...: one system, a file a seed), or one run or model.",
        show_default=False,
    ),
]
References = Annotated[str | None, typer.Option("--references", metavar="FILE", help="Held-out real text.")]
Train = Annotated[str | None, typer.Option("--train", metavar="FILE", help="What the models were trained on.")]
Rows = Annotated[int | None, typer.Option("-n", "--n", min=1, help="The first N samples of a file; N of a model.")]
Metrics = Annotated[str | None, typer.Option(metavar="A,B", help="Metrics (seqgan list metrics), or all.")]
Lower = Annotated[bool | None, typer.Option("--lower/--no-lower", help="Lower-case all text.", show_default=False)]
Definition = Annotated[str, typer.Option(metavar="NAME", help="Which BLEU: texygen, legacy or strict.")]
Check = Annotated[str | None, typer.Option(metavar="NAME", help="What is valid (seqgan list checks).")]
Paired = Annotated[bool, typer.Option("--paired", help="Row i, or file i, of all systems belong together.")]
Alone = Annotated[bool, typer.Option("--no-reference-rows", help="Without real text, training copy, 4-gram model.")]
Signatures = Annotated[bool, typer.Option("--signatures", help="Print the full signature of every number.")]
Split = Annotated[str, typer.Option(metavar="test|valid", help="Which held-out data of a model's task.")]
Task = Annotated[str | None, typer.Option(metavar="TASK|FILE", help="The data of a model file outside its run.")]
Seed = Annotated[int, typer.Option(min=0, help="The same seed draws the same strings and reference rows.")]
Out = Annotated[str | None, typer.Option("--json", metavar="[OUT]", help="JSON for machines: to a file, or printed.")]


def command(  # noqa: PLR0913, every argument is a flag
    ctx: typer.Context,
    samples: Sources,
    references: References = None,
    train: Train = None,
    n: Rows = None,
    metrics: Metrics = None,
    tokenizer: Tokenizer = None,
    lower: Lower = None,
    definition: Definition = "texygen",
    check: Check = None,
    column: Column = None,
    field: Field = None,
    paired: Paired = False,
    no_reference_rows: Alone = False,
    signatures: Signatures = False,
    split: Split = "test",
    task: Task = None,
    seed: Seed = 1,
    out: Out = None,
) -> None:
    """Score files of samples against real text with every metric, each number signed, beside reference rows.

    Text becomes lower-cased words unless a tokeniser is named; token lists and ids stay as they are.

    Example: seqgan evaluate samples.txt --references test.txt --train train.txt --json scores.json
    """
    from seqgan import api

    chosen = {name for name in ctx.params if getattr(ctx.get_parameter_source(name), "name", "") == "COMMANDLINE"}
    target = writable(out)
    if references is None and len(samples) == 1 and api.is_model(samples[0]):
        _refuse(chosen.difference(_BOTH, _MODEL, _EITHER), f"{samples[0]} is drawn from")
        named = {name: ctx.params[name] for name in chosen.intersection(_EITHER)}
        _model(samples[0], {"n": n or _DRAWN, "split": split, "data": task, "seed": seed, **named}, target)
        return
    _refuse(chosen.intersection(_MODEL), "files of samples are scored")
    options = {name: ctx.params[name] for name in chosen.difference(_BOTH[:1], _MODEL, ("references", "train", "out"))}
    _files(_systems(samples), references, train, options, target)


def _refuse(flags: set[str], where: str) -> None:
    """Refuse a flag that has no effect: whoever gave it expects something else."""
    for flag in sorted(flags):
        remedy = "Leave it out." if flag in _MODEL else "Leave it out, or name --references to score files."
        raise ConfigError(f"--{flag.replace('_', '-')} has no effect where {where}.", remedy)


def _model(path: str, options: dict[str, Any], out: str | None) -> None:
    from seqgan import api
    from seqgan.reports.tables import WHY_NOT_FINITE, scores_table

    if options["n"] < _FEWEST:
        raise ConfigError(f"{options['n']} strings are too few to score a model.", f"Draw at least {_FEWEST} with -n.")
    scores = api.evaluate(path, **options)
    if out is not None:
        dump([score.as_dict() for score in scores], out)
        return
    for line in scores_table({"score": scores}).splitlines():
        say(line)
    if not all(math.isfinite(score.value) for score in scores):
        say(WHY_NOT_FINITE)
    say()
    for score in scores:
        say(f"{score.name}: {score.unit}, n={score.n:,}, {score.signature}")


def _systems(samples: list[str]) -> dict[str, Any]:
    """Return name -> file, or name -> files for NAME=FILE,FILE; raises ConfigError where two have one name."""
    found: dict[str, Any] = {}
    for text in samples:
        name, _, listed = text.partition("=")
        named = bool(listed) and not Path(text).exists()
        files = tuple(listed.split(",")) if named else (text,)
        for file in files:
            if not file.strip():
                raise ConfigError(f"'{text}' names a file without a name.", "Write NAME=FILE,FILE without blanks.")
            _refuse_model(file)
        name = name if named else Path(text).name if Path(text).name not in found else text
        if name in found:
            raise ConfigError(f"{name} is named twice.", "Name each system once, its files as NAME=FILE,FILE.")
        found[name] = files if len(files) > 1 else files[0]
    return found


def _refuse_model(file: str) -> None:
    if Path(file).is_dir() or file.endswith(".safetensors"):
        raise ConfigError(
            f"{file} holds no samples; {'it is a folder' if Path(file).is_dir() else 'it is a model'}.",
            f"If it is a run or model, draw first: seqgan sample {file} -n 10000 --out samples.txt",
        )


def _files(
    systems: dict[str, Any], references: str | None, train: str | None, options: dict[str, Any], out: str | None
) -> None:
    from seqgan.reports.judge import Options, judge

    if references is None and "metrics" not in options:
        raise ConfigError(
            "There is no real text to score against.",
            "Name it with --references, or name metrics that need none: --metrics self_bleu,distinct,uniqueness.",
        )
    signatures = options.pop("signatures", False)
    options["reference_rows"] = not options.pop("no_reference_rows", False)
    judgement = judge(systems, references, train, Options(**options))
    for text in judgement.notes:
        note(f"note: {text}")
    if out is not None:
        dump(judgement.records(), out)
    if out != "-":
        say(str(judgement))
        for text in ["", *judgement.signatures()] if signatures else []:
            say(text)
        note(_next(len(systems), train, out))


def _next(systems: int, train: str | None, out: str | None) -> str:
    """Return one thing worth doing next."""
    if out is not None:
        return f"Wrote every digit and signature to {out}."
    if train is None:
        return "Next: --train FILE adds novelty, the nearest training row, a training copy and a 4-gram model."
    if systems == 1:
        return "Next: a second file of samples is compared with the first; --json OUT keeps every digit and signature."
    return "Next: --json OUT keeps every digit, signature and p-value."
