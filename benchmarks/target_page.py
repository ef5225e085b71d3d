"""The page on the time to the published number, written from records alone: the same files give the same text."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, median
from typing import Any

from speed import AUTHORS, PEERS, REFERENCE_RATE
from target_runs import PLANE, Course, Moment, Sharpened, by_recipe, median_seconds, share

from seqgan.bench.cells import markdown, signed
from seqgan.bench.sharpening import Verdict, point_of, stands
from seqgan.bench.tables import Row, checkpoint_of
from seqgan.config import read_toml
from seqgan.records import NGRAM
from seqgan.reports.tables import number
from seqgan.results import aggregate
from seqgan.results.record import Record

ROOT = Path(__file__).parent.parent
TEMPLATE = ROOT / "docs" / "time_to_target.template"
PAPER, CONTROL = "oracle-seqgan-paper", "oracle-mle-tuned"
CHEAPER, RATIO = "oracle-seqgan-improved", "oracle-likelihood-ratio"  # chosen on seed 1
HARDLY = "oracle-seqgan-recipe-discriminator-step"  # its discriminator hardly learns; chosen on seed 1 too
ROUNDS = 73  # where the authors' code is taken to reach its number
FASTER, GPU_SECONDS = 3.0, 120.0  # the goals
MLE_EPOCH, JUDGE_EPOCH, REWARD = "MLE epoch", "discriminator epoch", "Monte-Carlo reward, one batch"
NO_RUN = "no complete run yet"
SUMMARY = (
    *("recipe", "seeds that reached it", "every seed", "median", "final score there too"),
    *("against the tuned MLE", "against its own MLE"),
)


@dataclass(frozen=True)
class Material:
    """All that the page is made from.

    ``target`` is an NLL_oracle in nats a token, ``recipes`` names experiments, ``records`` are theirs and ``controls``
    those of the MLE that is sharpened; ``courses`` and ``alone`` are what was read from these two.
    """

    target: float
    recipes: Sequence[str]
    records: Sequence[Record]
    controls: Sequence[Record]
    courses: Sequence[Course]
    alone: Sequence[Sharpened]


@dataclass(frozen=True)
class Stage:
    """A stage of the paper's recipe: how often it comes, and the seconds of one, the authors' and ours by dtype."""

    name: str
    times: int
    authors: float
    ours: Mapping[str, float]


def read_speed(results: Path) -> dict[str, Any]:
    """Return the measured stages on two cores, as benchmarks/speed.py wrote them below ``results``."""
    data: dict[str, Any] = json.loads((results / "speed" / "cpu-2-cores.json").read_text(encoding="utf-8"))
    return data


def stages(speed: Mapping[str, Any], rounds: int = ROUNDS) -> list[Stage]:
    """Return the stages of the paper's recipe up to a round, counted from its experiment file."""
    settings = read_toml(ROOT / "experiments" / f"{PAPER}.toml")["algorithm"]
    counted = (
        (MLE_EPOCH, "MLE epochs", settings["pretrain_epochs"]),
        (JUDGE_EPOCH, "discriminator epochs before", settings["pretrain_discriminator_steps"] * settings["epochs"]),
        (JUDGE_EPOCH, f"discriminator epochs in {rounds} rounds", rounds * settings["d_steps"] * settings["epochs"]),
        (REWARD, "Monte-Carlo rewards", rounds * settings["g_steps"]),
    )
    return [Stage(words, times, PEERS[name][AUTHORS], _seconds(speed, name)) for name, words, times in counted]


def _seconds(speed: Mapping[str, Any], name: str) -> dict[str, float]:
    return {stage["dtype"]: stage["seconds"] for stage in speed["stages"] if stage["name"] == name}


def authors_seconds(found: Sequence[Stage]) -> float:
    """Return what the authors' code needs for these stages."""
    return sum(stage.times * stage.authors for stage in found)


def projected_seconds(found: Sequence[Stage], dtype: str) -> float:
    """Return what our code needs for these stages in a dtype, "fp32" or "bf16"."""
    return sum(stage.times * stage.ours[dtype] for stage in found)


def verdicts(records: Sequence[Record], controls: Sequence[Record]) -> tuple[Verdict, Verdict]:
    """Return how a recipe's final scores stand to the sharpened control of the same seeds, and to its own MLE."""
    return stands(records, checkpoint_of(Row(experiment=records[0].experiment), records), controls, PLANE)


def claim(found: Verdict) -> str:
    """Return a verdict in a few words: mean advantage and interval where there are any, and the label."""
    return f"{signed(found.spread)}: {found.label}".removeprefix(": ")


