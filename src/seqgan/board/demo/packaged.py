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
    definitions, repeated = _Listed(), _Listed()
    seen = set[str]()
    lines = []
    for found in measured(results):
        plain = _small(found, definitions, repeated, found.experiment not in seen)
        lines.append(_compact({**plain, "date": found.date or today}))
        seen.add(found.experiment)
    parts = {"definitions": definitions, "repeated": repeated, "records": lines}
    return "{{{}}}\n".format(", ".join('"{}": [\n{}\n]'.format(name, ",\n".join(part)) for name, part in parts.items()))


class _Listed(dict[str, int]):
    """Values as JSON, each once, in the order in which they first came: many runs share their task, data and MLE."""

    def place(self, value: Any) -> int:
        """Return the place of a value in the list, to which it is added if it is new."""
        return self.setdefault(_compact(value), len(self))


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _small(found: Record, definitions: _Listed, repeated: _Listed, with_samples: bool) -> dict[str, Any]:
    """Return what a board shows of a record; settings, scores, samples and verdict are places among the repeated."""
    task, algorithm, reward = (found.config.get(name, {}) for name in ("task", "algorithm", "reward"))
    config = {
        "task": task,
        "algorithm": {name: algorithm[name] for name in _ALGORITHM if name in algorithm},
        **({"reward": {"name": reward["name"]}} if "name" in reward else {}),
    }
    scores = {place: [_numbers(score, definitions) for score in scores] for place, scores in found.scores.items()}
    samples = {place: texts[:SHOWN] for place, texts in found.samples.items()} if with_samples else {}
    return {
        "experiment": found.experiment,
        "seed": found.seed,
        "config": repeated.place(config),
        "scores": {place: repeated.place(numbers) for place, numbers in scores.items()},
        "samples": {place: repeated.place(texts) for place, texts in samples.items()},
        "environment": {name: found.environment[name] for name in _ENVIRONMENT if name in found.environment},
        "seconds": found.cost.get("seconds"),
        "command": found.command,
        "verdict": repeated.place(found.verdict),
    }


def _numbers(score: RecordedScore, definitions: _Listed) -> list[Any]:
    definition = (score.name, score.direction, score.unit, score.signature)
    interval = (float(f"{bound:.{_DIGITS}g}") for bound in score.interval or ())
    # The value is not rounded: a mean of rounded ones is another.
    return [definitions.place(definition), score.n, score.value, *interval]


def _read() -> list[Record]:
    if not FILE.is_file():  # before it was first written
        return []
    data = json.loads(FILE.read_text(encoding="utf-8"))
    return [_record(plain, data["definitions"], data["repeated"]) for plain in data["records"]]


def _record(plain: Mapping[str, Any], definitions: Sequence[Sequence[str]], repeated: Sequence[Any]) -> Record:
    """Return a packaged record in the form of the others."""
    seconds = plain["seconds"]
    scores = {place: repeated[number] for place, number in plain["scores"].items()}
    return Record(
        **{name: plain[name] for name in ("experiment", "seed", "environment", "command", "date")},
        **{name: repeated[plain[name]] for name in ("config", "verdict")},
        status="finished",
        scores={place: list(_scores(numbers, definitions)) for place, numbers in scores.items()},
        samples={place: repeated[number] for place, number in plain["samples"].items()},
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
