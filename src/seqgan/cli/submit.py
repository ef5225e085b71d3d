"""Submit samples to a board, which computes the numbers itself."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from seqgan.cli._options import Json
from seqgan.cli._output import columns, dump, note, say
from seqgan.errors import BoardError, ConfigError

if TYPE_CHECKING:
    from seqgan.board.submissions.draw import Drawn
    from seqgan.board.submissions.manifest import Manifest

Paths = Annotated[
    list[Path],
    typer.Argument(
        metavar="RUN|SAMPLES...",
        help="Run folders, model files or files of samples (one text a line, or samples.SEED.jsonl), one a seed.",
        show_default=False,
    ),
]
Benchmark = Annotated[str, typer.Option("--benchmark", metavar="NAME@V", help="What they are samples for.")]
Url = Annotated[str, typer.Option("--url", envvar="SEQGAN_BOARD_URL", help="The address of the board.")]
Database = Annotated[
    str | None, typer.Option("--database", metavar="PATH|URL", help="The board's database itself, instead of --url.")
]
Token = Annotated[
    str, typer.Option("--token", envvar="SEQGAN_BOARD_TOKEN", help="A token with the scope submit.", show_default=False)
]
Name = Annotated[str, typer.Option("--model", metavar="NAME", help="The model's name; of a run, its algorithm.")]
Variant = Annotated[str, typer.Option("--variant", metavar="TEXT", help="What sets it apart, as in 'temperature 0.8'.")]
Paper = Annotated[str, typer.Option("--paper", metavar="ARXIV|URL|TITLE", help="The paper that describes the model.")]
Claims = Annotated[
    list[str] | None, typer.Option("--claim", metavar="SCORE=VALUE", help="A published value; may be repeated.")
]
ClaimedFrom = Annotated[str, typer.Option("--claimed-from", metavar="TEXT", help="The paper's table or page.")]
Temperature = Annotated[
    float | None, typer.Option("--temperature", help="At which the samples are, or were, drawn; of a run 1.")
]
SampleSeed = Annotated[int, typer.Option("--sample-seed", min=0, help="Of drawing from a run.")]
First = Annotated[bool, typer.Option("--first", help="Take the first lines of files that have more than are wanted.")]
ManifestFile = Annotated[
    Path | None, typer.Option("--manifest", metavar="FILE", help="A manifest.json; other options win over it.")
]
Wait = Annotated[bool, typer.Option("--wait", help="Wait until it is scored and show the values.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only compute the values here; nothing is sent.")]


def command(  # noqa: PLR0913, every argument is a flag
    paths: Paths,
    benchmark: Benchmark,
    url: Url = "http://127.0.0.1:8080",
    database: Database = None,
    token: Token = "",
    model: Name = "",
    variant: Variant = "",
    paper: Paper = "",
    claim: Claims = None,
    claimed_from: ClaimedFrom = "",
    temperature: Temperature = None,
    sample_seed: SampleSeed = 1,
    first: First = False,
    manifest: ManifestFile = None,
    wait: Wait = False,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Send samples to a board: as many as the benchmark wants, drawn from runs here or read from files.

    Example: seqgan submit runs/oracle_grammar-seqgan-seed1 --benchmark oracle-grammar@1 --wait
    """
    from seqgan.board.submissions import draw
    from seqgan.board.submissions.manifest import Decoding
    from seqgan.board.submissions.send import wait as until_scored
    from seqgan.progress import Progress

    for path in paths:
        if not path.exists():
            raise ConfigError(f"There is no {path}.", "Name a run folder, a model file or a file of samples.")
    target = _target(url, database, token, dry_run)
    contract = target.contract(benchmark)
    if temperature is not None and temperature <= 0:
        raise ConfigError(f"Samples cannot be drawn at the temperature {temperature}.", "It is above 0.")
    decoding = Decoding.model_validate({"temperature": temperature or 1.0, "seed": sample_seed})
    drawn = draw.gather(paths, contract, decoding, first, Progress())
    said: dict[str, Any] = {"model": model, "variant": variant, "claimed_from": claimed_from}
    said |= {"paper": _paper(paper), "claimed": dict(map(_claim, claim or ()))}
    if temperature is not None or all(map(draw.is_model, paths)):
        said["decoding"] = decoding.model_dump()
    plain = _manifest(manifest, contract.id, drawn, said)
    if dry_run:
        _show(_measured(contract, drawn, plain), as_json)
        return
    permalink = target.send(plain, drawn)
    note(f"Received. {target.address(permalink)}")
    if wait:
        _report(until_scored(target, permalink), as_json)
    else:
        say(permalink)


