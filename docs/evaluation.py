"""Write docs/evaluation.md and its figure from the records of a sweep and of scored samples on the captions of COCO.

.venv/bin/python docs/evaluation.py SWEEP SCORES.json   take the records from a sweep's folder and a file of scores
.venv/bin/python docs/evaluation.py                     figure and page again, from the committed records alone
"""

from __future__ import annotations

import json
import sys
from itertools import groupby
from pathlib import Path
from typing import Any

from seqgan.records import Score
from seqgan.reports import sweep_figure
from seqgan.reports.charts import pretty
from seqgan.reports.sweep_curves import Subject, Trace, name_of, planes_of
from seqgan.reports.sweep_points import Point
from seqgan.reports.tables import arrow, number

ROOT = Path(__file__).parent.parent
RECORDS = ROOT / "results" / "coco-sweep"
PAGE, FIGURE = ROOT / "docs" / "evaluation.md", ROOT / "docs" / "figures" / "coco_sweep.svg"
SHOWN = (
    *(f"bleu_{order}" for order in (2, 3, 4, 5)),
    *(f"self_bleu_{order}" for order in (2, 3, 4, 5)),
    *("uniqueness", "novelty", "memorised", "length_mean"),
)
SWEPT = ("bleu_2", "self_bleu_2", "bleu_4", "self_bleu_4", "nll_gen", "uniqueness")
Record = dict[str, Any]


def take(sweep: Path, scores: Path) -> None:
    """Copy the records of a sweep's folder and of a file of scores into the results."""
    RECORDS.mkdir(parents=True, exist_ok=True)
    for source, name in (
        (sweep / "sweep.json", "sweep.json"),
        (sweep / "sweep.csv", "sweep.csv"),
        (scores, "scores.json"),
    ):
        (RECORDS / name).write_bytes(source.read_bytes())


def read() -> tuple[Record, list[Record]]:
    """Return the committed records: the sweep, and the scores of the sample files."""
    return tuple(json.loads((RECORDS / name).read_text(encoding="utf-8")) for name in ("sweep.json", "scores.json"))  # type: ignore[return-value]


def table(header: list[str], rows: list[list[str]], left: int = 1) -> str:
    """Return a Markdown table whose first ``left`` columns hold text."""
    rule = "|---" * left + "|---:" * (len(header) - left) + "|"
    return "\n".join([f"| {' | '.join(header)} |", rule, *(f"| {' | '.join(row)} |" for row in rows)])


def scores_table(scores: list[Record]) -> str:
    """Return the scores of the sample files and of the reference rows, one column each."""
    systems = list(dict.fromkeys(score["system"] for score in scores))
    found = {(score["name"], score["system"]): score for score in scores}
    rows = []
    for name in SHOWN:
        cells = [found.get((name, system)) for system in systems]
        mark = arrow(next(cell["direction"] for cell in cells if cell))
        rows.append([f"{name_of(name)} {mark}".strip(), *(score_cell(cell) for cell in cells)])
    return table(["score", *systems], rows)


def score_cell(score: Record | None) -> str:
    """Return a value with the mark of a shown difference, and its interval."""
    if score is None:
        return ""
    text = number(score["value"]) + ("*" if (score.get("p_value") or 1) < 0.05 else "")
    low, high = score["interval"] or (None, None)
    return text if score["role"] == "reference" or low is None else f"{text} [{number(low)}, {number(high)}]"


def pair(scores: list[Record]) -> str:
    """Return which of the two systems has the better BLEU-4 and which the better self-BLEU-4, in words."""
    own = [score["system"] for score in scores if score["role"] == "sample"]
    systems = list(dict.fromkeys(own))
    values = {(s["name"], s["system"]): s["value"] for s in scores}
    quality = sorted(systems, key=lambda system: -values["bleu_4", system])
    diversity = sorted(systems, key=lambda system: values["self_bleu_4", system])
    parts = [
        f"{order[0]} has the {word} {label} ({values[name, order[0]]:.3f} against {values[name, order[1]]:.3f})"
        for order, word, label, name in (
            (quality, "higher", "BLEU-4", "bleu_4"),
            (diversity, "lower", "self-BLEU-4", "self_bleu_4"),
        )
    ]
    return f"Of the two, {' and '.join(parts)}"


def points_table(points: list[Record]) -> str:
    """Return every point of the sweep, real text first."""
    names = [name for name in SWEPT if any(name in point for point in points)]
    rows = []
    for point in points:
        warm = "" if point["system"] == "real text" else f"{point['temperature']:g}"
        rows.append([point["system"], warm, *("" if point.get(n) is None else f"{point[n]:.3f}" for n in names)])
    return table(["model", "temperature", *(name_of(name) for name in names)], rows)


