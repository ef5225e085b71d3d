"""What ``train`` and ``resume`` say before and after the training itself."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seqgan.cli._output import count, duration, note, one_line, say

if TYPE_CHECKING:
    from seqgan.config import Experiment
    from seqgan.data.task import Task


def beginning(experiment: Experiment, task: Task, networks: Mapping[str, Any], out: Path) -> list[str]:
    """Return what a person should know before the training: the data and what is odd, the parts, the machine."""
    parts = [*_parts(experiment, networks), *_pointed_at(experiment), *_time(experiment, task)]
    return [*data_lines(task), *parts, f"Run folder: {out}"]


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


def _parts(experiment: Experiment, networks: Mapping[str, Any]) -> list[str]:
    """Return the networks with their numbers of parameters, and the device."""
    from seqgan.runs import environment

    device = environment.choose_device(experiment.run.device)
    lines = [f"Algorithm: {experiment.names['algorithm']}, seed {experiment.seed}"]
    for name, network in networks.items():
        parameters = sum(weights.numel() for weights in network.parameters())
        lines.append(f"{name.capitalize()} {experiment.names[name]}: {count(parameters, 'parameter')}")
    facts = environment.describe(device)
    threads = count(experiment.run.threads or facts["threads"], "thread")
    return [*lines, f"Device: {device} ({facts['device_name']}), {threads}, {experiment.run.dtype}"]


def _pointed_at(experiment: Experiment) -> list[str]:
    """Return a line for a function of the user's own that the run will call."""
    target = getattr(experiment.parts.get("reward"), "target", "")
    return [f"Reward: calls {target}, Python code of your own"] if target else []


def _time(experiment: Experiment, task: Task) -> list[str]:
    """Return a rough time for the whole run, from this machine's speed and the settings that count epochs and steps.

    An algorithm without settings of these names gets no line; its bars show the time left once it runs.
    """
    from seqgan.data.cost import estimate

    def get(name: str) -> int:
        return int(getattr(experiment.parts["algorithm"], name, 0))

    cost = estimate(len(task.train), int(task.train.lengths.sum()), len(task.vocab), task.max_len)
    epochs = get("pretrain_epochs") or (0 if get("steps") else get("epochs"))
    set_seconds = cost.discriminator_epoch_seconds * get("epochs") * get("negatives") / max(1, len(task.train))
    step_seconds = cost.adversarial_step_seconds * get("g_steps") + set_seconds * get("d_steps")
    total = epochs * cost.mle_epoch_seconds + get("pretrain_discriminator_steps") * set_seconds
    total += get("steps") * step_seconds
    parts = [f"at most {count(epochs, 'epoch')} of likelihood"] if epochs else []
    parts += [f"{count(get('steps'), 'adversarial step')} of {step_seconds:.1f} s"] if get("steps") else []
    return [f"Time: roughly {duration(total)} on this CPU ({', '.join(parts)})"] if parts else []


def ending(run: Path) -> list[str]:
    """Return the results of a finished run: its scores, the comparison, where everything is, what to type next."""
    from seqgan.reports import outcome
    from seqgan.runs import journal

    events = list(journal.read(run / "journal.jsonl"))
    lines = []
    if final := outcome.final_scores(events):
        lines += [f"Scores on the {final['split']} split", *scores(final), ""]
    if compared := outcome.comparison(events):
        lines += ["Did the adversarial stage help?", *comparison(compared), ""]
    place = shlex.quote(str(run))
    return [
        *lines,
        f"Model:   {run / 'model.safetensors'}",
        f"Report:  {run / 'report.html'}",
        f"Sample:  seqgan sample {place} -n 20",
        f"Again:   seqgan report {place}",
    ]


def comparison(found: dict[str, Any]) -> list[str]:
    """Return a table of the changes for each pair of checkpoints, with their intervals, and the verdict."""
    from seqgan.reports.report import signed
    from seqgan.reports.tables import arrow, number, text_table

    lines = []
    for pair in found["pairs"]:
        rows = [
            [
                f"{change.metric} {arrow(change.direction)}".strip(),
                change.before,
                change.after,
                signed(change.change),
                f"{number(change.interval[0])} to {number(change.interval[1])}" if change.interval else None,
                change.judgement,
            ]
            for change in pair.changes
        ]
        lines += text_table(["", pair.before, pair.after, "change", "95 % interval", "judgement"], rows).splitlines()
        lines.append("")
    return [*lines, found["verdict"]]


def scores(found: dict[str, Any]) -> list[str]:
    """Return the final scores as a table with one column for each checkpoint."""
    from seqgan.reports.tables import arrow, text_table

    rows = [
        [f"{row['metric']} {arrow(row['direction'])}".strip(), *(score and score["value"] for score in row["scores"])]
        for row in found["rows"]
    ]
    return text_table(["", *found["columns"]], rows).splitlines()


def train(experiment: Experiment, out: Path) -> None:
    """Train in the new folder ``out``: what is known before on the standard error, the results on the output."""
    from seqgan import api

    def announce(task: Task, networks: Mapping[str, Any]) -> None:
        for line in beginning(experiment, task, networks, out):
            note(line)

    conclude(api.train(experiment, out=out, announce=announce))


def conclude(run: Path) -> None:
    """Write the report of a finished run, then its results to the standard output."""
    from seqgan import api

    api.report(run)
    for line in ending(run):
        say(line)
