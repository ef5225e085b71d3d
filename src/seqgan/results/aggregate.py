"""What the records of several seeds say together: mean, standard deviation, 95 % interval, change over MLE, cost.

Values of different definitions are never averaged: scores are grouped by their signature without what only names the
seed's own draw of the data. A failed seed is counted and listed, never averaged away.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean

from seqgan.results.record import Record, RecordedScore
from seqgan.stats.seeds import Spread, over_seeds

_OF_THE_DRAW = ("data:", "tokens:", "probability_zero:")
"""Fields of a signature that differ between the seeds of one experiment where the task draws its data by the seed."""

_COSTS = ("seconds", "generated_sequences", "reward_calls")


@dataclass(frozen=True)
class Summary:
    """One metric of one checkpoint over seeds, all of one definition.

    ``values`` maps a seed to its value, None where it was not finite; ``spread`` is over the finite ones, None where
    there is none.
    """

    experiment: str
    checkpoint: str
    metric: str
    direction: str
    unit: str
    signature: str
    values: dict[int, float | None]
    spread: Spread | None


@dataclass(frozen=True)
class Cost:
    """What the finished seeds of an experiment took: mean wall seconds, sequences, reward calls; on which devices."""

    seconds: float
    generated_sequences: float
    reward_calls: float
    devices: tuple[str, ...]


def group(signature: str) -> str:
    """Return a signature without what only names the seed's own draw of the data: its hash and counts of it.

    The data are given by the task's settings and the seed, and the settings of one experiment are the same.
    """
    fields = [field for field in signature.split("|") if not field.startswith(_OF_THE_DRAW)]
    return "|".join(_without_hash(field) if field.startswith("references:") else field for field in fields)


def _without_hash(field: str) -> str:
    return ":".join(field.split(":")[:2])


def finished(records: Iterable[Record], experiment: str) -> list[Record]:
    """Return the finished records of an experiment."""
    return [found for found in records if found.experiment == experiment and found.status == "finished"]


def ended_early(records: Iterable[Record], experiment: str) -> list[Record]:
    """Return the records of an experiment's runs without an end: unfinished ones, of which some may go on, and failed.

    A run that was taken up again keeps the record of where it was stopped until it ends or is stopped anew.
    """
    return [found for found in records if found.experiment == experiment and found.status != "finished"]


def failures(records: Iterable[Record], experiment: str) -> tuple[int, int]:
    """Return how many seeds of an experiment were given up, and how many attempts failed in all."""
    own = [found for found in records if found.experiment == experiment]
    return sum(found.status == "failed" for found in own), sum(len(found.failures) for found in own)


def summaries(records: Sequence[Record], checkpoint: str, metric: str) -> list[Summary]:
    """Return one summary for every definition under which ``metric`` was measured at ``checkpoint``; most seeds first.

    ``records`` are of one experiment.
    """
    groups: dict[str, list[tuple[int, RecordedScore]]] = {}
    for found in records:
        score = found.score(checkpoint, metric)
        if score is not None:
            groups.setdefault(group(score.signature), []).append((found.seed, score))
    made = [_summary(records[0].experiment, checkpoint, scores) for scores in groups.values()]
    return sorted(made, key=lambda summary: -len(summary.values))


def _summary(experiment: str, checkpoint: str, scores: Sequence[tuple[int, RecordedScore]]) -> Summary:
    first = scores[0][1]
    values = {seed: score.value for seed, score in scores}
    return Summary(
        experiment,
        checkpoint,
        first.name,
        first.direction,
        first.unit,
        group(first.signature),
        values,
        spread(values.values()),
    )


def spread(values: Iterable[float | None]) -> Spread | None:
    """Return mean, standard deviation and t interval of the finite values, None where there is none."""
    kept = [value for value in values if value is not None and math.isfinite(value)]
    return over_seeds(kept) if kept else None


def changes(records: Sequence[Record], after: str, before: str, metric: str) -> Spread | None:
    """Return the change of a metric from one checkpoint to another of the same seed, over the seeds that have both.

    The interval is Student's over seeds. None where no seed has both, measured in one way; where different seeds were
    measured in different ways, it is over the most that agree.
    """
    return _paired((found.score(before, metric), found.score(after, metric)) for found in records)


def across(before: Sequence[Record], after: Sequence[Record], metric: str, places: tuple[str, str]) -> Spread | None:
    """Return the change of a metric between two experiments, seed by seed: ``places`` are the two checkpoints.

    As in :func:`changes`, only values of one definition are compared and averaged.
    """
    first = {found.seed: found.score(places[0], metric) for found in before}
    return _paired((first.get(found.seed), found.score(places[1], metric)) for found in after)


def _paired(pairs: Iterable[tuple[RecordedScore | None, RecordedScore | None]]) -> Spread | None:
    alike: dict[str, list[float]] = {}
    for one, two in pairs:
        if one is None or two is None or group(one.signature) != group(two.signature):
            continue
        if one.value is not None and two.value is not None:
            alike.setdefault(group(one.signature), []).append(two.value - one.value)
    most = max(alike.values(), key=len) if alike else []
    return spread(most)


def cost(records: Sequence[Record]) -> Cost | None:
    """Return the mean cost of finished records, None without any."""
    if not records:
        return None
    means = {key: fmean(found.cost.get(key, 0.0) for found in records) for key in _COSTS}
    devices = sorted({_machine(found) for found in records})
    return Cost(means["seconds"], means["generated_sequences"], means["reward_calls"], tuple(devices))


def _machine(found: Record) -> str:
    about = found.environment
    return f"{about.get('device_name', 'unknown')}, {about.get('threads', '?')} thread(s)"
