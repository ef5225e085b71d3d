"""From a run folder to its record: what the journal, the settings and the environment say, made small."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from seqgan.config import read_toml
from seqgan.errors import RunError
from seqgan.results.flops import Counter, is_likelihood
from seqgan.results.record import Failure, Point, Record
from seqgan.runs import journal
from seqgan.runs.folder import RunFolder

MOST_POINTS = 120  # of the curve in one phase
SHOWN_SAMPLES = 5
_KEPT = ("commit", "device", "device_name", "platform", "processors", "python", "threads", "versions")
_SIZES = ("vocabulary", "max_len", "train")
_COSTS = ("generated_sequences", "reward_calls", "unscored_sequences")
_BESIDE = ("valid_nll", "accuracy", "valid_real", "train_real", "reward")
"""Numbers of the events before an evaluation that belong to its point: of a stage, of "policy_gradient"."""


def record_of(
    folder: Path,
    experiment: str,
    command: str = "",
    failures: Sequence[Failure] = (),
    *,
    so_far: bool = False,
) -> Record:
    """Return the record of a finished run; raises RunError where it is not finished.

    With ``so_far`` a run that was stopped has a record, too, "unfinished": its curve and its seconds up to the last
    event. Paths of this machine are cut down to what lies below the present folder.
    """
    run = RunFolder(folder)
    events = list(journal.read(run.journal)) if run.journal.is_file() else []
    named = {event["event"]: event for event in events}
    finished = "finish" in named
    if not events or not (finished or so_far):
        raise RunError(f"The run {folder} is not finished.", f"Go on with it: seqgan resume {folder}")
    finish = named["finish"] if finished else {"checkpoints": {}, "seconds": events[-1]["seconds"]}
    compared = named.get("comparison", {})
    environment = run.read_environment()
    config = read_toml(run.config)
    sizes = {key: named["start"][key] for key in _SIZES if key in named["start"]}
    return Record(
        experiment=experiment,
        seed=config["seed"],
        status="finished" if finished else "unfinished",
        config=relative(config),
        date=str(finish.get("time", ""))[:10],
        sizes=sizes,
        split=finish.get("split", "test"),
        scores=finish["checkpoints"],
        changes=compared.get("changes", []),
        verdict=compared.get("verdict", ""),
        curve=curve(events, Counter.of(config, sizes)),
        curve_signatures=_signatures(events),
        cost={"seconds": finish["seconds"], **{key: finish[key] for key in _COSTS if key in finish}},
        environment={key: environment[key] for key in _KEPT if key in environment},
        command=command,
        resumes=sum(event["event"] == "resume" for event in events),
        taken_over={event["training"]: event["run"] for event in _all(events, "taken_over")},
        failures=list(failures),
        warnings=[relative(str(event["text"])) for event in islice(_all(events, "warning"), 20)],
        samples=_samples(run),
    )


def failed(experiment: str, config: Mapping[str, Any], command: str, failures: Sequence[Failure]) -> Record:
    """Return the record of a seed that was given up: its settings and how each attempt ended."""
    return Record(
        experiment=experiment,
        seed=int(config["seed"]),
        status="failed",
        config=relative(dict(config)),
        command=command,
        failures=list(failures),
    )


def relative(value: Any) -> Any:
    """Return nested plain data whose texts name no folder of this machine: the present one and home are cut off."""
    if isinstance(value, Mapping):
        return {key: relative(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [relative(inner) for inner in value]
    if isinstance(value, str):
        return value.replace(f"{Path.cwd()}/", "").replace(f"{Path.home()}/", "~/")
    return value


def curve(events: Iterable[Mapping[str, Any]], counter: Counter | None) -> list[Point]:
    """Return the evaluations as points, each with the numbers that were logged in the same step; thinned a phase."""
    beside: dict[str, float | None] = {}
    phases: dict[str, list[Point]] = {}
    epochs: dict[str, int] = {}
    for event in events:
        top = str(event["phase"]).partition("/")[0]
        if is_likelihood(top):
            epochs[top] = int(event["step"])
        if event["event"] in (*journal.STAGES, "policy_gradient"):
            beside |= {key: event[key] for key in _BESIDE if key in event}
        if event["event"] == "evaluate":
            scores = {score["name"]: score["value"] for score in event["scores"]} | beside
            flop = counter.at(top, int(event["step"]), sum(epochs.values())) if counter is not None else None
            point = Point(phase=top, step=event["step"], seconds=event["seconds"], scores=scores, flop=flop)
            phases.setdefault(top, []).append(point)
            beside = {}
    return [point for points in phases.values() for point in thinned(points)]


def thinned(points: Sequence[Point], most: int = MOST_POINTS) -> list[Point]:
    """Return at most ``most`` + 1 points, evenly chosen, the last one always."""
    stride = math.ceil(len(points) / most)
    return list(points) if stride <= 1 else [*points[:-1:stride], points[-1]]


def _all(events: Iterable[Mapping[str, Any]], name: str) -> Iterable[Mapping[str, Any]]:
    return (event for event in events if event["event"] == name)


def _signatures(events: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    return {score["name"]: score["signature"] for event in _all(events, "evaluate") for score in event["scores"]}


def _samples(run: RunFolder) -> dict[str, list[str]]:
    """Return the first samples of every final checkpoint, not chosen; a long one is cut."""
    found = {}
    for path in sorted(run.samples.glob("*.txt")) if run.samples.is_dir() else ():
        with path.open(encoding="utf-8") as lines:
            found[path.stem] = [line.rstrip("\n")[:400] for line in islice(lines, SHOWN_SAMPLES)]
    return found
