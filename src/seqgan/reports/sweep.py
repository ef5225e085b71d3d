"""The temperature sweep: what a model can trade of quality for diversity, with maximum likelihood beside it.

A run folder gives two systems, its model and the maximum-likelihood checkpoint that the adversarial stage started
from; both are sampled on the same grid. Everything lands in one folder: the points as they are measured, then
``sweep.csv``, ``sweep.json``, ``sweep.txt``, ``sweep.png`` and ``sweep.svg``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from seqgan.errors import ConfigError, DataError, RunError
from seqgan.functional.sampling import Choice
from seqgan.progress import Bar, Progress
from seqgan.reports import sweep_curves, sweep_figure, sweep_tables
from seqgan.reports.sweep_curves import Comparison, Plane, Subject, Trace
from seqgan.reports.sweep_points import REAL, Grid, Point, Store, measure, measure_real, point_digest
from seqgan.reports.sweep_subjects import Candidate, candidates
from seqgan.runs import files
from seqgan.runs.evaluation import Evaluator
from seqgan.runs.journal import plain
from seqgan.runs.model import Model, load_model

FOLDER = "sweep"
NO_PLANE = "The task has no pair of quality and diversity metrics, so there is a table and no curve."


@dataclass(frozen=True)
class Sweep:
    """A finished sweep: curves by system and seed, real text, comparisons, notes, and the files that were written."""

    grid: Grid
    traces: list[Trace]
    real: Point | None
    planes: list[Plane]
    comparisons: list[Comparison]
    notes: list[str]
    folder: Path

    @property
    def alt(self) -> str:
        """Return the figure in words."""
        return sweep_figure.alt_text(self.planes, self.traces, self.real, self.comparisons)

    @property
    def text(self) -> str:
        """Return the table and what it shows, in plain lines."""
        return sweep_tables.text(self.traces, self.real, self.comparisons, self.notes)

    @property
    def files(self) -> list[Path]:
        """Return the files that hold the result."""
        endings = ("csv", "json", "txt", *(("png", "svg") if self.planes else ()))
        return [self.folder / f"sweep.{ending}" for ending in endings]

    def as_dict(self) -> dict[str, Any]:
        """Return the sweep as plain data for JSON, without the rows behind each point; infinities are null."""
        data = {
            "grid": asdict(self.grid),
            "points": sweep_tables.rows(self.traces, self.real),
            "comparisons": [sweep_curves.as_dict(comparison) for comparison in self.comparisons],
            "notes": self.notes,
            "alt": self.alt,
        }
        return dict(plain(data))


def sweep(
    runs: Sequence[Path],
    grid: Grid,
    task_of: Callable[[Path], Any],
    *,
    mle: bool = True,
    out: Path | None = None,
    progress: Progress | None = None,
) -> Sweep:
    """Sweep the models of ``runs`` (run folders or model files) over ``grid`` and write the curves into ``out``.

    ``task_of`` gives the task of one of ``runs``. With ``mle`` the maximum-likelihood checkpoint of each run folder is
    swept too. ``out`` is by default the folder ``sweep`` beside the first model. Points that lie there already are not
    measured again.

    Raises CheckpointError where there is no model, DataError where a model belongs to other data, RunError where the
    folder cannot be written.
    """
    if not runs:
        raise ConfigError("There is nothing to sweep.", "Name a run folder or a model file.")
    found, notes = candidates(runs, mle)
    beside = runs[0] if runs[0].is_dir() else runs[0].parent
    store = Store(beside / FOLDER if out is None else out)
    tasks = {run: task_of(run) for run in dict.fromkeys(one.run for one in found)}
    models = [(one, _model(one, tasks[one.run])) for one in found]
    fewest = min(len(task.train) for task in tasks.values())
    if fewest < grid.n:
        notes.append(
            f"There are only {fewest:,} rows of real text for n={grid.n:,}: its self-BLEU is too low to compare."
        )
    with store.held():
        traces, real = _measured(models, tasks, store, grid, progress or Progress(quiet=True))
        return _finish(Sweep(grid, traces, real, *_compared(traces, notes), store.folder))


def _model(one: Candidate, task: Any) -> Model:
    model = load_model(one.path)
    if model.vocab.digest != task.vocab.digest:
        raise DataError(
            f"The model {one.path} has another vocabulary than the task '{task.name}'.",
            "Name the data it was trained on.",
        )
    return model


def _measured(
    models: Sequence[tuple[Candidate, Model]], tasks: dict[Path, Any], store: Store, grid: Grid, progress: Progress
) -> tuple[list[Trace], Point | None]:
    """Return the traces of every model, and real text as the data of the first run have it."""
    bar = progress.bar("points", len(models) * len(grid.choices()))
    traces: list[Trace] = []
    real: Point | None = None
    try:
        for run, here in groupby(models, key=lambda pair: pair[0].run):
            for one, model in here:
                evaluator = Evaluator(tasks[run], model.generator.device)
                real = real or _real(evaluator, store, grid)
                points = [_point(evaluator, (one, model), choice, store, grid, bar) for choice in grid.choices()]
                traces += _traces(one, evaluator, points, grid)
    finally:
        progress.close()
    return traces, real


def _point(
    evaluator: Evaluator, subject: tuple[Candidate, Model], choice: Choice, store: Store, grid: Grid, bar: Bar
) -> Point:
    """Return a point from the store, or measure and keep it; one that is there is no work left, so the bar shrinks."""
    one, model = subject
    known = store.get(point_digest(evaluator, one.model, choice, grid))
    if known is not None:
        bar.total -= 1
        return known
    point = measure(evaluator, model.generator, one.model, choice, grid)
    store.put(point)
    bar.update(bar.done + 1, lambda: f"{one.system}, temperature {choice.temperature:g}, top-p {choice.top_p:g}")
    return point


def _real(evaluator: Evaluator, store: Store, grid: Grid) -> Point:
    known = store.get(point_digest(evaluator, REAL, None, grid))
    if known is None:
        known = measure_real(evaluator, grid)
        store.put(known)
    return known


def _traces(one: Candidate, evaluator: Evaluator, points: Sequence[Point], grid: Grid) -> list[Trace]:
    """Return the points along the temperature, and along top-p where that was asked for."""
    data = evaluator.references(grid.split, 1).details["data"]
    subject = Subject(one.system, one.seed, str(one.run), one.model, data, one.baseline)
    warm = [point for point in points if point.top_p == 1 and point.temperature in grid.temperatures]
    narrow = [point for point in points if point.temperature == 1 and point.top_p in grid.top_p]
    lines = (
        Trace(subject, "temperature", tuple(sorted(warm, key=lambda point: point.temperature))),
        Trace(subject, "top_p", tuple(sorted(narrow, key=lambda point: point.top_p))),
    )
    return [line for line in lines if line.points]


def _compared(traces: list[Trace], notes: list[str]) -> tuple[list[Plane], list[Comparison], list[str]]:
    planes = sweep_curves.planes_of([point for trace in traces for point in trace.points])
    found = sweep_curves.comparisons(traces, planes)
    return planes, found, notes if planes else [*notes, NO_PLANE]


def _finish(result: Sweep) -> Sweep:
    """Write the table, the record, the text and the pictures, each whole or not at all."""
    folder = result.folder
    contents = {
        "csv": sweep_tables.as_csv(result.traces, result.real).encode(),
        "json": (json.dumps(result.as_dict(), indent=1, ensure_ascii=False) + "\n").encode(),
        "txt": f"{result.text}\n\n{result.alt}\n".encode(),
    }
    if result.planes:
        figure = sweep_figure.draw(result.planes, result.traces, result.real)
        contents |= {form: sweep_figure.as_bytes(figure, form, result.alt) for form in ("png", "svg")}
    try:
        for ending, data in contents.items():
            files.replace(folder / f"sweep.{ending}", data)
    except OSError as error:
        raise RunError(f"{folder} cannot be written: {error.strerror}.", "Make room, then repeat.") from error
    return result
