"""The page of results, written from records, tables and published figures alone: the same files give the same text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean

from seqgan.bench import comparisons, search
from seqgan.bench.cells import interval_text, label_of, markdown, signed
from seqgan.bench.comparisons import plane_in
from seqgan.bench.sharpening import MLE, curve_of
from seqgan.bench.tables import Row, Sources, Table, checkpoint_of, expand
from seqgan.progress import clock_time
from seqgan.records import REFERENCES
from seqgan.reports.curves import STAGES
from seqgan.reports.outcome import checkpoint_name
from seqgan.reports.tables import arrow, number
from seqgan.results import aggregate
from seqgan.results.record import Record
from seqgan.stats.seeds import Spread

INTRODUCTION = """# Results

Made by `seqgan bench report` from the records under `results/` alone; no figure of a table is typed in by hand. Every
system was trained with each of its seeds; a mean stands with its standard deviation and Student's 95 % interval over
seeds.
On the synthetic task a seed draws the data too; on real data every seed has the same split, and the interval holds
initial weights and sampling alone. "Change over its MLE" is paired: over the same seed's own checkpoint after maximum
likelihood, the last epoch and the best on validation. Values of different definitions never stand in one row.
Published figures are copied, with their source, and were not measured here.

Sharpening is no progress: a lower temperature buys quality with diversity, and MLE has that for nothing. So every
adversarial system also stands against the curve of an MLE over temperatures.

- "Advantage" is how much better its quality is than the curve's at equal diversity, in units of the quality; positive
  is better, whichever way the metric points. "Whole curves" is the mean of the same over all the diversity that both
  curves reach; "from" and "to" are the outermost ends over seeds. "Beyond the curve" is a run whose diversity the
  curve does not reach at any temperature: it is better or worse where it is so in both numbers, else nothing is said.
- "The table's" MLE is the one that the table takes for its control, of the same seed; "its own" is the best epoch of
  the very run's own MLE. Where both learned the same batches from the same weights they are one, and
  it is said; else two MLEs of one kind differ by chance, and who started from the luckier one owes that to no
  adversary: a run that is worse beside "its own" is not called better beside the table's.
- Most runs start from that best epoch, and "its own" tells what the stage after it did. The paper's recipe, the cheaper
  one, their controls and variants (but "early-stopped"), PG-BLEU and the recipe of length 40 start from the last epoch,
  as the authors' code: beside "its own" most of their loss is that of the overfitted epochs before the stage; what
  the stage did is the change over "last".
- A point is better only if it is so by more than its noise: half the width of its quality's own 95 % interval over
  samples, where that is measured. "Sharpening only" is every run that is not better than the sharpened MLE; "no gain"
  if its quality is in no seed better than that of its own MLE as it is. "Not compared": no MLE of it was swept; "a
  reference" claims nothing; "groups of words not counted": a better run may still repeat parts of its samples.
  "Better than a temperature" is no proof of an adversary's use: a policy gradient that only sharpens can be that, too.
  A table of controls has such a run, "sharpening alone", and what the true reward gains beyond it.
- A seed that repeats itself more than its MLE has no advantage and is in no mean of them, nor of whole curves.
- "Unfinished" or "given up" stands for a system of which no seed has come to its end: "Stopped before the end" says how
  far each got. A run without an end stands in no mean.
- The control is one MLE. A system that learns several models and keeps what they know together costs as many: it
  says so, and that several MLEs of which the best is kept are a control too.

