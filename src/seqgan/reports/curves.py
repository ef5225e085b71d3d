"""Learning curves from a journal: every number by name, laid along the stages of the run."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_NOT_CURVES = {"event", "phase", "step", "time", "seconds"}
_CURVELESS = {
    "start",
    "resume",
    "save",
    "taken_over",
    "finish",
    "discriminator",
    "comparison",
    "final",
    "warning",
    "collapse",
    "not_finite",
}
_RENAMED = {
    ("adversarial", "accuracy"): "discriminator_accuracy",
    ("policy_gradient", "loss"): "policy_gradient_loss",
    ("policy_gradient", "uniqueness"): "batch_uniqueness",
}
_LEAST_SHARE = 0.12
STAGES = {
    "start": "start",
    "pretrain_generator": "MLE",
    "pretrain_discriminator": "discriminator",
    "adversarial": "adversarial",
    "final": "measuring at the end",
}


@dataclass(frozen=True)
class Point:
    """One number of a journal: the top-level phase and the step in it where it was written."""

    phase: str
    step: int
    value: float


@dataclass(frozen=True)
class Stage:
    """A top-level phase on the horizontal axis, which runs from 0 to 1: its label, place, width and steps."""

    phase: str
    label: str
    left: float
    width: float
    steps: int

    def place(self, step: int) -> float:
        """Return where a step stands on the axis, in [0, 1]."""
        return self.left + self.width * min(step, self.steps) / max(self.steps, 1)


def collect(events: Sequence[Mapping[str, Any]]) -> dict[str, list[Point]]:
    """Return the points of every number in the events, by name; of two at one place the later is kept.

    A number that two events call alike is named after its event where one of them is an evaluation. Numbers inside an
    object are found too; an object with a ``value`` (a score) is that value. NaN, infinities and null leave a gap.
    """
    measured = {name for event in events if event.get("event") == "evaluate" for name, _ in _numbers(event)}
    found: dict[str, dict[tuple[str, int], float]] = {}
    for event in events:
        kind = str(event.get("event"))
        if kind in _CURVELESS:
            continue
        where = (top_phase(event), int(event.get("step") or 0))
        for name, value in _numbers(event):
            found.setdefault(_name(kind, name, measured), {})[where] = value
    return {name: [Point(*where, value) for where, value in points.items()] for name, points in found.items()}


def _name(kind: str, name: str, measured: set[str]) -> str:
    if (kind, name) in _RENAMED:
        return _RENAMED[kind, name]
    return f"{kind}_{name}" if kind != "evaluate" and name in measured else name


def _numbers(values: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    for key, value in values.items():
        if key in _NOT_CURVES:
            continue
        if isinstance(value, Mapping):
            yield from _numbers({key: value["value"]} if "value" in value else value)
        elif isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
            yield key, float(value)


def top_phase(event: Mapping[str, Any]) -> str:
    """Return the top-level phase in which an event was written, "start" before the first."""
    return str(event.get("phase") or "start").partition("/")[0]


def stages(events: Sequence[Mapping[str, Any]], used: Sequence[list[Point]]) -> list[Stage]:
    """Return the phases that hold points, in order, each with a share of the axis by its steps but a readable one."""
    plotted = {point.phase for points in used for point in points}
    steps: dict[str, int] = {}
    for event in events:
        phase = top_phase(event)
        if phase in plotted:
            steps[phase] = max(steps.get(phase, 0), int(event.get("step") or 0))
    total = sum(max(count, 1) for count in steps.values())
    shares = {phase: max(_LEAST_SHARE, max(count, 1) / total) for phase, count in steps.items()}
    whole, left, result = sum(shares.values()), 0.0, []
    for phase, share in shares.items():
        label = STAGES.get(phase, phase.replace("_", " "))
        result.append(Stage(phase, label, left, share / whole, steps[phase]))
        left += share / whole
    return result


@dataclass(frozen=True)
class Panel:
    """What belongs into one chart: title, unit, the question it answers, the names of its curves."""

    title: str
    unit: str
    question: str
    names: tuple[str, ...]
    level: float | None = None
    level_label: str = ""
    share: bool = False


PANELS = (
    Panel(
        "Likelihood",
        "nats per token",
        "Lower is better. NLL_oracle falling while the NLL of held-out text rises means fewer, likelier samples.",
        ("valid_nll", "nll_gen", "nll_oracle"),
    ),
    Panel(
        "BLEU against held-out text",
        "0 to 1, higher is closer",
        "Above the level of real text a model repeats what is typical.",
        ("bleu_2", "bleu_3", "bleu_4", "bleu_5"),
        share=True,
    ),
    Panel(
        "Self-BLEU",
        "0 to 1, lower is more diverse",
        "Rising self-BLEU is the price of sharper samples.",
        ("self_bleu_2", "self_bleu_3", "self_bleu_4", "self_bleu_5"),
        share=True,
    ),
    Panel(
        "Shares of the samples",
        "0 to 1",
        "Uniqueness that falls is the first sign of collapse.",
        (
            "uniqueness",
            "batch_uniqueness",
            "validity",
            "novelty",
            "distinct_1",
            "distinct_2",
            "distinct_3",
            "empty_rate",
        ),
        share=True,
    ),
    Panel(
        "Reward of the sampled sequences",
        "mean of a batch",
        "With a discriminator as the reward this need not rise: the judge learns too.",
        ("reward",),
    ),
    Panel(
        "Spread of the reward",
        "variance in a batch",
        "At zero every sample has the same reward and nothing can be learnt from it.",
        ("reward_variance",),
    ),
    Panel(
        "The discriminator",
        "shares of rows",
        "Accuracy on rows that are new to it: at one half it guesses and its reward carries no signal; near one the "
        "generator learns little from it. Where it takes far more training rows than new real rows for real, it has "
        "learned them by heart.",
        ("discriminator_accuracy", "valid_real", "train_real"),
        level=0.5,
        level_label="guessing",
        share=True,
    ),
    Panel("Discriminator loss", "cross-entropy, nats", "", ("discriminator_loss",)),
    Panel("Policy-gradient loss", "as optimised", "Its level means nothing; jumps do.", ("policy_gradient_loss",)),
)
_HIDDEN = {"nll_gen": "valid_nll"}  # the same curve as the other where both were measured


def panels(names: Iterable[str]) -> list[Panel]:
    """Return the panels that have a curve among ``names``, then one for every name that no panel knows."""
    given = list(names)
    known = {name for panel in PANELS for name in panel.names}
    others = [Panel(name.replace("_", " "), "", "", (name,)) for name in given if name not in known]
    return [panel for panel in PANELS if set(panel.names) & set(given)] + others


def of_panel(panel: Panel, curves: Mapping[str, list[Point]]) -> dict[str, list[Point]]:
    """Return the curves that a panel shows, in its order."""
    shown = [name for name in panel.names if name in curves]
    return {name: curves[name] for name in shown if _HIDDEN.get(name) not in shown}