def gaps_table(comparisons: list[Record]) -> str:
    """Return the gap at equal diversity in every plane."""
    rows = []
    for found in comparisons:
        gap = found["gap"]
        plane = f"{pretty(found['quality'])} at equal {name_of(found['diversity'])}"
        title = f"{plane}, {found['first']} against {found['second']}"
        beats = f"{found['beats']} of {found['of']}"
        if gap is None:
            rows.append([title, found["problem"], "", "", beats])
            continue
        spread = "{:+.4f} to {:+.4f}".format(*gap["intervals"]["mean"])
        span = f"{gap['low']:.3f} to {gap['high']:.3f}"
        rows.append([title, f"{gap['mean']:+.4f}", spread, span, beats])
    return table(["", "mean gap", "95 % interval", "shared range", "points beyond the other curve"], rows)


def traces(points: list[Record]) -> tuple[list[Trace], Point | None]:
    """Return the curves and real text of a record, without the rows behind them, for the figure."""
    found, real = [], None
    for (system, seed, along), rows in groupby(points, key=lambda row: (row["system"], row["seed"], row["along"])):
        kept = tuple(point(row) for row in rows)
        if along:
            found.append(Trace(Subject(system, seed, "", kept[0].model, "", False), along, kept))
        else:
            real = kept[0]
    return found, real


def point(row: Record) -> Point:
    """Return a point from its row in the record."""
    names = [key.removesuffix("_n") for key in row if key.endswith("_n")]
    scores = {}
    for name in names:
        low, high = row[f"{name}_low"], row[f"{name}_high"]
        value = float("inf") if row[name] is None else row[name]
        interval = None if low is None else (low, high)
        scores[name] = Score(name, value, "", "none", "", row[f"{name}_n"], interval)
    return Point("", row["model"], row["temperature"], row["top_p"], scores, row["impossible"], {})


def draw(sweep: Record) -> bytes:
    """Return the figure as SVG."""
    curves, real = traces(sweep["points"])
    planes = planes_of([each for trace in curves for each in trace.points])
    return sweep_figure.as_bytes(sweep_figure.draw(planes, curves, real), "svg", sweep["alt"])


def written(sweep: Record) -> dict[str, str]:
    """Return the numbers of the paragraph that a report would hold."""
    points = sweep["points"]
    at_one = {p["system"]: p for p in points if p["temperature"] == 1 and p["top_p"] == 1}
    main = next(found for found in sweep["comparisons"] if found["quality"] == "bleu_4")
    first, second, real = at_one[main["first"]], at_one[main["second"]], at_one["real text"]
    names = (("", first), ("base_", second), ("real_", real))
    return {
        **{f"{prefix}bleu": f"{row['bleu_4']:.3f}" for prefix, row in names},
        **{f"{prefix}self_bleu": f"{row['self_bleu_4']:.3f}" for prefix, row in names},
        "claim": claim(main),
    }


def claim(found: Record) -> str:
    """Return the sentence about one plane that a report would hold."""
    gap = found["gap"]
    spread = "{:+.4f} to {:+.4f}".format(*gap["intervals"]["mean"])
    return (
        f"At equal {name_of(found['diversity'])} SeqGAN's {pretty(found['quality'])} minus that of MLE is "
        f"{gap['mean']:+.4f} (mean over the shared range, 95 % interval {spread})."
    )


def verdict(comparisons: list[Record]) -> str:
    """Return what the gaps say together."""
    shown = [found for found in comparisons if judged(found["gap"]["intervals"]["mean"])]
    if shown:
        names = ", ".join(
            f"{pretty(found['quality'])} ({judged(found['gap']['intervals']['mean'])})" for found in shown
        )
        return f"At equal diversity SeqGAN differs from MLE in {names}."
    return (
        "At equal diversity no difference in BLEU is shown any more: where SeqGAN seemed to lose quality and win "
        "diversity, it sits elsewhere on the curve that MLE reaches by its temperature."
    )


def judged(spread: list[float]) -> str:
    """Return better or worse where an interval leaves out zero, else nothing."""
    return "better" if spread[0] > 0 else "worse" if spread[1] < 0 else ""


def page(sweep: Record, scores: list[Record]) -> str:
    """Return the whole page."""
    text = (ROOT / "docs" / "evaluation.template").read_text(encoding="utf-8")
    parts = {
        "scores": scores_table(scores),
        "first": scores[0]["system"],
        "signature": scores[0]["signature"],
        "pair": pair(scores),
        "n": str(sweep["grid"]["n"]),
        "count": str(len(sweep["grid"]["temperatures"])),
        "alt": "BLEU against self-BLEU, orders 2 to 5: a curve over temperatures for each model, real text a star",
        "points": points_table(sweep["points"]),
        "gaps": gaps_table(sweep["comparisons"]),
        "verdict": verdict(sweep["comparisons"]),
        "signatures": "\n".join(f"- `{line}`" for line in sweep["points"][1]["signatures"]),
        **written(sweep),
    }
    for key, value in parts.items():
        text = text.replace("{" + key + "}", value)
    return text


def main() -> None:
    """Write what the arguments ask for."""
    if len(sys.argv) > 2:
        take(Path(sys.argv[1]), Path(sys.argv[2]))
    sweep, scores = read()
    FIGURE.write_bytes(draw(sweep))
    PAGE.write_text(page(sweep, scores), encoding="utf-8")


if __name__ == "__main__":
    main()