How to repeat a row: [experiments](experiments.md). Times are minutes and seconds, or hours, minutes and seconds.
Every point of a curve, commands, published figures with their sources, and signatures with every seed's value are
folded below each table.
"""
FOLDED = ("Over temperatures", "Seeds, cost and how to repeat", "Published figures", "Definitions")
"""The parts that only a reader who checks or repeats something opens."""


def page(tables: Sequence[Table], sources: Sources, figures: Mapping[str, str]) -> str:
    """Return the whole page; ``figures`` maps the name of a table to the file of its figure."""
    parts = [INTRODUCTION, _contents(tables)]
    for table in tables:
        parts.append("\n".join(section(table, sources, figures.get(table.name, ""))))
    return "\n".join(parts).rstrip() + "\n"


def _contents(tables: Sequence[Table]) -> str:
    return "".join(f"- [{table.title}](#{_anchor(table.title)})\n" for table in tables)


def _anchor(title: str) -> str:
    kept = "".join(c for c in title.lower() if c.isalnum() or c in " -_")
    return kept.replace(" ", "-")


def section(table: Table, sources: Sources, figure: str) -> list[str]:
    """Return one table with its figure, comparisons, seeds, costs and definitions."""
    rows = expand(table, sources.experiments)
    lines = [f"## {table.title}", "", *([table.text.strip(), ""] if table.text else [])]
    if table.search:
        return [*lines, *search.listing(table, rows, sources), ""]
    lines += [*_measured(table, rows, sources), ""]
    if figure:
        lines += [f"![{table.title}: {table.quality} over {table.diversity}]({figure})", ""]
    for title, body in (
        ("Against the sharpened MLE", comparisons.sharpening(table, rows, sources)),
        (f"Against the sharpened MLE, at equal {table.also}", _also(table, rows, sources)),
        ("The true reward against its controls", comparisons.controls(table, rows, sources)),
        ("Against the published points", comparisons.published(table, rows, sources)),
        ("Stopped before the end", _stopped(table, rows, sources)),
        ("Not run", _not_run(table, rows, sources)),
        ("Over temperatures", _temperatures(table, rows, sources)),
        ("Seeds, cost and how to repeat", _runs(rows, sources)),
        ("Published figures", _published(rows, sources)),
        ("Definitions", _definitions(table, rows, sources)),
    ):
        lines += _part(title, body) if body else []
    return lines


def _part(title: str, body: Sequence[str]) -> list[str]:
    if title in FOLDED:
        return ["<details>", f"<summary>{title}</summary>", "", *body, "", "</details>", ""]
    return [f"### {title}", "", *body, ""]


def _also(table: Table, rows: Sequence[Row], sources: Sources) -> list[str]:
    """Return the same comparison in the plane of the second diversity, nothing where there is none."""
    other = table.model_copy(update={"diversity": table.also})
    return comparisons.sharpening(other, rows, sources) if table.also else []


def _measured(table: Table, rows: Sequence[Row], sources: Sources) -> list[str]:
    header = ("system", "metric", "published", "mean", "sd", "95 % interval", "seeds", "change over its MLE")
    return markdown(header, [line for row in rows for line in _lines(table, row, sources)])


def _lines(table: Table, row: Row, sources: Sources) -> list[list[str]]:
    """Return the lines of one system: one for each metric and definition, or one that says why there is none."""
    records, quoted = sources.of(row.experiment), sources.quoted(row)
    absence = "not measured" if records else sources.absence(row.experiment)
    metrics = [*table.metrics, *(figure.metric for figure in quoted if figure.metric not in table.metrics)]
    checkpoint, lines = checkpoint_of(row, records), []
    for metric in metrics:
        shown = "; ".join(number(figure.value) for figure in quoted if figure.metric == metric)
        found = aggregate.summaries(records, checkpoint, metric) if records else []
        for summary in found:
            alike = [one for one in records if one.seed in summary.values]
            change = _change(row, alike, sources, checkpoint, metric)
            name = f"{metric} {arrow(summary.direction)}".strip()
            count = f"{summary.spread.count if summary.spread else 0} of {len(summary.values)}"
            lines.append([label_of(row), name, shown, *_spread(summary.spread), count, change])
        if not found and shown:
            lines.append([label_of(row), metric, shown, absence, "", "", "0", ""])
    return lines or [[label_of(row), "", "", absence, "", "", "0", ""]]


def _spread(found: Spread | None) -> tuple[str, str, str]:
    """Return mean, standard deviation and interval as text."""
    if found is None:
        return "not finite", "", ""
    if found.sd is None:
        return number(found.mean), "", interval_text(found.interval)
    rounding = 1e-12 * max(1.0, abs(found.mean))  # what is left of equal values is no spread
    return number(found.mean), number(found.sd if found.sd > rounding else 0.0), interval_text(found.interval)


def _change(row: Row, records: Sequence[Record], sources: Sources, checkpoint: str, metric: str) -> str:
    """Return the paired change over the same seed's MLE with its interval: over its last epoch and over its best."""
    if row.over:
        other = aggregate.across(sources.of(row.over), records, metric, ("mle_last", checkpoint))
        return f"last {signed(other)}" if other else ""
    if checkpoint in (*MLE, "last", *REFERENCES):
        return ""
    places = ("mle_best",) if checkpoint.endswith("_best") else MLE[::-1]
    changes = {before: aggregate.changes(records, checkpoint, before, metric) for before in places}
    return "; ".join(f"{name.removeprefix('mle_')} {signed(found)}" for name, found in changes.items() if found)


