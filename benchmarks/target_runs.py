"""Runs on the authors' oracle as evaluations in time: when NLL_oracle reaches a target, and what sharpening needs.

NLL_oracle is that of samples at temperature 1, the NLL beside it that of the validation split, both in nats a token.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from seqgan.bench.sharpening import MLE, Plane, curve_of, point_of
from seqgan.bench.tables import Row, checkpoint_of
from seqgan.config import read_toml
from seqgan.results import collect
from seqgan.results.flops import Counter, is_likelihood
from seqgan.results.record import Point, Record
from seqgan.runs import journal
from seqgan.runs.folder import RunFolder

PLANE = Plane("nll_oracle", "nll_gen", higher_quality=False, higher_diversity=False)


@dataclass(frozen=True)
class Moment:
    """One evaluation: seconds and operations into the run (None: not known), NLL_oracle and validation NLL."""

    phase: str
    step: int
    seconds: float
    flop: float | None
    nll_oracle: float
    nll_valid: float


@dataclass(frozen=True)
class Course:
    """One seed of a recipe: its evaluations in order, on how many samples and validation rows each, on which machine.

    ``state`` is finished, unfinished (it was stopped), given up or under way; ``final`` the last checkpoint's
    (NLL_oracle, NLL_test) on the test split, None where it was not measured. Counts are None where no signature tells
    them.
    """

    recipe: str
    seed: int
    moments: list[Moment]
    state: str
    samples: int | None
    rows: int | None
    machine: str
    on_gpu: bool
    final: tuple[float, float] | None

    def reached(self, target: float) -> Moment | None:
        """Return the first evaluation at the target or below it."""
        return next((moment for moment in self.moments if moment.nll_oracle <= target), None)

    def when(self, target: float) -> str:
        """Return in words when the target was reached, or in what time it was not."""
        hit, beside = self.reached(target), "" if self.state == "finished" else f" ({self.state})"
        if hit is not None:
            return f"{hit.seconds:,.0f} s{beside}"
        tried = f" in {self.moments[-1].seconds:,.0f} s" if self.moments else ""
        return f"not reached{tried}{beside}"


@dataclass(frozen=True)
class Sharpened:
    """Plain MLE that reaches a target by a lower temperature, the highest one of its measured curve that does.

    ``epoch`` is the best one on validation; ``seconds`` and ``flop`` are those up to its end, ``trained`` the seconds
    of the whole training. NLL_oracle and NLL_test are of the test split, on ``samples`` samples.
    """

    seed: int
    epoch: int
    seconds: float
    flop: float | None
    trained: float
    temperature: float
    nll_oracle: float
    nll_test: float
    samples: int
    machine: str


def moments(points: Iterable[Point]) -> list[Moment]:
    """Return the evaluations of the generator itself that have both likelihoods."""
    found = []
    for point in points:
        if is_likelihood(point.phase) and point.phase != "pretrain_generator":
            continue  # of another network, which the generator learns from later
        oracle, valid = point.scores.get("nll_oracle"), point.scores.get("nll_gen")
        if oracle is not None and valid is not None:
            found.append(Moment(point.phase, point.step, point.seconds, point.flop, oracle, valid))
    return found


def of_run(folder: Path) -> Course:
    """Return the course of a run folder, finished or not, named after the folder."""
    run = RunFolder(folder)
    events, config = list(journal.read(run.journal)), read_toml(run.config)
    start = next(event for event in events if event["event"] == "start")
    sizes = {key: start[key] for key in ("vocabulary", "max_len", "train")}
    measured = [score for event in events if event["event"] == "evaluate" for score in event["scores"]]
    state = "finished" if any(event["event"] == "finish" for event in events) else "under way"
    return Course(
        folder.name,
        config["seed"],
        moments(collect.curve(events, Counter.of(config, sizes))),
        state,
        *counts({score["name"]: score["signature"] for score in measured}),
        *machine(run.read_environment()),
        None,
    )


def of_record(found: Record) -> Course:
    """Return the course of a record."""
    checkpoint = checkpoint_of(Row(experiment=found.experiment), [found])
    named, on_gpu = machine(found.environment)
    return Course(
        found.experiment,
        found.seed,
        moments(found.curve),
        "given up" if found.status == "failed" else found.status,
        *counts(found.curve_signatures),
        f"{named}, likelihood training taken over" if found.taken_over else named,
        on_gpu,
        point_of(found.scores.get(checkpoint, ()), PLANE),
    )


def counts(signatures: Mapping[str, str]) -> tuple[int | None, int | None]:
    """Return how many samples NLL_oracle and how many rows the validation NLL of a curve are measured on."""
    fields = [
        dict(field.split(":", 1) for field in signatures.get(name, "").split("|") if ":" in field)
        for name in ("nll_oracle", "nll_gen")
    ]
    samples, rows = fields[0].get("hypotheses"), fields[1].get("rows")
    return (None if samples is None else int(samples)), (None if rows is None else int(rows))


def machine(environment: Mapping[str, Any]) -> tuple[str, bool]:
    """Return a machine with its threads in words, and whether training used a GPU."""
    threads = environment.get("threads", "?")
    words = f"{environment.get('device_name', 'unknown')}, {threads} thread{'' if threads == 1 else 's'}"
    return words, environment.get("device", "cpu") != "cpu"


def by_recipe(courses: Iterable[Course]) -> dict[str, list[Course]]:
    """Return recipe -> its courses, in the order in which they come."""
    found: dict[str, list[Course]] = {}
    for course in courses:
        found.setdefault(course.recipe, []).append(course)
    return found


def share(courses: Sequence[Course], target: float) -> str:
    """Return ``k of n`` seeds that reached the target on the way, and how many of the others have not ended."""
    rest = [course for course in courses if course.reached(target) is None]
    still = sum(course.state in ("unfinished", "under way") for course in rest)
    return f"{len(courses) - len(rest)} of {len(courses)}" + (f" ({still} of the others unfinished)" if still else "")


def median_seconds(courses: Sequence[Course], target: float) -> float | None:
    """Return the median time of a recipe's seeds, None unless every one reached the target: survivors tell nothing."""
    hits = [course.reached(target) for course in courses]
    seconds = [hit.seconds for hit in hits if hit is not None]
    return median(seconds) if seconds and len(seconds) == len(hits) else None


def sharpened(found: Record, target: float) -> Sharpened | None:
    """Return how plain MLE reaches the target by its temperature; None without a curve that does."""
    colder = [point for point in curve_of(found, PLANE, MLE) if point[1] <= target]
    points = moments(found.curve)
    if not colder or not points:
        return None
    epoch = best_epoch(points[-1].step, found.config["algorithm"])
    work = None if any(point.flop is None for point in points) else _at(epoch, points, "flop")
    swept = [score.n for point in found.temperatures for score in point.scores if score.name == "nll_oracle"]
    return Sharpened(
        found.seed,
        epoch,
        _at(epoch, points, "seconds"),
        work,
        points[-1].seconds,
        *max(colder),
        samples=min(swept),
        machine=machine(found.environment)[0],
    )


def best_epoch(last: int, settings: Mapping[str, Any]) -> int:
    """Return the best epoch on validation: ``patience`` before an early end, else not known and taken for the last."""
    return last - settings["patience"] if last < settings["epochs"] else last


def _at(epoch: int, points: Sequence[Moment], what: str) -> float:
    """Return seconds or operations at the end of an epoch, on the line between the evaluations beside it."""
    steps, values = [point.step for point in points], [getattr(point, what) for point in points]
    return float(np.interp(epoch, [0, *steps], [0.0, *values]))
