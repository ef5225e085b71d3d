"""From nothing to the paper's number: NLL_oracle <= 8.736 on the authors' oracle, in wall time and operations.

    .venv/bin/python benchmarks/time_to_target.py                      the committed records; writes the page
    .venv/bin/python benchmarks/time_to_target.py --run runs/x ...     run folders, finished or still under way
    .venv/bin/python benchmarks/time_to_target.py --record FILE ...    records
    .venv/bin/python benchmarks/time_to_target.py --train EXPERIMENT.toml --out runs/x    starts a run, then reads it
    .venv/bin/python benchmarks/time_to_target.py --figure FILE.svg --json FILE.json

The target counts at an evaluation in training: samples at temperature 1, as many as run.evaluate_samples says. Seconds
are those of the run over all its processes, evaluations included. Operations are multiplications and additions of
matrix products, counted from the shapes of training alone (results/flops.py).

The page, docs/time_to_target.md, is written from the committed records alone; what is named is only printed.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from itertools import cycle
from pathlib import Path
from typing import Any

os.environ.setdefault("GOMP_SPINCOUNT", "1000")  # as the command line does, before torch reads it
sys.path.insert(0, str(Path(__file__).parent))

import target_page
from target_page import CHEAPER, CONTROL, HARDLY, PAPER, RATIO, Material
from target_runs import PLANE, Course, Moment, Sharpened, by_recipe, median_seconds, of_record, of_run, share, sharpened

from seqgan.bench.figures import svg
from seqgan.bench.sharpening import MLE, curve_of
from seqgan.results import record
from seqgan.results.record import Record

ROOT = Path(__file__).parent.parent
TARGET = 8.736
RECIPES = f"{PAPER},{PAPER}-constant,{CHEAPER},{HARDLY},oracle-seqgan-constant,{RATIO},{RATIO}-own-start"
PAGE = ROOT / "docs" / "time_to_target.md"
FIGURE = Path("figures") / "time_to_target.svg"  # beside the page
GREY = "#94a3b8"


def lines(courses: Sequence[Course], target: float) -> list[str]:
    """Return what is printed: for each recipe how many seeds reached the target, and one line a seed."""
    found = []
    for recipe, own in by_recipe(courses).items():
        median = median_seconds(own, target)
        middle = "" if median is None else f", median {median:,.0f} s"
        found.append(f"{recipe}: seeds that reached NLL_oracle {target:g}: {share(own, target)}{middle}")
        found += [f"  seed {course.seed}: {_line(course, target)}" for course in own]
    return found


def _line(course: Course, target: float) -> str:
    hit, samples = course.reached(target), f"{course.samples or '?'} samples"
    if hit is None:
        low = min((moment.nll_oracle for moment in course.moments), default=float("nan"))
        return f"{course.when(target)}; lowest NLL_oracle {low:.3f} on {samples}"
    work = "unknown operations" if hit.flop is None else f"{hit.flop / 1e12:.2f} TFLOP"
    place = f"{hit.phase} {hit.step}, NLL_oracle {hit.nll_oracle:.3f} on {samples}, validation NLL {hit.nll_valid:.3f}"
    return f"{course.when(target)}, {work}, {place}"


def draw(courses: Sequence[Course], controls: Sequence[Record], alone: Sequence[Sharpened], target: float) -> bytes:
    """Return the figure as SVG: likelihoods over time and over operations, and the final scores over one another."""
    import matplotlib

    matplotlib.use("svg")
    from matplotlib import pyplot

    figure, (time_axis, work_axis, plane_axis) = pyplot.subplots(1, 3, figsize=(13, 4.2))
    colours = dict(zip(by_recipe(courses), cycle(pyplot.get_cmap("tab10").colors), strict=False))
    _along(time_axis, "seconds", lambda moment: moment.seconds, courses, alone, colours)
    _along(work_axis, "floating-point operations", lambda moment: moment.flop, courses, alone, colours)
    _plane(plane_axis, courses, controls, colours)
    for axis in (time_axis, work_axis, plane_axis):
        axis.axhline(target, color="#be123c", linewidth=0.8)
        axis.spines[["top", "right"]].set_visible(False)
    time_axis.plot([], [], color="#475569", label="NLL_oracle")
    time_axis.plot([], [], ":", color="#475569", label="validation NLL")
    time_axis.legend(frameon=False, fontsize=7)
    plane_axis.legend(frameon=False, fontsize=7)
    return svg(figure, "time to target")


Place = Callable[[Any], float | None]


def _along(
    axis: Any, words: str, place: Place, courses: Sequence[Course], alone: Sequence[Sharpened], colours: dict[str, Any]
) -> None:
    """Draw every course, and the sharpened MLE as crosses, over ``place``: seconds or operations."""
    from matplotlib.ticker import NullFormatter

    for course in courses:
        points: list[Moment] = [moment for moment in course.moments if place(moment) is not None]
        places, colour = [place(moment) for moment in points], colours[course.recipe]
        axis.plot(places, [moment.nll_oracle for moment in points], color=colour, linewidth=1)
        axis.plot(places, [moment.nll_valid for moment in points], ":", color=colour, linewidth=1)
    known = [one for one in alone if place(one) is not None]
    heights = [one.nll_oracle for one in known]
    axis.plot([place(one) for one in known], heights, "x", color="#475569", label="NLL_oracle, sharpened MLE")
    axis.set_xscale("log")
    axis.xaxis.set_minor_formatter(NullFormatter())
    axis.set_xlabel(words)
    axis.set_ylabel("nats a token")


def _plane(axis: Any, courses: Sequence[Course], controls: Sequence[Record], colours: dict[str, Any]) -> None:
    """Draw the final scores of the recipes, and MLE over temperatures, one line a seed; all on the test split."""
    for number, found in enumerate(controls):
        points = curve_of(found, PLANE, MLE)
        places = [test for *_, test in points], [oracle for _, oracle, _ in points]
        axis.plot(*places, color=GREY, linewidth=1, marker=".", label="" if number else "MLE over temperatures")
    for recipe, own in by_recipe(courses).items():
        finals = [course.final for course in own if course.final is not None]
        places = [test for _, test in finals], [oracle for oracle, _ in finals]
        axis.scatter(*places, color=[colours[recipe]], s=22, zorder=3, label=recipe)
    axis.set_xlabel("NLL_test")
    axis.set_ylabel("NLL_oracle")


def train(experiment: Path, out: Path) -> None:
    """Carry an experiment out in the folder ``out``, or go on with it."""
    from seqgan import api

    if (out / "config.toml").is_file():
        api.resume(out)
    else:
        api.train(experiment, out=out)


def material_of(given: argparse.Namespace) -> Material:
    """Return what the committed records say, in the order of the named experiments."""
    every = record.read_all(given.results)
    records = [found for name in given.experiments.split(",") for found in every if found.experiment == name]
    controls = [found for found in every if found.experiment == given.control and found.status == "finished"]
    alone = [one for found in controls if (one := sharpened(found, given.target)) is not None]
    courses = [of_record(found) for found in records]
    return Material(given.target, given.experiments.split(","), records, controls, courses, alone)


def write(material: Material, results: Path, page: Path) -> None:
    """Write the page, and its figure into the folder ``figures`` beside it; the stages are read below ``results``."""
    (page.parent / FIGURE).parent.mkdir(parents=True, exist_ok=True)
    page.write_text(target_page.page(material, target_page.read_speed(results)), encoding="utf-8")
    (page.parent / FIGURE).write_bytes(draw(material.courses, material.controls, material.alone, material.target))


def parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Return the arguments of the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run", type=Path, action="append", default=[])
    parser.add_argument("--record", type=Path, action="append", default=[])
    parser.add_argument("--train", type=Path)
    parser.add_argument("--out", type=Path, default=Path("runs/time_to_target"))
    parser.add_argument("--results", type=Path, default=ROOT / "results")
    parser.add_argument("--experiments", default=RECIPES)
    parser.add_argument("--control", default=CONTROL, help="the experiment whose MLE is sharpened")
    parser.add_argument("--target", type=float, default=TARGET)
    parser.add_argument("--page", type=Path, default=PAGE)
    parser.add_argument("--figure", type=Path, help="one more figure, of whatever was read")
    parser.add_argument("--json", type=Path)
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what runs or records say; without any named, write page and figure from the committed records."""
    given = parsed(arguments)
    if given.train:
        train(given.train, given.out)
        given.run.append(given.out)
    material = material_of(given)
    named = [*map(of_run, given.run), *(of_record(record.read(path)) for path in given.record)]
    courses = named or material.courses
    if not courses:
        sys.stderr.write("There is no run to read: name one with --run, --record or --train.\n")
        return 2
    print("\n".join(lines(courses, given.target)))
    if not named:
        write(material, given.results, given.page)
    if given.figure:
        given.figure.write_bytes(draw(courses, material.controls, material.alone, given.target))
    if given.json:
        given.json.write_text(json.dumps([asdict(course) for course in courses], indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
