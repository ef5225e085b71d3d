"""The record of one seed of one experiment: a small JSON file from which every table and figure is made again.

It lies at ``results/<experiment>/seed-<n>.json``. Later versions of this file read every older form: :data:`FORMAT`
counts them, and the record of a first run, which was written before there was a number, is read as form 0.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from seqgan.errors import DataError
from seqgan.records import Direction
from seqgan.runs.files import replace

FORMAT = 1


class _Plain(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class RecordedScore(_Plain):
    """A score as the journal wrote it; ``value`` is None where it was not finite. What else it says is left out."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    name: str
    value: float | None
    signature: str
    direction: Direction = "none"
    unit: str = ""
    n: int = 0
    interval: tuple[float, float] | None = None


class Point(_Plain):
    """One evaluation on the validation split, ``seconds`` and floating-point operations (``flop``) into the run."""

    phase: str
    step: int
    seconds: float
    scores: dict[str, float | None]
    flop: float | None = None


class Swept(_Plain):
    """A final checkpoint sampled at one temperature and measured on the test split."""

    checkpoint: str
    temperature: float
    scores: list[RecordedScore]


class Failure(_Plain):
    """An attempt that ended without a result: its number from 1, what was said, when."""

    attempt: int
    error: str
    time: str = ""


class Record(_Plain):
    """One seed of one experiment: settings, scores of every checkpoint with signatures, curve, cost, environment.

    ``scores`` maps the checkpoints (mle_last, mle_best, adversarial_last, adversarial_best, last) and what stands
    beside them (``seqgan.records.REFERENCES``) to their scores on ``split``; ``changes`` are the adversarial
    checkpoints' changes over this seed's MLE, with intervals.
    ``config`` is the resolved experiment; ``date`` the day (UTC) on which the run finished, empty in older records;
    ``cost`` holds wall ``seconds``, generated sequences and reward calls; ``taken_over`` names the phases that another
    run (EXPERIMENT/seed-N) carried out for this one too, whose seconds count as they were there. An "unfinished" run
    was stopped, a "failed" one given up: they have their curve and seconds so far and no scores, and are in no mean.
    """

    format: int = FORMAT
    experiment: str
    seed: int
    status: Literal["finished", "unfinished", "failed"]
    config: dict[str, Any]
    date: str = ""
    sizes: dict[str, int] = Field(default_factory=dict)
    split: str = "test"
    scores: dict[str, list[RecordedScore]] = Field(default_factory=dict)
    changes: list[dict[str, Any]] = Field(default_factory=list)
    verdict: str = ""
    curve: list[Point] = Field(default_factory=list)
    curve_signatures: dict[str, str] = Field(default_factory=dict)
    temperatures: list[Swept] = Field(default_factory=list)
    cost: dict[str, float] = Field(default_factory=dict)
    environment: dict[str, Any] = Field(default_factory=dict)
    command: str = ""
    resumes: int = 0
    taken_over: dict[str, str] = Field(default_factory=dict)
    failures: list[Failure] = Field(default_factory=list)
    warnings: list[str] = Field(default_factory=list)
    samples: dict[str, list[str]] = Field(default_factory=dict)

    def score(self, checkpoint: str, metric: str) -> RecordedScore | None:
        """Return one score of a checkpoint, None where it was not measured."""
        return next((score for score in self.scores.get(checkpoint, ()) if score.name == metric), None)


def path_of(results: Path, experiment: str, seed: int) -> Path:
    """Return where the record of a seed lies."""
    return results / experiment / f"seed-{seed}.json"


def write(path: Path, record: Record) -> None:
    """Write a record whole or not at all; its folder is made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    data = record.model_dump(mode="json", exclude_defaults=True) | {"format": record.format}
    replace(path, (json.dumps(data, indent=1, ensure_ascii=False, sort_keys=True) + "\n").encode())


def read(path: Path) -> Record:
    """Return the record in a file of any form; raises DataError where it is damaged or of a later form."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if int(data.get("format", 0)) > FORMAT:
            raise DataError(f"{path} was written by a later version of seqgan.", "Read it with that version.")
        return Record.model_validate(data if "format" in data else _from_form_0(data))
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}.", "Check the path.") from error
    except (ValueError, ValidationError, AttributeError, KeyError, TypeError) as error:
        reason = str(error).partition("\n")[0]
        raise DataError(f"{path} is no record of a run: {reason}.", "Remove it, or restore it.") from error


def read_all(results: Path) -> list[Record]:
    """Return every record below a folder, in the order of experiments and seeds."""
    paths: Iterable[Path] = results.glob("*/seed-*.json") if results.is_dir() else ()
    return sorted(map(read, paths), key=lambda record: (record.experiment, record.seed))


def _from_form_0(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the record of the first run in today's form."""
    import tomllib

    finish, comparison = data["finish"], data.get("comparison", {})
    curve = [_point_0(point, data["evaluations"]) for point in data["curve"]]
    cost = {key: finish[key] for key in ("seconds", "generated_sequences", "reward_calls") if key in finish}
    return {
        "format": FORMAT,
        "experiment": data["experiment"],
        "seed": data["seed"],
        "status": "finished",
        "config": tomllib.loads(data["config"]),
        "sizes": data.get("sizes", {}),
        "split": finish["split"],
        "scores": finish["checkpoints"],
        "changes": comparison.get("changes", []),
        "verdict": comparison.get("verdict", ""),
        "curve": curve,
        "cost": cost,
        "environment": data["environment"],
        "resumes": len(data.get("resumes", ())),
        "warnings": data.get("warnings", []),
        "samples": data.get("samples", {}),
    }


def _point_0(point: Mapping[str, Any], evaluations: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return a point of the first form, whose seconds were not kept, with the evaluation of the same step."""
    place = (point["phase"], point["step"])
    scores = {"valid_nll": point["valid_nll"]}
    for evaluation in evaluations:
        if (evaluation["phase"], evaluation["step"]) == place:
            scores |= {key: value for key, value in evaluation.items() if key not in ("phase", "step")}
    return {"phase": place[0], "step": place[1], "seconds": 0.0, "scores": scores}
