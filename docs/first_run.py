"""Write docs/first_run.md, its figure and its record from a finished run on the captions of COCO.

.venv/bin/python docs/first_run.py RUN     from the run folder: record, figure and page
.venv/bin/python docs/first_run.py         figure and page again, from the committed record alone
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("svg")
from matplotlib import pyplot

ROOT = Path(__file__).parent.parent
RECORD = ROOT / "results" / "first-run" / "seed-1.json"
PAGE, FIGURE = ROOT / "docs" / "first_run.md", ROOT / "docs" / "figures" / "first_run.svg"
COLUMNS = {
    "real": "real captions",
    "mle_last": "MLE, last",
    "mle_best": "MLE, best validation",
    "adversarial_last": "adversarial, last",
    "adversarial_best": "adversarial, best validation",
}
METRICS = (
    *(f"bleu_{order}" for order in (2, 3, 4, 5)),
    *(f"self_bleu_{order}" for order in (2, 3, 4, 5)),
    "nll_gen",
    "uniqueness",
)


def record(run: Path) -> dict[str, Any]:
    """Return what the page needs of a run folder: outcome, curves, kills, cost, environment, 20 samples a column."""
    events = [json.loads(line) for line in (run / "journal.jsonl").read_text(encoding="utf-8").splitlines()]
    named = {event["event"]: event for event in events}
    environment = json.loads((run / "environment.json").read_text(encoding="utf-8"))
    return {
        "experiment": "first-run",
        "seed": named["start"]["seed"],
        "config": (run / "config.toml").read_text(encoding="utf-8"),
        "environment": {key: environment[key] for key in sorted(environment) if key in KEPT},
        "sizes": {key: named["start"][key] for key in ("vocabulary", "max_len", "train")},
        "resumes": [
            {key: event[key] for key in ("phase", "step", "checkpoint", "seconds")}
            for event in events
            if event["event"] == "resume"
        ],
        "curve": [
            {key: event.get(key) for key in ("phase", "step", "valid_nll")}
            for event in events
            if event["event"] in ("mle", "adversarial")
        ],
        "evaluations": [
            {key: event.get(key) for key in ("phase", "step", "bleu_4", "self_bleu_4")}
            for event in events
            if event["event"] == "evaluate"
        ],
        "warnings": [event["text"] for event in events if event["event"] == "warning"],
        "comparison": {key: named["comparison"][key] for key in ("rows", "changes", "verdict")},
        "finish": {key: value for key, value in named["finish"].items() if key not in ("time", "phase", "step")},
        "samples": {
            column: (run / "samples" / f"{column}.txt").read_text(encoding="utf-8").splitlines()[:20]
            for column in ("mle_best", "adversarial_last")
        },
    }


KEPT = {"versions", "device", "device_name", "threads", "commit", "platform", "python"}


def draw(data: dict[str, Any]) -> None:
    """Draw the validation loss and BLEU-4 beside self-BLEU-4, with the adversarial stage marked."""
    epochs = sum(point["phase"] == "pretrain_generator" for point in data["curve"])
    figure, (left, right) = pyplot.subplots(1, 2, figsize=(9, 3.2))

    def place(point: dict[str, Any]) -> int:
        return int(point["step"]) + (epochs if point["phase"] == "adversarial" else 0)

    left.plot([place(p) for p in data["curve"]], [p["valid_nll"] for p in data["curve"]], color="#1d4ed8")
    left.set_ylabel("validation NLL, nats a token")
    for name, style in (("bleu_4", "-"), ("self_bleu_4", "--")):
        points = [p for p in data["evaluations"] if p[name] is not None]
        right.plot([place(p) for p in points], [p[name] for p in points], style, color="#b45309", label=name)
    right.legend(frameon=False)
    for axis in (left, right):
        axis.axvspan(epochs, max(place(p) for p in data["curve"]), color="#f1f5f9", zorder=0)
        axis.set_xlabel("MLE epochs, then (grey) adversarial steps")
        axis.spines[["top", "right"]].set_visible(False)
    figure.tight_layout()
    matplotlib.rcParams["svg.hashsalt"] = "first run"
    figure.savefig(FIGURE, metadata={"Date": None})


def table(data: dict[str, Any]) -> list[str]:
    """Return the outcome as a Markdown table, one row a metric, and the paired changes as another."""
    values = {row["metric"]: row for row in data["comparison"]["rows"]}
    lines = ["| metric | " + " | ".join(COLUMNS.values()) + " |", "|---|" + "---:|" * len(COLUMNS)]
    for name in METRICS:
        if name in values:
            cells = (values[name]["values"].get(column) for column in COLUMNS)
            shown = " | ".join("" if cell is None else f"{cell:.3f}" for cell in cells)
            lines.append(f"| {name} ({values[name]['direction']} is better) | {shown} |")
    lines += ["", "| paired change, adversarial minus MLE | change | 95 % interval | judgement |", "|---|---:|---|---|"]
    for change in data["comparison"]["changes"]:
        interval = "" if change["interval"] is None else "{:+.4f} to {:+.4f}".format(*change["interval"])
        name = f"{change['metric']}, {COLUMNS[change['before']]} to {COLUMNS[change['after']]}"
        lines.append(f"| {name} | {change['change']:+.4f} | {interval} | {change['judgement']} |")
    return lines


def samples(data: dict[str, Any]) -> list[str]:
    """Return the first 20 samples of the last adversarial model and of MLE, not chosen."""
    lines = []
    for column, rows in data["samples"].items():
        lines += ["", f"### {COLUMNS[column][0].upper()}{COLUMNS[column][1:]}", "", "```text", *rows, "```"]
    return lines


def checkpoints(data: dict[str, Any]) -> str:
    """Return which step the best checkpoint is, and how the last one was judged: a verdict alone hides both."""
    stage = [point for point in data["curve"] if point["phase"] == "adversarial"]
    best = min(stage, key=lambda point: point["valid_nll"])["step"]
    judged: dict[str, list[str]] = {}
    for change in data["comparison"]["changes"]:
        if change["after"] == "adversarial_last":
            judged.setdefault(change["judgement"], []).append(change["metric"])
    last = "; ".join(f"{word} on {', '.join(names)}" for word, names in judged.items())
    return (
        f"The best adversarial checkpoint by validation loss is that of step {best} of {stage[-1]['step']}.\n"
        f"The last one, beside the last of MLE: {last}."
    )


def page(data: dict[str, Any]) -> str:
    """Return the whole page."""
    epochs = sum(point["phase"] == "pretrain_generator" for point in data["curve"])
    steps = sum(point["phase"] == "adversarial" for point in data["curve"])
    threads = data["environment"]["threads"]
    kills = "; ".join(f"in {r['phase']}, step {r['step']}" for r in data["resumes"])
    cost = {key: value for key, value in data["finish"].items() if isinstance(value, int | float | str)}
    text = (ROOT / "docs" / "first_run.template").read_text(encoding="utf-8")
    parts = {
        "epochs": str(epochs),
        "steps": str(steps),
        "threads": "one processor core" if threads == 1 else f"{threads} processor cores",
        "kills": f"{len(data['resumes'])} time(s): {kills}",
        "verdict": data["comparison"]["verdict"],
        "checkpoints": checkpoints(data),
        "table": "\n".join(table(data)),
        "samples": "\n".join(samples(data)),
        "warnings": "\n".join(f"- {line}" for line in data["warnings"]) or "none",
        "cost": "\n".join(f"- {key}: {value}" for key, value in cost.items()),
        "environment": "\n".join(f"- {key}: {value}" for key, value in data["environment"].items()),
        "config": data["config"].strip(),
    }
    for key, value in parts.items():
        text = text.replace("{" + key + "}", value)
    return text


def main() -> None:
    """Write what the arguments ask for."""
    if len(sys.argv) > 1:
        RECORD.parent.mkdir(parents=True, exist_ok=True)
        RECORD.write_text(json.dumps(record(Path(sys.argv[1])), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    data = json.loads(RECORD.read_text(encoding="utf-8"))
    draw(data)
    PAGE.write_text(page(data), encoding="utf-8")


if __name__ == "__main__":
    main()
