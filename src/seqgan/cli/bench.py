"""Carry out experiments over seeds as a queue that survives anything, and write the page of their results."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from seqgan.cli._output import columns, count, duration, note, say

if TYPE_CHECKING:
    from seqgan.bench.jobs import Job, Places
    from seqgan.bench.launch import Launcher, Order
    from seqgan.bench.runner import Grid
    from seqgan.progress import Progress

app = typer.Typer(
    rich_markup_mode=None,
    add_completion=False,
    no_args_is_help=True,
    help="Carry out experiments over seeds, and write the page of their results.\n\n"
    "Example: seqgan bench run experiments/quick.toml --seeds 3 --workers 2",
    context_settings={"help_option_names": ["-h", "--help"]},
)

Files = Annotated[list[Path], typer.Argument(metavar="EXPERIMENT.toml...", help="Experiment files.")]
Runs = Annotated[Path, typer.Option("--runs", metavar="DIR", help="Where run folders and the queue lie.")]
Results = Annotated[Path, typer.Option("--results", metavar="DIR", help="Where the records lie.")]
Device = Annotated[str, typer.Option("--device", help="Instead of the experiments' own: auto, cpu, cuda, cuda:N.")]
Temperatures = Annotated[
    str,
    typer.Option(
        "--temperatures", metavar="T,T,...", help="Sample the final MLE and adversarial checkpoints at these."
    ),
]
Share = Annotated[
    bool,
    typer.Option(
        "--share/--no-share",
        help="A run takes over a likelihood training that an earlier one began with the same state; its time counts.",
    ),
]
RUNS, RESULTS = Path("runs/bench"), Path("results")


@app.command("run")
def run(  # noqa: PLR0913, every argument is a flag
    files: Files,
    seeds: Annotated[str, typer.Option(help="How many seeds, from 1 up, or which: 5, 2-4, 1,7.")] = "5",
    workers: Annotated[int, typer.Option(min=1, help="Runs at the same time.")] = 1,
    on: Annotated[str, typer.Option(metavar="local|ray", help="Processes here, or a Ray cluster.")] = "local",
    threads: Annotated[int, typer.Option(min=0, help="Threads of a run; 0: the cores shared by the workers.")] = 0,
    runs: Runs = RUNS,
    results: Results = RESULTS,
    device: Device = "",
    temperatures: Temperatures = "",
    retry_failed: Annotated[bool, typer.Option("--retry-failed", help="Try runs that were given up again.")] = False,
    estimate: Annotated[bool, typer.Option(help="Say the expected hours first; --no-estimate begins at once.")] = True,
    share: Share = True,
) -> None:
    """Carry out every experiment with every seed, seed by seed; what is finished is skipped, what is half done goes on.

    A record results/EXPERIMENT/seed-N.json is written the moment a seed ends or is stopped. The same command goes on
    after any end.

    Example: seqgan bench run experiments/quick.toml --seeds 5 --workers 2
    """
    from seqgan.bench.jobs import Places, check_names, check_settings
    from seqgan.bench.launch import Order, cores
    from seqgan.bench.runner import Grid
    from seqgan.progress import Progress

    places, progress = Places(runs, results, share), Progress()
    jobs = [_job(file, seed, device) for seed in _seeds(seeds) for file in files]
    check_names(jobs)
    check_settings(jobs, places)
    order = Order(places, _temperatures(temperatures), device, threads or max(1, cores() // workers))
    launcher = _launcher(on, order)
    if retry_failed:
        _forgive(jobs, places)
    grid = Grid(jobs, places, order.temperatures, workers)
    if estimate:
        _say_hours(grid, order, progress)
    _conclude(grid, launcher, progress)


@app.command("seed")
def seed(
    file: Annotated[Path, typer.Argument(metavar="EXPERIMENT.toml", help="An experiment file.")],
    seed: Annotated[int, typer.Option("--seed", min=0, help="The seed.")] = 1,
    runs: Runs = RUNS,
    results: Results = RESULTS,
    device: Device = "",
    temperatures: Temperatures = "",
    share: Share = True,
) -> None:
    """Carry out one experiment with one seed to its record, in this process: what run starts, and what a cluster can.

    Example: seqgan bench seed experiments/quick.toml --seed 3
    """
    from seqgan.bench.jobs import Places, check_settings
    from seqgan.bench.seed import answering, carry_out
    from seqgan.progress import Progress

    job, places = _job(file, seed, device), Places(runs, results, share)
    check_settings([job], places)
    with answering():
        say(str(carry_out(job, places, _temperatures(temperatures), Progress())))


@app.command("status")
def status(
    files: Files,
    seeds: Annotated[str, typer.Option(help="How many seeds, or which: 5, 2-4, 1,7.")] = "5",
    runs: Runs = RUNS,
    results: Results = RESULTS,
) -> None:
    """Say of every experiment and seed whether it is finished, running, stopped, given up or waiting.

    Example: seqgan bench status experiments/quick.toml --seeds 3
    """
    from seqgan.bench.jobs import Places
    from seqgan.bench.status import state

    places = Places(runs, results)
    jobs = [_job(file, number) for file in files for number in _seeds(seeds)]
    for line in columns((job.key, *state(job, places)) for job in jobs):
        say(line)


def _job(file: Path, seed: int, device: str = "") -> Job:
    from seqgan import api
    from seqgan.bench.jobs import Job

    settings = {"run.device": device} if device else {}
    if file.suffix != ".toml":
        from seqgan.errors import ConfigError

        raise ConfigError(f"{file} is no experiment file.", "Name a file that ends in .toml.")
    return Job(file, api.experiment(file, seed=seed, settings=settings))


def _seeds(text: str) -> list[int]:
    """Return the seeds that ``5``, ``2-4`` or ``1,7`` stand for."""
    from seqgan.errors import ConfigError

    try:
        if "," not in text and "-" not in text:
            text = f"1-{int(text)}"
        parts = [part.partition("-") for part in text.split(",")]
        found = [n for first, _, last in parts for n in range(int(first), int(last or first) + 1)]
    except ValueError:
        found = []
    if not found:
        raise ConfigError(f"'{text}' names no seeds.", "Write how many (5), a range (2-4) or a list (1,7).")
    return list(dict.fromkeys(found))


def _temperatures(text: str) -> list[float]:
    from seqgan.errors import ConfigError

    try:
        found = [float(part) for part in text.split(",") if part.strip()]
    except ValueError:
        found = [0.0]
    if any(not 0 < value < 100 for value in found):
        raise ConfigError(f"'{text}' is no list of temperatures.", "Write, for example, 0.7,0.85,1.")
    return sorted(set(found))


def _launcher(on: str, order: Order) -> Launcher:
    from seqgan.errors import ConfigError, nearest

    if on == "ray":
        from seqgan.bench.on_ray import OnRay

        return OnRay(order)
    if on != "local":
        raise ConfigError(f"Runs cannot be carried out on '{on}'.", nearest(on, ["local", "ray"]))
    from seqgan.bench.launch import Local, gpus

    return Local(order, gpus() if order.device in ("", "auto", "cuda") else [])


def _forgive(jobs: list[Job], places: Places) -> None:
    from seqgan.bench import queue

    events = queue.events(places.queue)
    for job in jobs:
        if queue.is_given_up(events, job.key):
            queue.note(places.queue, "retry", job.key)


def _say_hours(grid: Grid, order: Order, progress: Progress) -> None:
    """Say how long the grid takes, an experiment a line with where that is known from."""
    from seqgan.bench import hours
    from seqgan.results import record

    machine = hours.machine(order.device, order.threads)
    records = record.read_all(grid.places.results)
    times = {}
    for job in grid.jobs:
        if job.name not in times:
            times[job.name] = hours.expected(job, records, machine, progress)
    grid.left = hours.left(grid.jobs, grid.places, times)
    rows = [
        (
            name,
            f"{count(sum(key.startswith(f'{name}/') for key in grid.left), 'seed')} left",
            _time(found.seconds),
            found.source,
        )
        for name, found in times.items()
    ]
    for line in columns([(name, left, f"{each} a seed", f"from {source}") for name, left, each, source in rows]):
        note(line)
    whole = max([sum(grid.left.values()) / grid.workers, *grid.left.values(), 0.0])
    note(
        f"Expected{', at most' if grid.places.share else ''}: {whole / 3600:.1f} hours with "
        f"{count(grid.workers, 'worker')} of {count(order.threads, 'thread')}."
    )


def _time(seconds: float | None) -> str:
    return "unknown time" if seconds is None else duration(seconds)


def _conclude(grid: Grid, launcher: Launcher, progress: Progress) -> None:
    from seqgan.bench.runner import Runner

    outcome = Runner(grid, launcher, progress).run()
    say(f"{outcome.finished} of {count(len(grid.jobs), 'run')} finished; records in {grid.places.results}")
    for key in outcome.given_up:
        say(f"given up: {key}, see {grid.places.runs / key}.log")
    raise typer.Exit(1 if outcome.finished < len(grid.jobs) else 0)


@app.command("estimate")
def estimate(
    files: Files,
    results: Results = RESULTS,
    device: Device = "",
    threads: Annotated[int, typer.Option(min=0, help="Threads of a run; 0: all cores.")] = 0,
) -> None:
    """Try the networks of every experiment for some seconds and keep what a seed will take, for rows not run yet.

    Example: seqgan bench estimate experiments/quick.toml
    """
    from seqgan.bench import hours
    from seqgan.bench.launch import cores
    from seqgan.progress import Progress

    machine = hours.machine(device, threads or cores())
    for file in files:
        found = hours.keep(_job(file, 1, device), results, machine, Progress())
        say(f"{file.stem}: {_time(found.seconds)} a seed, from {found.source}")


@app.command("report")
def report(
    results: Results = RESULTS,
    out: Annotated[Path, typer.Option("--out", metavar="FILE.md", help="The page; figures/ lies beside it.")] = Path(
        "docs/results.md"
    ),
) -> None:
    """Write the page of results and its figures from the records, tables.toml and published.toml alone.

    Example: seqgan bench report --results results --out docs/results.md
    """
    from seqgan.bench.report import write

    for path in write(results, out):
        say(str(path))


@app.command("index")
def index(
    results: Results = RESULTS,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The SQLite file.")] = Path("runs/results.sqlite"),
) -> None:
    """Make an SQLite index of the records anew: tables runs and scores.

    Example: seqgan bench index --out runs/results.sqlite
    """
    from seqgan.results import index as sqlite
    from seqgan.results.record import read_all

    records = read_all(results)
    out.parent.mkdir(parents=True, exist_ok=True)
    sqlite.build(out, records)
    say(f"{count(len(records), 'record')} in {out}")


@app.command("list")
def listed(results: Results = RESULTS) -> None:
    """List the experiments that have records: seeds finished and unfinished, failures, mean time of a finished seed.

    Example: seqgan bench list
    """
    from seqgan.results import aggregate
    from seqgan.results.record import read_all

    records = read_all(results)
    if not records:
        note(f"There is no record below {results}. Name another folder with --results, or carry out: seqgan bench run")
    rows = []
    for name in dict.fromkeys(found.experiment for found in records):
        done = aggregate.finished(records, name)
        lost, failed = aggregate.failures(records, name)
        taken = aggregate.cost(done)
        seconds = _time(taken.seconds if taken else None)
        stopped = len(aggregate.ended_early(records, name)) - lost
        counts = (count(len(done), "seed"), f"{stopped} unfinished", f"{lost} given up", f"{failed} failed attempts")
        rows.append((name, *counts, seconds))
    for line in columns(rows):
        say(line)