def _temperatures(table: Table, rows: Sequence[Row], sources: Sources) -> list[str]:
    plane = plane_in(table, rows, sources)
    if plane is None:
        return []
    places: dict[tuple[str, str], str] = {}
    for row in (row for row in rows if row.checkpoint not in REFERENCES):
        own = checkpoint_of(row, sources.of(row.experiment))
        for checkpoint in MLE if row.experiment == table.control else (own,):
            places.setdefault((row.experiment, checkpoint), row.label or row.experiment)
    lines = []
    for (experiment, checkpoint), label in places.items():
        curves = [curve_of(found, plane, [checkpoint]) for found in sources.of(experiment)]
        for temperature in sorted({point[0] for points in curves for point in points}):
            there = [point[1:] for points in curves for point in points if point[0] == temperature]
            means = [fmean(values) for values in zip(*there, strict=True)]
            shown = [f"{temperature:g}", *map(number, means), str(len(there))]
            lines.append([label, checkpoint_name(checkpoint), *shown])
    return markdown(("system", "checkpoint", "temperature", plane.quality, plane.diversity, "seeds"), lines)


def _runs(rows: Sequence[Row], sources: Sources) -> list[str]:
    lines = []
    for row in rows:
        records = sources.of(row.experiment)
        taken = aggregate.cost(records)
        lost, failed = aggregate.failures(sources.records, row.experiment)
        if taken is None or row.checkpoint in REFERENCES:
            continue
        commits = ", ".join(sorted({str(found.environment.get("commit"))[:10] for found in records}))
        seeds = ", ".join(str(found.seed) for found in records)
        amounts = f"{taken.generated_sequences:,.0f} sequences, {taken.reward_calls:,.0f} rewards"
        shared = "; likelihood training taken over" if any(found.taken_over for found in records) else ""
        spent = f"{clock_time(taken.seconds)}; {amounts}{shared}"
        failures = f"seeds given up: {lost}, attempts failed: {failed}"
        lines.append(
            [
                label_of(row),
                seeds,
                failures,
                spent,
                "; ".join(taken.devices),
                commits,
                _command(row, *_options(records)),
            ]
        )
    return markdown(("system", "seeds", "failures", "a seed took", "machine", "commit", "command"), lines)


def _command(row: Row, *options: str) -> str:
    return f"`{' '.join(('seqgan bench run', f'experiments/{row.experiment}.toml', *options))}`"


def _options(records: Sequence[Record]) -> list[str]:
    """Return what repeats the records of a row: their seeds, their number of threads, their temperatures."""
    swept = sorted({point.temperature for found in records for point in found.temperatures})
    threads = {str(found.environment.get("threads", 0)) for found in records}
    options = ["--seeds", _seeds(records), *(["--threads", *threads] if len(threads) == 1 else [])]
    options += ["--temperatures", ",".join(f"{temperature:g}" for temperature in swept)] if swept else []
    return options


def _seeds(records: Sequence[Record]) -> str:
    seeds = sorted(found.seed for found in records)
    return str(len(seeds)) if seeds == list(range(1, len(seeds) + 1)) else _listed(seeds)


