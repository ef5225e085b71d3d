"""What was measured, made small enough to be packaged: the finished records of ``results/`` that a board shows.

``data/measured.json`` holds, of every finished seed, the scores of its final checkpoints with their signatures, the day
and where it ran; curves, settings that no page shows, and most samples are left out. ``docs/build.py`` writes it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from seqgan.results.record import Record, RecordedScore, read_all

FILE = Path(__file__).parent.parent / "data" / "measured.json"
SHOWN = 3  # samples of each checkpoint, of the first seed of an experiment
_ALGORITHM = ("name", "epochs", "pretrain_epochs", "m_steps")  # what a row is called by
_ENVIRONMENT = ("commit", "device_name")
_DIGITS = 6  # significant ones of an interval's bounds, of which a page shows three or four


def measured(results: Path | None = None) -> list[Record]:
    """Return the finished records of a folder with their days, or without a folder what this package brings.

    A record that does not say when it was finished has the day on which it came into the packaged file, if it did.
    """
    kept = _read()
    if results is None:
        return kept
    days = {(found.experiment, found.seed): found.date for found in kept}
    return [
        found if found.date else found.model_copy(update={"date": days.get((found.experiment, found.seed), "")})
        for found in read_all(results)
        if found.status == "finished"
    ]


def text(results: Path) -> str:
    """Return the packaged file for a folder of records; a new record that has no date gets the present day."""
    today = datetime.now(UTC).date().isoformat()
    definitions: dict[tuple[str, ...], int] = {}
    seen = set[str]()
    lines = []
    for found in measured(results):
        plain = _small(found, definitions, found.experiment not in seen)
        lines.append(_compact({**plain, "date": found.date or today}))
        seen.add(found.experiment)
    listed = [_compact(definition) for definition in definitions]
    return '{{"definitions": [\n{}\n], "records": [\n{}\n]}}\n'.format(",\n".join(listed), ",\n".join(lines))


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _small(found: Record, definitions: dict[tuple[str, ...], int], with_samples: bool) -> dict[str, Any]:
    """Return what a board shows of a record; its scores are numbers behind the number of their definition."""
    task, algorithm, reward = (found.config.get(name, {}) for name in ("task", "algorithm", "reward"))
    return {
        "experiment": found.experiment,
        "seed": found.seed,
        "config": {
            "task": task,
            "algorithm": {name: algorithm[name] for name in _ALGORITHM if name in algorithm},
            **({"reward": {"name": reward["name"]}} if "name" in reward else {}),
        },
        "scores": {place: [_numbers(score, definitions) for score in scores] for place, scores in found.scores.items()},
        "samples": {place: texts[:SHOWN] for place, texts in found.samples.items()} if with_samples else {},
        "environment": {name: found.environment[name] for name in _ENVIRONMENT if name in found.environment},
        "seconds": found.cost.get("seconds"),
        "command": found.command,
        "verdict": found.verdict,
    }


def _numbers(score: RecordedScore, definitions: dict[tuple[str, ...], int]) -> list[Any]:
    definition = (score.name, score.direction, score.unit, score.signature)
    place = definitions.setdefault(definition, len(definitions))
    interval = (float(f"{bound:.{_DIGITS}g}") for bound in score.interval or ())
    return [place, score.n, score.value, *interval]  # the value is not rounded: a mean of rounded ones is another


def _read() -> list[Record]:
    if not FILE.is_file():  # before it was first written
        return []
    data = json.loads(FILE.read_text(encoding="utf-8"))
    return [_record(plain, data["definitions"]) for plain in data["records"]]


def _record(plain: Mapping[str, Any], definitions: Sequence[Sequence[str]]) -> Record:
    """Return a packaged record in the form of the others."""
    seconds = plain["seconds"]
    return Record(
        **{name: plain[name] for name in ("experiment", "seed", "config", "samples", "environment")},
        **{name: plain[name] for name in ("command", "verdict", "date")},
        status="finished",
        scores={place: list(_scores(numbers, definitions)) for place, numbers in plain["scores"].items()},
        cost={} if seconds is None else {"seconds": seconds},
    )


def _scores(numbers: Iterable[Sequence[Any]], definitions: Sequence[Sequence[str]]) -> Iterable[RecordedScore]:
    for place, n, value, *interval in numbers:
        name, direction, unit, signature = definitions[place]
        yield RecordedScore.model_validate(
            {
                **{"name": name, "direction": direction, "unit": unit, "signature": signature},
                **{"n": n, "value": value, "interval": interval or None},
            }
        )
