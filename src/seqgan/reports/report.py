"""The report of a run: one self-contained HTML file, from the journal, the settings and the samples of its folder.

It holds no script and loads nothing. Whatever a run may have written (samples are untrusted) is escaped. It can be
written at any time: an unfinished run shows what there is, a run without an adversarial stage says so.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from seqgan.errors import DataError, RunError
from seqgan.records import REFERENCES
from seqgan.reports import charts, curves
from seqgan.reports.outcome import checkpoint_name, comparison, final_scores
from seqgan.reports.settings import settings_rows
from seqgan.reports.tables import arrow, measured, number
from seqgan.runs.files import replace
from seqgan.runs.folder import RunFolder
from seqgan.runs.journal import read

REPORT = "report.html"
SHOWN_SAMPLES = 15
_LONGEST_SAMPLE = 600
_MOST_ROWS = 60
# Terminal escapes and the like have no place in a page; tab and line break have.
_CONTROLS = dict.fromkeys([*range(9), *range(11, 32), *range(127, 160)], "\ufffd")
_COLUMNS = (*REFERENCES, "mle_best", "mle_last", "adversarial_last", "adversarial_best")


def write_report(run_folder: str | Path) -> Path:
    """Write ``report.html`` into a run folder, replacing an older one, and return its path.

    Raises RunError where there is no such folder, DataError where its journal is missing or damaged.
    """
    folder = RunFolder(Path(run_folder))
    if not folder.path.is_dir():
        raise RunError(f"There is no run folder {folder.path}.", "Check the path.")
    events = _events(folder)
    page = _template().render(_context(folder, events))
    target = folder.path / REPORT
    replace(target, page.translate(_CONTROLS).encode("utf-8", "replace"))
    return target


def _template() -> Any:
    environment = Environment(
        loader=PackageLoader("seqgan.reports", "."),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(number=number, measured=measured, signed=signed, duration=duration)
    environment.filters.update(arrow=arrow, pretty=charts.pretty)
    return environment.get_template("report.html.jinja")


def _events(folder: RunFolder) -> list[dict[str, Any]]:
    if not folder.journal.is_file():
        raise DataError(f"{folder.path} has no journal, so there is nothing to report.", "Name a folder of a run.")
    try:
        events = list(read(folder.journal))
    except ValueError as error:
        raise DataError(f"{folder.journal} is damaged: {error}.", "Restore it from a copy.") from None
    return [event for event in events if isinstance(event, dict)]


def _context(folder: RunFolder, events: list[dict[str, Any]]) -> dict[str, Any]:
    settings = settings_rows(folder, events)
    values = {row.key: row.value for row in settings}
    finished = next((event for event in reversed(events) if event.get("event") == "finish"), None)
    return {
        "name": folder.path.resolve().name,
        "task": _task(values),
        "algorithm": values.get("algorithm.name", "unknown algorithm"),
        "seed": values.get("seed"),
        "settings": settings,
        "finished": finished is not None,
        "last": events[-1] if events else None,
        "comparison": comparison(events),
        "finals": final_scores(events),
        "warnings": _warnings(events),
        "charts": _charts(events),
        "adversarial": any(curves.top_phase(event) == "adversarial" for event in events),
        "sweep": _sweep(folder.path / "sweep"),
        "samples": _samples(folder),
        "stages": stage_costs(events),
        "cost": _cost(events, finished),
        "environment": _environment(folder.read_environment()),
    }


def _task(values: Mapping[str, Any]) -> str:
    name, path = str(values.get("task.name", "unknown task")), values.get("task.path")
    return Path(str(path)).name if name == "file" and path else name


def _warnings(events: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Return what went wrong, in order; equal texts once, with their number."""
    texts: dict[str, dict[str, Any]] = {}
    for event in events:
        text = _trouble(event)
        if text:
            place = f"{event.get('phase', '')} {event.get('step', '')}".strip().replace("_", " ")
            texts.setdefault(text, {"text": text, "place": place, "times": 0})["times"] += 1
    return list(texts.values())


def _trouble(event: Mapping[str, Any]) -> str:
    kind = event.get("event")
    if kind in ("warning", "collapse"):
        return str(event.get("text", kind))
    if kind == "not_finite":
        return f"A step of the optimiser '{event.get('optimiser', '?')}' was left out: not finite."
    if kind == "metric_skipped":
        return f"The metric {event.get('metric')} was left out: the task has no {event.get('lacks')}."
    return ""


