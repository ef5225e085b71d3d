"""From nothing to the paper's number: NLL_oracle <= 8.736 on the authors' oracle, in wall time and operations.

    .venv/bin/python benchmarks/time_to_target.py                      the committed records, table and figure
    .venv/bin/python benchmarks/time_to_target.py --run runs/x ...     run folders, finished or still under way
    .venv/bin/python benchmarks/time_to_target.py --record FILE ...    records
    .venv/bin/python benchmarks/time_to_target.py --train EXPERIMENT.toml --out runs/x    starts a run, then reads it
    .venv/bin/python benchmarks/time_to_target.py --figure FILE.svg --json FILE.json

The target counts at an evaluation in training: 10,000 samples at temperature 1 (run.evaluate_samples). Seconds are
those of the run over all its processes, evaluations included. Operations are multiplications and additions of matrix
products, counted from the shapes of training alone (results/flops.py).

Sharpening alone reaches the number: MLE with its logits scaled does so in a minute, at a higher NLL_test. So beside
every point stands the control: the NLL_oracle that the sharpened MLE has at the same NLL_test, from the temperature
curve of the records of --control. Only where the run lies below it has it done more than sharpen. The run's NLL_test
is that of the validation split, the curve's that of the test split; both are drawn from the same oracle.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

os.environ.setdefault("GOMP_SPINCOUNT", "1000")  # as the command line does, before torch reads it

import numpy as np

from seqgan.bench.figures import svg
from seqgan.bench.sharpening import MLE, Plane, curve_of
from seqgan.config import read_toml
from seqgan.results import collect, record
from seqgan.results.flops import Counter, is_likelihood
from seqgan.results.record import Point, Record
from seqgan.runs import journal
from seqgan.runs.folder import RunFolder
from seqgan.stats.curves import Curve, advantage

ROOT = Path(__file__).parent.parent
TARGET = 8.736
PLANE = Plane("nll_oracle", "nll_gen", higher_quality=False, higher_diversity=False)
AUTHORS_STAGES = ((120, 4.7), (150, 11.6), (73 * 15, 11.6))
"""Epochs and measured seconds an epoch of the authors' code on two cores: MLE, discriminator before, discriminator in
73 steps. Monte-Carlo search and evaluation come on top and are left out."""


@dataclass(frozen=True)
class Moment:
    """One evaluation: seconds and operations into the run, both likelihoods, and the control at equal NLL_test.

    ``advantage`` is the control's NLL_oracle less the run's, positive where the run is better; None where the curve of
    the control does not reach that NLL_test.
    """

    phase: str
    step: int
    seconds: float
    flop: float | None
    nll_oracle: float
    nll_test: float
    advantage: float | None

    @property
    def control(self) -> float | None:
        return None if self.advantage is None else self.nll_oracle + self.advantage


@dataclass(frozen=True)
class Course:
    """One run by name: its evaluations in order, and whether it is finished."""

    name: str
    moments: list[Moment]
    finished: bool

    @property
    def recipe(self) -> str:
        return self.name.partition(",")[0]

    def reached(self, target: float) -> Moment | None:
        """Return the first evaluation at the target or below it."""
        return next((moment for moment in self.moments if moment.nll_oracle <= target), None)


def control_curve(records: Sequence[Record]) -> Curve | None:
    """Return the sharpened MLE: the mean over seeds of each temperature that every seed has; None without two."""
    swept: dict[float, list[tuple[float, float]]] = {}
    found = [points for one in records if (points := curve_of(one, PLANE, MLE))]
    for points in found:
        for temperature, quality, diversity in points:
            swept.setdefault(temperature, []).append((quality, diversity))
    means = [np.mean(places, axis=0) for places in swept.values() if len(places) == len(found)]
    if len(means) < 2:
        return None
    table = np.array(means)
    return Curve(table[:, 0], table[:, 1], None, None, False, False)


def moments(points: Sequence[Point], control: Curve | None) -> list[Moment]:
    """Return the evaluations of the generator itself that have both likelihoods."""
    found = []
    for point in points:
        if is_likelihood(point.phase) and point.phase != "pretrain_generator":
            continue  # of another network, which the generator learns from later
        oracle, test = point.scores.get("nll_oracle"), point.scores.get("nll_gen")
        if oracle is None or test is None:
            continue
        ahead = None
        if control is not None:
            ahead = advantage(Curve(np.array([oracle]), np.array([test]), None, None, False, False), control).value
        found.append(Moment(point.phase, point.step, point.seconds, point.flop, oracle, test, ahead))
    return found


def of_run(folder: Path, control: Curve | None) -> Course:
    """Return the course of a run folder, finished or not."""
    run = RunFolder(folder)
    events = list(journal.read(run.journal))
    start = next(event for event in events if event["event"] == "start")
    sizes = {key: start[key] for key in ("vocabulary", "max_len", "train")}
    points = collect.curve(events, Counter.of(read_toml(run.config), sizes))
    return Course(folder.name, moments(points, control), any(event["event"] == "finish" for event in events))


def of_record(found: Record, control: Curve | None) -> Course:
    return Course(f"{found.experiment}, seed {found.seed}", moments(found.curve, control), found.status == "finished")


def authors_seconds() -> float:
    """Return what the authors' code needs up to step 73, from its measured stages."""
    return sum(epochs * seconds for epochs, seconds in AUTHORS_STAGES)