def _listed(seeds: Sequence[int]) -> str:
    """Return seeds as ``--seeds`` takes them; one number alone would mean as many."""
    return f"{seeds[0]}-{seeds[0]}" if len(seeds) == 1 else ",".join(map(str, seeds))


def _stopped(table: Table, rows: Sequence[Row], sources: Sources) -> list[str]:
    """Return one line for every run that was stopped or given up: how far it got, its last evaluation on validation."""
    lines = []
    for row in rows:
        if row.checkpoint in REFERENCES:
            continue
        for found in sources.ended_early(row.experiment):
            why = f"given up; failures: {len(found.failures)}" if found.status == "failed" else "stopped"
            command = _command(row, *_options([found]), *(["--retry-failed"] if found.status == "failed" else []))
            lines.append(
                [label_of(row), str(found.seed), why, *_so_far(found, table), _expected(row, sources), command]
            )
    places = ("last evaluation", "there, on validation", "so far")
    return markdown(("system", "seed", "why", *places, "estimated cost", "command"), lines)


def _so_far(found: Record, table: Table) -> list[str]:
    """Return where a run was last evaluated, its scores there, and its time, as far as its record tells."""
    spent = clock_time(found.cost["seconds"]) if "seconds" in found.cost else ""
    if not found.curve:
        return ["none", "", spent]
    last = found.curve[-1]
    scores = [(name, last.scores.get(name)) for name in table.metrics]
    values = ", ".join(f"{name} {number(value)}" for name, value in scores if value is not None)
    return [f"{STAGES.get(last.phase, last.phase)}, step {last.step}", values, spent]


def _not_run(table: Table, rows: Sequence[Row], sources: Sources) -> list[str]:
    """Return one line for every system without a record, or without some of the seeds that the table wants."""
    lines = []
    for row in rows:
        if row.checkpoint in REFERENCES:
            continue
        begun = {found.seed for found in [*sources.of(row.experiment), *sources.ended_early(row.experiment)]}
        missing = [seed for seed in range(1, table.seeds + 1) if seed not in begun]
        if not begun or missing:
            which = "all" if not begun else ", ".join(map(str, missing))
            options = ["--seeds", _listed(missing)] if begun else []
            why = row.why or "waits for its turn"
            lines.append([label_of(row), which, why, _expected(row, sources), _command(row, *options)])
    return markdown(("system", "seeds", "reason", "estimated cost", "command"), lines)


def _expected(row: Row, sources: Sources) -> str:
    """Return what a seed is expected to take: as those with a record, else by its estimate."""
    taken, expected = aggregate.cost(sources.of(row.experiment)), sources.estimates.get(row.experiment, {})
    if taken is not None:
        return f"{clock_time(taken.seconds)} a seed on {'; '.join(taken.devices)}"
    return f"{clock_time(expected['seconds'])} a seed on {expected['machine']}" if expected else "not estimated"


def _published(rows: Sequence[Row], sources: Sources) -> list[str]:
    return markdown(
        ("system", "metric", "figure", "source", "definition", "note"),
        [
            [row.label or row.experiment, f.metric, number(f.value), f.source, f.definition, f.note]
            for row in rows
            for f in sources.quoted(row)
        ],
    )


def _definitions(table: Table, rows: Sequence[Row], sources: Sources) -> list[str]:
    """Return every definition with its values seed by seed, so that each number of the page can be followed."""
    lines = []
    for row in rows:
        records = sources.of(row.experiment)
        checkpoint = checkpoint_of(row, records)
        for metric in table.metrics:
            for found in aggregate.summaries(records, checkpoint, metric) if records else ():
                each = ", ".join(
                    f"{seed}: {number(value) if value is not None else 'not finite'}"
                    for seed, value in found.values.items()
                )
                lines.append([label_of(row), checkpoint_name(checkpoint), metric, each, f"`{found.signature}`"])
    return markdown(("system", "checkpoint", "metric", "every seed", "signature"), lines)