def _charts(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    points = curves.collect(events)
    found = []
    for place, panel in enumerate(curves.panels(points)):
        shown = curves.of_panel(panel, points)
        stages = curves.stages(events, list(shown.values()))
        if shown and stages:
            drawing = charts.line_chart(panel, shown, stages, f"chart{place}")
            found.append({"panel": panel, "svg": drawing, "table": _data_table(shown, stages)})
    return found


def _data_table(shown: Mapping[str, list[curves.Point]], stages: Sequence[curves.Stage]) -> dict[str, Any]:
    values = {name: {(p.phase, p.step): p.value for p in points} for name, points in shown.items()}
    labels = {stage.phase: stage.label for stage in stages}
    order = {phase: rank for rank, phase in enumerate(labels)}
    places = sorted({place for points in values.values() for place in points}, key=lambda p: (order[p[0]], p[1]))
    kept = charts.thin(places, _MOST_ROWS)
    rows = [[labels[phase], step, *(points.get((phase, step)) for points in values.values())] for phase, step in kept]
    return {"names": list(values), "rows": rows, "left_out": len(places) - len(kept)}


def _sweep(folder: Path) -> dict[str, Any] | None:
    """Return the picture of a temperature sweep as a browser takes it, and its words; None where there is none.

    The picture is a bitmap, which can hold no script.
    """
    try:
        record = json.loads((folder / "sweep.json").read_text(encoding="utf-8"))
        picture = b64encode((folder / "sweep.png").read_bytes()).decode()
        return {"picture": picture, "alt": record["alt"], "readings": [c["reading"] for c in record["comparisons"]]}
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _samples(folder: RunFolder) -> list[dict[str, Any]]:
    files = {path.stem: path for path in sorted(folder.samples.glob("*.txt"))} if folder.samples.is_dir() else {}
    order = [name for name in _COLUMNS if name in files] + [name for name in files if name not in _COLUMNS]
    if "mle_best" in order and "mle_last" in order and len(set(order).difference(REFERENCES)) > 3:
        order.remove("mle_last")
    return [
        {"title": checkpoint_name(name), "lines": _lines(files[name]), "file": f"samples/{name}.txt"} for name in order
    ]


def _lines(path: Path) -> list[str]:
    with path.open(encoding="utf-8", errors="replace") as lines:
        return [_visible(line.rstrip("\r\n")) for line in islice(lines, SHOWN_SAMPLES)]


def _visible(text: str) -> str:
    """Return a sample as it is shown: a very long one is cut."""
    return text if len(text) <= _LONGEST_SAMPLE else text[:_LONGEST_SAMPLE] + " …"


def stage_costs(events: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return for each top-level phase its last step and wall seconds, from the ``seconds`` of its events."""
    costs: dict[str, dict[str, Any]] = {}
    before = 0.0
    for event in events:
        phase = curves.top_phase(event)
        seconds = event.get("seconds")
        if not isinstance(seconds, int | float):
            continue
        label = curves.STAGES.get(phase, phase.replace("_", " "))
        cost = costs.setdefault(phase, {"label": label, "steps": 0, "seconds": 0.0})
        cost["steps"] = max(cost["steps"], int(event.get("step") or 0))
        cost["seconds"] += max(0.0, seconds - before)
        before = max(before, float(seconds))
    return [cost for cost in costs.values() if cost["steps"] or cost["seconds"] >= 1]


def _cost(events: Sequence[Mapping[str, Any]], finished: Mapping[str, Any] | None) -> list[tuple[str, str]]:
    seconds = [event["seconds"] for event in events if isinstance(event.get("seconds"), int | float)]
    rows = [("Wall time", duration(max(seconds)))] if seconds else []
    for key, label in (
        ("generated_sequences", "Sequences generated in training"),
        ("reward_calls", "Sequences rewarded"),
    ):
        if finished is not None and finished.get(key) is not None:
            rows.append((label, number(finished[key])))
    resumes = sum(event.get("event") == "resume" for event in events)
    return [*rows, ("Resumed", f"{resumes} time{'' if resumes == 1 else 's'}")] if resumes else rows


def _environment(facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    rows = []
    for key, value in facts.items():
        if key == "origins":  # shown beside the settings
            continue
        if isinstance(value, Mapping):
            text = ", ".join(f"{name} {inner}" for name, inner in value.items() if inner is not None)
        elif isinstance(value, list):
            text = " ".join(map(str, value))
        else:
            text = "" if value is None else str(value) if not isinstance(value, dict) else json.dumps(value)
        if text:
            rows.append((key.replace("_", " "), text))
    return rows


def duration(seconds: float) -> str:
    """Return a time span as a person says it."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def signed(value: float | None) -> str:
    """Return a change with its sign, a true minus, and as many digits as are worth reading."""
    if value is None:
        return number(value)
    text = number(abs(value))
    return ("+" if value > 0 else "\u2212" if value < 0 else "±") + text