def page(material: Material, speed: Mapping[str, Any]) -> str:
    """Return the whole page; ``speed`` is what :func:`read_speed` gives."""
    found = stages(speed)
    parts = {
        "target": f"{material.target:g}",
        "size": size(material.records),
        "pace": f"{pace(material.courses):.1f}",
        "conditions": conditions(material),
        "unchosen": ", ".join(unchosen(material.courses, recipe) for recipe in (CHEAPER, HARDLY, RATIO)),
        "summary": summary(material),
        "control": CONTROL,
        "seeds": seeds(material),
        "alone": alone(material),
        "counted": counted(material),
        "sharpened": sharpened_table(material.alone),
        "goals": goals(material, speed),
        "paper": PAPER,
        "rounds": str(ROUNDS),
        "authors_rate": f"{REFERENCE_RATE:.0f}",
        "own_rate": f"{speed['rates']['fp32']:.0f}",
        "projection": projection(found),
        "projected": projected(found),
    }
    text = TEMPLATE.read_text(encoding="utf-8")
    for key, value in parts.items():
        text = text.replace("{" + key + "}", value)
    return text


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table."""
    return "\n".join(markdown(header, rows))


def size(records: Sequence[Record]) -> str:
    """Return what all recipes share: network and data."""
    sizes = {
        f"E = {found.config['generator']['embedding']}, H = {found.config['generator']['hidden']}, "
        f"vocabulary {found.sizes['vocabulary']:,}, length {found.sizes['max_len']}, "
        f"{found.sizes['train']:,} fixed training sequences"
        for found in records
        if found.sizes
    }
    return "; or ".join(sorted(sizes))


def pace(courses: Sequence[Course]) -> float:
    """Return the largest ratio between two seeds of one recipe of their seconds an operation."""
    ratios = [1.0]
    for own in by_recipe(courses).values():
        last = [course.moments[-1] for course in own if course.moments]
        paces = [moment.seconds / moment.flop for moment in last if moment.flop]
        ratios += [max(paces) / min(paces)] if paces else []
    return max(ratios)


def conditions(material: Material) -> str:
    """Return what a point of each recipe's curve is, and how each recipe multiplies."""
    rows = []
    for recipe, own in by_recipe(material.courses).items():
        run = next(found.config["run"] for found in material.records if found.experiment == recipe)
        measured = [course for course in own if course.moments]
        samples, held = _counts(course.samples for course in measured), _counts(course.rows for course in measured)
        every = f"every {run['evaluate_every']} epochs or rounds"
        rows.append([f"`{recipe}`", samples, held, every, run.get("dtype", "fp32")])
    return table(("recipe", "samples a point", "validation rows", "a point comes", "matrix products"), rows)


def unchosen(courses: Sequence[Course], recipe: str) -> str:
    """Return the mean final NLL_oracle of the seeds on which nothing of a recipe was chosen."""
    finals = [course.final[0] for course in by_recipe(courses).get(recipe, []) if course.final and course.seed != 1]
    return f"{number(fmean(finals))} (`{recipe}`)" if finals else NO_RUN


def _counts(values: Iterable[int | None]) -> str:
    return "; ".join(sorted({"not known" if value is None else f"{value:,}" for value in values}))


def summary(material: Material) -> str:
    """Return one line a recipe: who reached the target and when, who is there in the end, and the verdicts."""
    found = by_recipe(material.courses)
    rows = [_reached(name, found[name], material) if name in found else _missing(name) for name in material.recipes]
    return table(SUMMARY, rows)


def _missing(recipe: str) -> list[str]:
    return [f"`{recipe}`", NO_RUN, *[""] * (len(SUMMARY) - 2)]


def _reached(recipe: str, own: Sequence[Course], material: Material) -> list[str]:
    records = aggregate.finished(material.records, recipe)
    claims = [claim(verdict) for verdict in verdicts(records, material.controls)] if records else ["", ""]
    each = "; ".join(f"{course.seed}: {course.when(material.target)}" for course in own)
    return [f"`{recipe}`", share(own, material.target), each, _median(own, material), _ends(own, material), *claims]


def _median(courses: Sequence[Course], material: Material) -> str:
    found = median_seconds(courses, material.target) if len(courses) > 1 else None
    return "" if found is None else f"{found:,.0f} s"


def _ends(courses: Sequence[Course], material: Material) -> str:
    finals = [course.final for course in courses if course.final is not None]
    if not finals:
        return NO_RUN
    return f"{sum(final[0] <= material.target for final in finals)} of {len(finals)}"


def seeds(material: Material) -> str:
    """Return one line a seed: the crossing, or the lowest point where there is none, and the final scores."""
    rows = []
    for course in material.courses:
        hit = course.reached(material.target)
        point = hit or min(course.moments, key=lambda moment: moment.nll_oracle, default=None)
        final = ["", ""] if course.final is None else [number(value) for value in course.final]
        shown = [f"`{course.recipe}`", str(course.seed), course.when(material.target), *_point(point)]
        rows.append([*shown, *final, course.machine])
    header = ("recipe", "seed", "wall time", "TFLOP", "point", "NLL_oracle there", "validation NLL there")
    return table((*header, "final NLL_oracle, test", "final NLL_test", "machine"), rows)


def _point(found: Moment | None) -> list[str]:
    if found is None:
        return [""] * 4
    phase = {"pretrain_generator": "epoch", "adversarial": "round"}.get(found.phase, found.phase)
    return [_tera(found.flop), f"{phase} {found.step}", number(found.nll_oracle), number(found.nll_valid)]


def _tera(flop: float | None) -> str:
    return "not known" if flop is None else f"{flop / 1e12:.2f}"


