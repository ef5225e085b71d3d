"""The row that a submission has on its leaderboard: its values per seed and over seeds, claimed ones beside them."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from seqgan.board import catalogue
from seqgan.board.benchmarks.install import Installed, metric_ids
from seqgan.board.columns import COUNTED, left_out
from seqgan.board.keys import permalink
from seqgan.board.session import Row, Session
from seqgan.board.submissions.manifest import Manifest, Paper
from seqgan.stats.seeds import over_seeds

Scores = Mapping[int, Mapping[str, Mapping[str, Any]]]
"""Seed -> score name -> the score as plain data."""


ENOUGH = 0.5
"""Share of the rows that must be possible for a value over the possible ones: of a few chosen rows it can be any."""


def withheld(scores: Scores) -> dict[int, dict[str, dict[str, Any]]]:
    """Return the scores without the values that leave out most of their rows as impossible."""
    return {
        seed: {
            name: {**one, "value": None, "interval": None, "withheld": True} if _rests_on_few(one) else dict(one)
            for name, one in found.items()
        }
        for seed, found in scores.items()
    }


def _rests_on_few(score: Mapping[str, Any]) -> bool:
    left = left_out(score["signature"])
    return left > 0 and score["n"] < ENOUGH * (score["n"] + left)


def make_entry(session: Session, submission: Row, manifest: Manifest, benchmark: Installed, scores: Scores) -> int:
    """Make the row of a scored submission, which no ranking shows before it is published, and return its id."""
    model = catalogue.ensure_model(session, manifest.model)
    entry = session.insert(
        "entry",
        permalink=permalink("submission", submission["permalink"]),
        board_id=benchmark.board,
        model_id=model,
        variant=_variant(manifest),
        paper_id=_paper(session, manifest.paper, manifest.model),
        evaluated_on=submission["created_at"][:10],
        extra_data=int(manifest.extra_training_data),
        tags=json.dumps(manifest.tags),
        parameters_millions=manifest.params_millions,
        citation=manifest.claimed_from,
        state="pending",
        submission_id=submission["id"],
        source="group",
        details=json.dumps({"benchmark": benchmark.contract.id, "licence": manifest.licence, "notes": manifest.notes}),
    )
    session.run(
        "UPDATE submission SET entry_id = :entry, model_id = :model WHERE id = :id",
        entry=entry,
        model=model,
        id=submission["id"],
    )
    add_values(session, entry, benchmark, scores, "computed")
    _claimed(session, entry, benchmark, manifest)
    return entry


def _variant(manifest: Manifest) -> str:
    """Return what sets a row apart, the temperature too where the samples were not drawn at 1.

    A submitter may write anything into the variant, also another temperature than that of the decoding.
    """
    temperature = None if manifest.decoding is None else manifest.decoding.temperature
    if temperature in (None, 1.0):
        return manifest.variant
    real = f"temperature {temperature:g}"
    if re.search(rf"(?<!\w){re.escape(real)}(?![\w]|[.,]\d)", manifest.variant):
        return manifest.variant
    return f"{manifest.variant}, {real}".removeprefix(", ")


def _paper(session: Session, paper: Paper | None, model: str) -> int | None:
    if paper is None:
        return None
    title = paper.title or f"The paper of {model}"
    return catalogue.ensure_paper(session, title, "group", paper.arxiv or "", paper.url or "")


def add_values(session: Session, entry: int, benchmark: Installed, scores: Scores, tier: str) -> None:
    """Add the values of every seed and, for each metric, one over all seeds: the mean with its interval."""
    metrics = metric_ids(session, benchmark)
    for name, metric in metrics.items():
        every = [(seed, found[name]) for seed, found in scores.items()]
        rows = [(None, over(found for _, found in every)), *every]
        for seed, score in rows:
            low, high = score["interval"] or (None, None)
            _insert(session, entry, metric, tier, seed, {**score, "low": low, "high": high})


def replace_seed(
    session: Session, entry: int, benchmark: Installed, seed: int, scores: Mapping[str, Any], tier: str
) -> None:
    """Put the values of one seed and tier in place of those that are there."""
    for name, metric in metric_ids(session, benchmark).items():
        low, high = scores[name]["interval"] or (None, None)
        _remove(session, entry, metric, tier, seed)
        _insert(session, entry, metric, tier, seed, {**scores[name], "low": low, "high": high})


def replace_over(session: Session, entry: int, benchmark: Installed, tier: str, wanted: int) -> None:
    """Put one value over all seeds in place, for each metric that has the ``wanted`` number of seeds."""
    for metric in metric_ids(session, benchmark).values():
        rows = session.rows(
            "SELECT number AS value, low, high, n, signature FROM value "
            "WHERE entry_id = :entry AND metric_id = :metric AND tier = :tier AND seed IS NOT NULL ORDER BY seed",
            entry=entry,
            metric=metric,
            tier=tier,
        )
        if len(rows) == wanted:
            mean = over({**row, "interval": None if row["low"] is None else (row["low"], row["high"])} for row in rows)
            low, high = mean["interval"] or (None, None)
            _remove(session, entry, metric, tier, None)
            _insert(session, entry, metric, tier, None, {**mean, "low": low, "high": high})


def _remove(session: Session, entry: int, metric: int, tier: str, seed: int | None) -> None:
    session.run(
        "DELETE FROM value WHERE entry_id = :entry AND metric_id = :metric AND tier = :tier "
        "AND coalesce(seed, -1) = :seed",
        entry=entry,
        metric=metric,
        tier=tier,
        seed=-1 if seed is None else seed,
    )


def over(scores: Any) -> dict[str, Any]:
    """Return one value for the scores of all seeds: mean and t interval, or the one seed's own interval.

    ``n`` is the least of the seeds; where their signatures differ, a field holds the words of every seed.
    """
    found = list(scores)
    if len(found) == 1:
        return dict(found[0])
    numbers = [score["value"] for score in found]
    counts = [score["n"] for score in found if score["n"] is not None]
    first = {**found[0], "n": min(counts, default=None), "signature": together([one["signature"] for one in found])}
    if any(number is None for number in numbers):
        return {**first, "value": None, "interval": None, "withheld": any(one.get("withheld") for one in found)}
    spread = over_seeds(numbers)
    return {**first, "value": spread.mean, "interval": spread.interval}


def together(signatures: Sequence[str]) -> str:
    """Return one signature for several seeds: ``temperature:0.9,1.0`` where they differ in a field.

    A field that counts rows has every seed's number, equal ones too, so that they can be added; no zeros alone.
    """
    fields = [signature.split("|") for signature in signatures]
    if len({len(one) for one in fields}) > 1:
        return signatures[0]
    return "|".join(_field(words) for words in zip(*fields, strict=True))


def _field(words: Sequence[str]) -> str:
    name = words[0].partition(":")[0]
    said = [word.partition(":")[2] for word in words]
    if name != COUNTED or set(said) == {"0"}:
        said = list(dict.fromkeys(said))
    return words[0] if len(said) == 1 else f"{name}:{','.join(said)}"


def _insert(session: Session, entry: int, metric: int, tier: str, seed: int | None, score: Mapping[str, Any]) -> None:
    number = score["value"]
    session.insert(
        "value",
        entry_id=entry,
        metric_id=metric,
        tier=tier,
        seed=seed,
        raw=f"{number:.4g}" if number is not None else "withheld" if score.get("withheld") else "not finite",
        number=number,
        low=score["low"],
        high=score["high"],
        n=score["n"],
        signature=score["signature"],
    )


def _claimed(session: Session, entry: int, benchmark: Installed, manifest: Manifest) -> None:
    metrics = metric_ids(session, benchmark)
    for name, number in manifest.claimed.items():
        score = {"value": number, "low": None, "high": None, "n": None, "signature": manifest.claimed_from}
        _insert(session, entry, metrics[name], "claimed", None, score)


def of_entry(session: Session, entry: int) -> list[Row]:
    """Return every value of a row with its metric, tier and seed, those over all seeds first."""
    return session.rows(
        "SELECT board_metric.name AS metric, board_metric.direction, board_metric.low AS least, "
        "board_metric.high AS most, value.tier, value.seed, value.raw, value.number, value.low, value.high, value.n, "
        "value.signature FROM value JOIN board_metric ON board_metric.id = value.metric_id "
        "WHERE value.entry_id = :entry ORDER BY value.seed IS NOT NULL, board_metric.position, value.tier, value.seed",
        entry=entry,
    )


def within(number: float | None, low: float, high: float) -> bool:
    """Tell whether a value is finite and within bounds, up to rounding."""
    return number is not None and math.isfinite(number) and low - 1e-9 <= number <= high + 1e-9