def label(moment: Moment) -> str:
    """Return what may be claimed of a moment."""
    if moment.advantage is None:
        return "not comparable: the control does not reach this NLL_test"
    return "below the sharpened MLE" if moment.advantage > 0 else "sharpening only"


def table(courses: Sequence[Course], target: float) -> list[str]:
    """Return one line a run: when it reached the target, its NLL_test then, the control there, the label."""
    lines = [f"authors' code, estimated from its measured stages: {authors_seconds() / 3600:.2f} h on two cores"]
    for course in courses:
        hit = course.reached(target)
        if hit is None:
            low = min((m.nll_oracle for m in course.moments), default=float("nan"))
            state = "finished" if course.finished else "under way"
            lines.append(f"{course.name} ({state}): not reached; lowest NLL_oracle {low:.3f}")
            continue
        work = "unknown operations" if hit.flop is None else f"{hit.flop / 1e12:.2f} TFLOP"
        there = "" if hit.control is None else f", sharpened MLE there {hit.control:.3f}"
        lines.append(
            f"{course.name}: {hit.seconds:,.0f} s ({authors_seconds() / hit.seconds:.1f}x the authors' speed), {work}, "
            f"{hit.phase} {hit.step}, NLL_oracle {hit.nll_oracle:.3f}, NLL_test {hit.nll_test:.3f}{there}: {label(hit)}"
        )
    reached = [hit.seconds for course in courses if (hit := course.reached(target)) is not None]
    return (
        [*lines, f"mean of {len(reached)} runs that reached it: {fmean(reached):,.0f} s"] if len(reached) > 1 else lines
    )


