"""Did the adversarial stage help? The final checkpoints side by side, and what the numbers do and do not show."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqgan.records import Score
from seqgan.runs.own_reward import UNIT
from seqgan.stats.bootstrap import difference_interval

PAIRS = (("mle_last", "adversarial_last"), ("mle_best", "adversarial_best"))


@dataclass(frozen=True)
class Final:
    """The scores of one checkpoint on the test split.

    ``rows`` holds, for some metrics, one number a sequence, (n,), whose mean is the metric's value.
    """

    scores: dict[str, Score]
    rows: dict[str, NDArray[np.float64]]


def shares(nats: Sequence[float], lengths: Sequence[float]) -> NDArray[np.float64]:
    """Return one number a sequence whose mean is total ``nats`` / total ``lengths``: the ratio, linearised.

    Its bootstrap over sequences is that of the ratio to first order. All NaN where some ``nats`` are not finite.
    """
    top, bottom = np.asarray(nats, dtype=np.float64), np.asarray(lengths, dtype=np.float64)
    if not np.isfinite(top).all():
        return np.full(len(top), np.nan)
    ratio = top.sum() / bottom.sum()
    return np.asarray(ratio + (top - ratio * bottom) / bottom.mean())


def compare(finals: Mapping[str, Final]) -> dict[str, Any]:
    """Return the comparison as plain data.

    ``columns`` (checkpoints), ``rows`` (one a metric: its values by column), ``changes`` (one a pair of checkpoints
    and metric: adversarial minus MLE with a 95 % interval, or null) and ``verdict``, a sentence on each pair.
    """
    pairs = [pair for pair in PAIRS if pair[0] in finals and pair[1] in finals]
    metrics = list(dict.fromkeys(name for final in finals.values() for name in final.scores))
    changes = [_change(name, finals, *pair) for pair in pairs for name in metrics if _both(name, finals, *pair)]
    rows = [_row(name, finals) for name in metrics]
    own = [row["metric"] for row in rows if row["unit"] == UNIT]
    judged = [verdict([change for change in changes if change["metric"] not in own])]
    compared = {change["metric"] for change in changes}
    told = [own_verdict(name, rows, changes) for name in own if name in compared]
    return {"columns": list(finals), "rows": rows, "changes": changes, "verdict": " ".join([*told, *judged])}


def _both(name: str, finals: Mapping[str, Final], before: str, after: str) -> bool:
    return name in finals[before].scores and name in finals[after].scores


def _row(name: str, finals: Mapping[str, Final]) -> dict[str, Any]:
    scores = {column: final.scores[name] for column, final in finals.items() if name in final.scores}
    first = next(iter(scores.values()))
    return {
        "metric": name,
        "direction": first.direction,
        "unit": first.unit,
        "values": {column: score.value for column, score in scores.items()},
    }


def _change(name: str, finals: Mapping[str, Final], before: str, after: str) -> dict[str, Any]:
    first, second = finals[before].scores[name], finals[after].scores[name]
    interval, method = _interval(name, finals[before], finals[after])
    change = {"metric": name, "before": before, "after": after, "change": second.value - first.value}
    return {**change, "interval": interval, "method": method, "judgement": _judge(interval, second.direction)}


def _interval(name: str, before: Final, after: Final) -> tuple[tuple[float, float] | None, str]:
    """Return the 95 % interval of the change and how it was found."""
    first, second = before.rows.get(name), after.rows.get(name)
    if first is not None and second is not None and len(first) == len(second):
        if np.isfinite(first).all() and np.isfinite(second).all():
            return difference_interval(list(first), list(second)), "paired bootstrap over sequences"
    scores = before.scores[name], after.scores[name]
    if scores[0].interval is None or scores[1].interval is None:
        return None, "no interval"
    half = math.hypot(*((score.interval[1] - score.interval[0]) / 2 for score in scores if score.interval))
    centre = scores[1].value - scores[0].value
    return (centre - half, centre + half), "the two intervals combined"


def _judge(interval: tuple[float, float] | None, direction: str) -> str:
    if interval is None or direction == "none":
        return "not judged"
    low, high = interval if direction == "higher" else (-interval[1], -interval[0])
    return "better" if low > 0 else "worse" if high < 0 else "no evidence"


def own_verdict(name: str, rows: Sequence[Mapping[str, Any]], changes: Sequence[Mapping[str, Any]]) -> str:
    """Return one sentence about a user's own reward: for each pair of checkpoints, whether its mean rose or fell."""
    values = next(row["values"] for row in rows if row["metric"] == name)
    words = {"better": "rose", "worse": "fell", "no evidence": "shows no clear change", "not judged": "went"}
    parts = []
    for change in changes:
        if change["metric"] == name:
            which = "validation-best" if change["before"] == "mle_best" else "last"
            way = f"from {values[change['before']]:.3g} to {values[change['after']]:.3g}"
            low_high = change["interval"]
            sure = f" (change {low_high[0]:.2g} to {low_high[1]:.2g} with 95 % confidence)" if low_high else ""
            parts.append(f"it {words[change['judgement']]} {way}{sure} at the {which} checkpoints")
    return f"Your own reward, {name}, on this one seed: {'; '.join(parts)}."


def verdict(changes: Sequence[Mapping[str, Any]]) -> str:
    """Return a sentence on each pair of checkpoints that claims no more than its intervals.

    The last pair comes first: its second one is the model that ``seqgan sample`` takes.
    """
    if not changes:
        return "There is nothing to compare."
    first, *others = dict.fromkeys(change["before"] for change in changes)
    told = [f"On this one seed, {_WHICH[first]}, the adversarial stage {_told(changes, first)}."]
    told += [f"At the {_WHICH[other]} it {_told(changes, other)}." for other in others]
    judged = [change for change in changes if change["judgement"] in ("better", "worse", "no evidence")]
    told += [f"Of {len(judged)} comparisons about one in twenty differs by chance."] if len(judged) > 3 else []
    return " ".join(told)


_WHICH = {"mle_last": "last checkpoints (the model that is sampled)", "mle_best": "validation-best checkpoints"}


def _told(changes: Sequence[Mapping[str, Any]], before: str) -> str:
    chosen = [change for change in changes if change["before"] == before]
    named = {
        judgement: ", ".join(change["metric"] for change in chosen if change["judgement"] == judgement)
        for judgement in ("better", "worse", "no evidence", "not judged")
    }
    words = ("helped on", "did harm on", "shows no evidence on", "cannot be judged on")
    parts = [f"{verb} {metrics}" for verb, metrics in zip(words, named.values(), strict=True) if metrics]
    lead = "did not help: it " if named["worse"] and not named["better"] else ""
    return lead + "; ".join(parts)