def _report(found: dict[str, Any], as_json: bool) -> None:
    """Show the values of a scored submission and what the checks found."""
    _show([one for one in found["values"] if one["tier"] == "computed"], as_json)
    for one in found["checks"]:
        if one["state"] != "good":
            note(f"{one['state']}: {one['text']}")
    note("It waits for the review of somebody else.")


def _target(url: str, database: str | None, token: str, dry_run: bool) -> Any:
    from seqgan.board.store import open_store
    from seqgan.board.submissions.send import Database, Website

    if dry_run:
        return _Packaged()
    if not token:
        raise BoardError("Sending needs a token.", "Set SEQGAN_BOARD_TOKEN; make one: seqgan board token create NAME.")
    return Website(url, token) if database is None else Database(open_store(database, create=False), token)


class _Packaged:
    """The benchmarks that come with this software; nothing can be sent there."""

    def contract(self, name: str) -> Any:
        from seqgan.board.benchmarks import packaged
        from seqgan.errors import nearest

        if name not in packaged():
            raise BoardError(f"There is no benchmark '{name}'.", nearest(name, packaged()))
        return packaged()[name]


def _paper(text: str) -> dict[str, str] | None:
    from seqgan.board.keys import arxiv_id

    if not text:
        return None
    if number := arxiv_id(text):
        return {"arxiv": number}
    return {"url": text} if text.startswith(("http://", "https://")) else {"title": text}


def _claim(text: str) -> tuple[str, float]:
    name, _, number = text.partition("=")
    try:
        return name.strip(), float(number)
    except ValueError:
        raise ConfigError(f"'{text}' is no claim.", "Write it as bleu_2=0.745.") from None


def _manifest(file: Path | None, benchmark: str, drawn: list[Drawn], said: dict[str, Any]) -> Manifest:
    """Return the manifest: of a file, what the runs say, what the options say; the later ones win."""
    from seqgan.board.submissions import strict
    from seqgan.board.submissions.manifest import of

    plain = {} if file is None else strict.loads(strict.decode(file.read_bytes(), file.name), file.name)
    if not isinstance(plain, dict):
        raise BoardError(f"{file} is no manifest.", "It is a JSON object.")
    plain |= {"schema": "seqgan.submission/1", "benchmark": benchmark, "seeds": [one.seed for one in drawn]}
    names = {one.model for one in drawn if one.model}
    if len(names) == 1:
        plain.setdefault("model", names.pop())
    if checkpoints := {str(one.seed): one.checkpoint for one in drawn if one.checkpoint}:
        plain |= {"checkpoints": checkpoints, "params_millions": drawn[0].millions}
    plain |= {name: value for name, value in said.items() if value}
    if not plain.get("model"):
        raise ConfigError("The model has no name.", "Give one: --model NAME.")
    return of(plain)


def _measured(contract: Any, drawn: list[Drawn], manifest: Manifest) -> list[dict[str, Any]]:
    """Return the values over all seeds, computed here as a board computes them."""
    import io

    from seqgan.board.scoring.measure import Decoding, measure
    from seqgan.board.scoring.record import read_scores
    from seqgan.board.scoring.worker import decoding_of
    from seqgan.board.submissions.samples import Budget, read_samples, rows_in
    from seqgan.board.submissions.values import over

    budget = Budget()
    rows = {
        one.seed: rows_in(read_samples(io.BytesIO(one.content), f"seed {one.seed}", contract, budget).content)
        for one in drawn
    }
    decoding = Decoding(**decoding_of(manifest.model_dump()))
    scores = read_scores(measure(contract, rows, decoding).as_dict())
    found = []
    for score in contract.scores:
        mean = over(values[score.name] for values in scores.values())
        low, high = mean["interval"] or (None, None)
        found.append({**mean, "metric": score.title, "number": mean["value"], "low": low, "high": high})
    return found


def _show(values: list[dict[str, Any]], as_json: bool) -> None:
    names = ("metric", "number", "low", "high", "n", "signature")
    if as_json:
        dump([{name: one[name] for name in names} for one in values])
        return
    for line in columns([_line(one) for one in values]):
        say(line)
    say()
    for one in values:
        say(f"{one['metric']}: {one['signature']}")


def _line(one: dict[str, Any]) -> tuple[str, str, str]:
    number = "not finite" if one["number"] is None else f"{one['number']:.4f}"
    return one["metric"], number, "" if one["low"] is None else f"[{one['low']:.4f}, {one['high']:.4f}]"
