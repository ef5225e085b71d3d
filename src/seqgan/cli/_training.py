"""What ``train`` and ``resume`` say before and after the training itself."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seqgan.cli._output import count, duration, note, one_line, say

if TYPE_CHECKING:
    from seqgan.config import Experiment
    from seqgan.data.task import Task
    from seqgan.runs.build import Built


def beginning(experiment: Experiment, built: Built, out: Path) -> list[str]:
    """Return what a person should know before the training: the data and what is odd, the parts, the machine."""
    parts = [*_parts(experiment, built), *_time(experiment, built)]
    return [*data_lines(built.task), *parts, f"Run folder: {out}"]


def data_lines(task: Task) -> list[str]:
    """Return what was read, and what is odd about it."""
    lengths = task.train.lengths.float()
    ended = 0 if task.vocab.end is None else 1
    return [
        f"Task {task.name}: {', '.join(f'{number:,} {name}' for name, number in rows(task).items())} sequences",
        f"Vocabulary: {count(len(task.vocab), 'symbol')}{', the end symbol among them' if ended else ''}",
        f"Lengths: {int(lengths.min()) - ended} to {int(lengths.max()) - ended} tokens, "
        f"median {int(lengths.median()) - ended}; room for {task.max_len - ended}",
        f"For example: {one_line(task.decode(*_first(task))[0])}",
        *(f"warning: {text}" for text in task.facts.get("warnings", ())),
    ]


def rows(task: Task) -> dict[str, int]:
    """Return how many sequences each split has."""
    return {"training": len(task.train), "validation": len(task.valid), "test": len(task.test)}


def _first(task: Task) -> tuple[Any, Any]:
    samples = task.train.samples(slice(0, 1))
    return samples.ids, samples.mask


def _parts(experiment: Experiment, built: Built) -> list[str]:
    """Return the networks that learn with their numbers of parameters, and the device."""
    from seqgan.runs import environment

    lines = [f"Algorithm: {experiment.names['algorithm']}, seed {experiment.seed}"]
    judged = built.reward is None or getattr(built.reward, "uses_discriminator", True)
    learning = {name: network for name, network in built.networks.items() if judged or name != "discriminator"}
    for name, network in learning.items():
        parameters = sum(weights.numel() for weights in network.parameters())
        lines.append(f"{name.capitalize()} {experiment.names[name]}: {count(parameters, 'parameter')}")
    facts = environment.describe(built.device)
    threads = count(experiment.run.threads or facts["threads"], "thread")
    return [*lines, f"Device: {built.device} ({facts['device_name']}), {threads}, {experiment.run.dtype}"]


def _time(experiment: Experiment, built: Built) -> list[str]:
    """Return a rough time for the whole run; an algorithm of unknown settings shows the time left once it runs."""
    from seqgan.bench.estimate import estimate

    found = estimate(experiment, built)
    if found is None:
        return []
    parts = [f"{count(found.epochs, 'epoch')} of likelihood at most, {duration(found.epoch)} each"]
    parts += [f"{count(found.steps, 'adversarial step')}, {duration(found.step)} each"] if found.steps else []
    parts.append(f"{duration(found.measuring)} of measuring")
    own = "; your reward's own time comes on top" if found.own else ""
    return [f"Time: roughly {duration(found.total)} from here on, on this machine ({'; '.join(parts)}){own}"]


def ending(run: Path) -> list[str]:
    """Return the results of a finished run: its scores, the comparison, where everything is, what to type next."""
    from seqgan.reports import outcome
    from seqgan.runs import journal

    events = list(journal.read(run / "journal.jsonl"))
    lines = []
    if final := outcome.final_scores(events):
        lines += [f"Scores on the {final['split']} split", *scores(final), *filter(None, [final["not_finite"]]), ""]
    if compared := outcome.comparison(events):
        lines += ["Did the adversarial stage help?", "", *comparison(compared), ""]
    place = shlex.quote(str(run))
    others = {
        run / "model-best.safetensors": "of the best validation loss",
        run / "model-mle.safetensors": "of likelihood alone, before the adversarial stage",
    }
    return [
        *lines,
        f"Model:   {run / 'model.safetensors'} (the last one, which is sampled)",
        *(f"         {path} ({what})" for path, what in others.items() if path.is_file()),
        f"Report:  {run / 'report.html'}",
        f"Sample:  seqgan sample {place} -n 20",
        f"Again:   seqgan report {place}",
    ]


def comparison(found: dict[str, Any]) -> list[str]:
    """Return the changes of every pair of checkpoints with their intervals, the sampled model's first, and the verdict.

    The values themselves stand in the table of scores.
    """
    from seqgan.reports.report import signed
    from seqgan.reports.tables import arrow, number, text_table

    lines = []
    for pair in found["pairs"]:
        rows = [
            [
                f"{change.metric} {arrow(change.direction)}".strip(),
                signed(change.change),
                f"{number(change.interval[0])} to {number(change.interval[1])}" if change.interval else None,
                change.judgement,
            ]
            for change in pair.changes
        ]
        title = f"{pair.before} -> {pair.after}"
        lines += [*text_table([title, "change", "95 % interval", "judgement"], rows).splitlines(), ""]
    return [*lines, found["verdict"]]


def scores(found: dict[str, Any]) -> list[str]:
    """Return the final scores as a table with one column for each checkpoint."""
    from seqgan.reports.tables import arrow, measured, text_table

    rows = [
        [
            f"{row['metric']} {arrow(row['direction'])}".strip(),
            *(score and measured(score["value"]) for score in row["scores"]),
        ]
        for row in found["rows"]
    ]
    return text_table(["", *found["columns"]], rows).splitlines()


def train(experiment: Experiment, out: Path) -> None:
    """Train in the new folder ``out``: what is known before on the standard error, the results on the output."""
    from seqgan import api

    def announce(built: Built) -> None:
        for line in beginning(experiment, built, out):
            note(line)

    conclude(api.train(experiment, out=out, announce=announce))


def conclude(run: Path) -> None:
    """Write the report of a finished run, then its results to the standard output."""
    from seqgan import api

    api.report(run)
    for line in ending(run):
        say(line)
