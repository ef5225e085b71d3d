"""A run folder written by hand, in the form that runs have: settings, environment, journal, samples."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

CONFIG = """seed = 3

[task]
name = "oracle_grammar"

[algorithm]
name = "seqgan"
steps = 4

[run]
evaluate_every = 5
"""

Event = dict[str, Any]


def score(name: str, value: float | None, direction: str = "lower", unit: str = "nats/token") -> Event:
    interval = None if value is None else [value - 0.1, value + 0.1]
    signature = f"{name}|hypotheses:50|version:0.1.0"
    base = {"name": name, "value": value, "signature": signature, "direction": direction, "unit": unit}
    return {**base, "n": 50, "interval": interval}


def evaluation(phase: str, step: int, nll: float | None, uniqueness: float) -> Event:
    scores = [score("nll_oracle", nll), score("uniqueness", uniqueness, "higher", "share")]
    values = {"nll_oracle": nll, "uniqueness": uniqueness}
    return {"event": "evaluate", "phase": phase, "step": step, "split": "valid", **values, "scores": scores}


def learning() -> list[Event]:
    """Return the events of an unfinished run: three MLE epochs and two adversarial rounds."""
    events: list[Event] = [{"event": "start", "phase": "start", "step": 0, "seed": 3, "vocabulary": 363}]
    for step in (1, 2, 3):
        events.append(
            {"event": "mle", "phase": "pretrain_generator", "step": step, "valid_nll": 4.0 / step, "best": True}
        )
    events.append(evaluation("pretrain_generator", 3, None, 0.9))
    for step in (1, 2):
        inner: Event = {"event": "policy_gradient", "phase": "adversarial", "step": step, "inner": "generator 1"}
        events.append({**inner, "loss": -0.3, "reward": 0.4 + step / 10, "uniqueness": 1.0})
        events.append({"event": "adversarial", "phase": "adversarial", "step": step, "valid_nll": 1.4, "accuracy": 0.7})
    events.append(evaluation("adversarial", 2, 1.25, 0.8))
    return events


def ending() -> list[Event]:
    """Return the events with which such a run finishes."""
    names = ("real", "mle_last", "mle_best", "adversarial_last", "adversarial_best")
    levels = dict(zip(names, (1.3, 1.6, 1.5, 1.2, 1.4), strict=True))
    values: Event = {"metric": "nll_oracle", "direction": "lower", "unit": "nats/token", "values": levels}
    changes = [
        change("nll_oracle", "mle_last", "adversarial_last", -0.4, (-0.5, -0.3), "better"),
        change("nll_oracle", "mle_best", "adversarial_best", -0.1, (-0.2, 0.1), "no evidence"),
    ]
    place: Event = {"phase": "final", "step": 5}
    comparison = {"columns": list(names), "rows": [values], "changes": changes, "verdict": "It made <no> difference."}
    checkpoints = {name: [score("nll_oracle", level)] for name, level in levels.items()}
    costs = {"generated_sequences": 123456, "reward_calls": 7890}
    return [
        {"event": "comparison", **place, **comparison},
        {"event": "finish", **place, "split": "test", "checkpoints": checkpoints, **costs},
    ]


def change(metric: str, before: str, after: str, value: float, interval: tuple[float, float], judgement: str) -> Event:
    names: Event = {"metric": metric, "before": before, "after": after}
    return {**names, "change": value, "interval": interval, "method": "paired", "judgement": judgement}


def write_run(folder: Path, events: list[Event], samples: dict[str, list[str]] | None = None) -> Path:
    """Write a run folder and return it; every event gets its time."""
    folder.mkdir(parents=True)
    timed = [{**event, "seconds": 10.0 * place, "time": "2026-11-01T10:00:00Z"} for place, event in enumerate(events)]
    lines = [json.dumps(event, ensure_ascii=False) + "\n" for event in timed]
    (folder / "journal.jsonl").write_text("".join(lines), encoding="utf-8")
    (folder / "config.toml").write_text(CONFIG, encoding="utf-8")
    (folder / "environment.json").write_text(json.dumps({"python": "3.11", "versions": {"torch": "2.6"}}))
    for name, texts in (samples or {}).items():
        (folder / "samples").mkdir(exist_ok=True)
        (folder / "samples" / f"{name}.txt").write_text("\n".join(texts) + "\n", encoding="utf-8")
    return folder