def alone(material: Material) -> str:
    """Return what plain MLE needs, in words."""
    found, count = material.alone, len(material.controls)
    reached = f"{len(found)} of {count} seeds of `{CONTROL}` reach {material.target:g} so"
    text = f"Plain MLE with a lower sampling temperature: {reached}"
    if not found or len(found) < count:
        return f"{text}."
    times, tests = (median(getattr(one, what) for one in found) for what in ("seconds", "nll_test"))
    return f"{text},\nafter a median of {times:,.0f} s up to the best epoch, at a median NLL_test of {number(tests)}."


def counted(material: Material) -> str:
    """Return what a 4-gram model counted from the control's training sequences comes to, in words."""
    places = [place for found in material.controls if (place := point_of(found.scores.get(NGRAM, ()), PLANE))]
    means = " and ".join(number(fmean(values)) for values in zip(*places, strict=True))
    return f"NLL_oracle and NLL_test {means} in the mean of {len(places)} seeds" if places else NO_RUN


def sharpened_table(found: Sequence[Sharpened]) -> str:
    """Return one line a seed of plain MLE with a lower temperature."""
    rows = [
        [
            *(str(one.seed), str(one.epoch), f"{one.seconds:,.0f} s", _tera(one.flop), f"{one.trained:,.0f} s"),
            *(f"{one.temperature:g}", number(one.nll_oracle), number(one.nll_test), f"{one.samples:,}", one.machine),
        ]
        for one in found
    ]
    header = ("seed", "best epoch", "wall time up to it", "TFLOP", "whole training", "temperature")
    return table((*header, "NLL_oracle, test", "NLL_test", "samples", "machine"), rows)


def goals(material: Material, speed: Mapping[str, Any]) -> str:
    """Return the goals beside what was measured."""
    found = stages(speed)
    low = authors_seconds([stage for stage in found if stage.name != "Monte-Carlo rewards"]) / 3600
    high = authors_seconds(found) / 3600
    authors = f"the authors' {low:.1f} to {high:.1f} hours"
    paper = f"`{PAPER}`, unchanged, on two cores: at least {FASTER:g} times as fast as {authors}"
    by_gpu = f"under {GPU_SECONDS / 60:g} minutes on a GPU"
    rows = [[paper, paper_run(material, speed)], [by_gpu, gpu_run(material)]]
    return table(("goal", "measured"), rows)


def paper_run(material: Material, speed: Mapping[str, Any]) -> str:
    """Return the times of the paper's recipe with the factors against the authors' code."""
    own = by_recipe(material.courses).get(PAPER, [])
    return "; ".join(f"seed {course.seed}: {_faster(course, material, speed)}" for course in own) or NO_RUN


def _faster(course: Course, material: Material, speed: Mapping[str, Any]) -> str:
    """Return when a run reached the target, beside the authors' time to theirs, and to the very same round."""
    hit, when = course.reached(material.target), f"{course.when(material.target)} on {course.machine}"
    if hit is None:
        return when
    shown = f"{when}, {authors_seconds(stages(speed, ROUNDS)) / hit.seconds:.1f} times as fast"
    if hit.phase != "adversarial":
        return shown
    to_ours = authors_seconds(stages(speed, hit.step)) / hit.seconds
    return f"{shown}; to the same round, {hit.step}, their code would need {to_ours:.1f} times as long"


def gpu_run(material: Material) -> str:
    """Return the times of every run on a GPU."""
    own = [course for course in material.courses if course.on_gpu]
    return "; ".join(f"`{c.recipe}`, seed {c.seed}: {c.when(material.target)} on {c.machine}" for c in own) or (
        "not run: no GPU record"
    )


def projection(found: Sequence[Stage]) -> str:
    """Return the stages with their seconds, one each and together, and the factor against the authors' code."""
    rows = []
    for stage in found:
        each = (stage.authors, *(stage.ours[dtype] for dtype in ("fp32", "bf16")))
        rows.append(
            [
                stage.name,
                f"{stage.times:,}",
                *(f"{one:.2f} s" for one in each),
                *(f"{stage.times * one:,.0f} s" for one in each),
            ]
        )
    totals = [authors_seconds(found), *(projected_seconds(found, dtype) for dtype in ("fp32", "bf16"))]
    rows.append(["together", "", "", "", "", *(f"{total / 3600:.2f} h" for total in totals)])
    rows.append(
        ["times as fast as the authors' code", "", "", "", "", *(f"{totals[0] / total:.2f}" for total in totals)]
    )
    sides = ("the authors'", "fp32", "bf16")
    return table(("stage", "times", *(f"one, {side}" for side in sides), *(f"all, {side}" for side in sides)), rows)


def projected(found: Sequence[Stage]) -> str:
    """Return what the projection says of the goal."""
    factors = {dtype: authors_seconds(found) / projected_seconds(found, dtype) for dtype in ("fp32", "bf16")}
    shown = " and ".join(f"{factor:.1f} times as fast in {dtype}" for dtype, factor in factors.items())
    met = "meets" if max(factors.values()) >= FASTER else "misses"
    return f"**The projection {met} the goal of {FASTER:g} times**: {shown}."