def draw(courses: Sequence[Course], control: Curve | None, target: float) -> bytes:
    """Return the figure as SVG: likelihoods against time, against operations, and against one another."""
    import matplotlib

    matplotlib.use("svg")
    from matplotlib import pyplot
    from matplotlib.ticker import NullFormatter

    figure, (time_axis, work_axis, plane_axis) = pyplot.subplots(1, 3, figsize=(13, 4.2))
    colours = pyplot.get_cmap("tab10").colors
    recipes = list(dict.fromkeys(course.recipe for course in courses))
    for course in courses:
        colour = colours[recipes.index(course.recipe) % len(colours)]
        _against(time_axis, course, [moment.seconds for moment in course.moments], colour)
        if all(moment.flop is not None for moment in course.moments):
            _against(work_axis, course, [moment.flop for moment in course.moments], colour)
        _trace(plane_axis, course, colour)
    if control is not None:
        front = control.front()
        plane_axis.plot(front.diversity, front.quality, color="#94a3b8", marker=".", label="MLE over temperatures")
    for axis, words in ((time_axis, "seconds"), (work_axis, "floating-point operations")):
        axis.axhline(target, color="#be123c", linewidth=0.8)
        axis.set_xscale("log")
        axis.xaxis.set_minor_formatter(NullFormatter())
        axis.set_xlabel(words)
        axis.set_ylabel("nats a token")
    for number, recipe in enumerate(recipes):
        plane_axis.plot([], [], color=colours[number % len(colours)], marker="o", markersize=2.5, label=recipe)
    time_axis.plot([], [], color="#475569", label="NLL_oracle")
    time_axis.plot([], [], ":", color="#475569", label="NLL_test")
    time_axis.plot([], [], "--", color="#94a3b8", label="sharpened MLE at equal NLL_test")
    time_axis.legend(frameon=False, fontsize=7)
    plane_axis.set_xlabel("NLL_test")
    plane_axis.set_ylabel("NLL_oracle")
    plane_axis.legend(frameon=False, fontsize=7)
    for axis in (time_axis, work_axis, plane_axis):
        axis.spines[["top", "right"]].set_visible(False)
    return svg(figure, "time to target")


def _against(axis: Any, course: Course, places: Sequence[Any], colour: Any) -> None:
    axis.plot(places, [moment.nll_oracle for moment in course.moments], color=colour)
    axis.plot(places, [moment.nll_test for moment in course.moments], ":", color=colour)
    pairs = [
        (p, moment.control) for p, moment in zip(places, course.moments, strict=True) if moment.control is not None
    ]
    axis.plot([p for p, _ in pairs], [control for _, control in pairs], "--", color="#94a3b8", linewidth=1)


def _trace(axis: Any, course: Course, colour: Any) -> None:
    tests, oracles = [m.nll_test for m in course.moments], [m.nll_oracle for m in course.moments]
    axis.plot(tests, oracles, color=colour, linewidth=0.8, marker="o", markersize=2.5)


def train(experiment: Path, out: Path) -> None:
    """Carry an experiment out in the folder ``out``, or go on with it."""
    from seqgan import api

    if (out / "config.toml").is_file():
        api.resume(out)
    else:
        api.train(experiment, out=out)


def courses_of(given: argparse.Namespace, control: Curve | None) -> list[Course]:
    records = [record.read(path) for path in given.record]
    if not given.run and not given.record:
        every = record.read_all(given.results)
        records = [r for r in every if r.experiment in given.experiments.split(",") and r.status == "finished"]
    return [*(of_run(folder, control) for folder in given.run), *(of_record(found, control) for found in records)]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run", type=Path, action="append", default=[])
    parser.add_argument("--record", type=Path, action="append", default=[])
    parser.add_argument("--train", type=Path)
    parser.add_argument("--out", type=Path, default=Path("runs/time_to_target"))
    parser.add_argument("--results", type=Path, default=ROOT / "results")
    parser.add_argument("--experiments", default="oracle-seqgan-paper,oracle-seqgan-improved,oracle-likelihood-ratio")
    parser.add_argument("--control", default="oracle-mle-tuned", help="the experiment whose MLE is sharpened")
    parser.add_argument("--target", type=float, default=TARGET)
    parser.add_argument("--figure", type=Path, default=ROOT / "docs" / "figures" / "time_to_target.svg")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args(arguments)
    if given.train:
        train(given.train, given.out)
        given.run.append(given.out)
    every = [r for r in record.read_all(given.results) if r.experiment == given.control and r.status == "finished"]
    control = control_curve(every)
    courses = courses_of(given, control)
    if not courses:
        sys.stderr.write("There is no run to read: name one with --run, --record or --train.\n")
        return 2
    print("\n".join(table(courses, given.target)))
    if control is None:
        print(f"no control: no record of {given.control} has a temperature curve")
    given.figure.parent.mkdir(parents=True, exist_ok=True)
    given.figure.write_bytes(draw(courses, control, given.target))
    if given.json:
        given.json.write_text(json.dumps([asdict(course) for course in courses], indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
