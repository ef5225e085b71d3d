"""Report what a file or task holds, and what is odd about it, before any training."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from seqgan.cli._options import Column, Field, Json, MaxLen, Set, Task, Tokenizer, file_settings
from seqgan.cli._output import columns, count, dump, duration, one_line, say
from seqgan.stats.shares import percent

if TYPE_CHECKING:
    from seqgan.data.cost import Cost
    from seqgan.data.report import Report

_BAR = 40
_ROW = 60  # characters of a row of the file


def command(
    task: Task,
    tokenizer: Tokenizer = None,
    column: Column = None,
    field: Field = None,
    max_len: MaxLen = None,
    settings: Set = None,
    as_json: Json = False,
) -> None:
    """Report lines, lengths, vocabulary, duplicates, overlap of the splits, cost, and warnings in plain words.

    The file is read, tokenised and split just as seqgan train would do it; nothing is written.

    Example: seqgan data captions.txt --tokenizer word
    """
    from seqgan import api

    own = file_settings(tokenizer, column, field, max_len)
    experiment = api.experiment(task, settings=[*own, *(settings or [])], origin="command line")
    if experiment.names["task"] == "file":
        report = api.report_of(experiment)
        lines, facts = file_lines(report), report.as_dict()
    else:
        from seqgan.cli import _training

        loaded = api.load_task(experiment)
        facts = {"task": loaded.name, "rows": _training.rows(loaded), "max_len": loaded.max_len, **loaded.facts}
        lines = [*_training.data_lines(loaded), *_fact_lines(loaded.facts)]
    if as_json:
        dump(facts)
        return
    for line in lines:
        say(line)


def _fact_lines(facts: dict[str, Any]) -> list[str]:
    """Return what else a task says about itself: sources, hashes, licence."""
    told = {key.replace("_", " "): _words(value) for key, value in facts.items() if key != "warnings" and value}
    return columns(told.items())


def _words(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, float):
        return f"{value:.4g}"
    return json.dumps(value, ensure_ascii=False)


def file_lines(report: Report) -> list[str]:
    """Return the report of a file as lines for a person."""
    lengths, words = report.lengths, report.words
    kept = "are cut" if report.long == "cut" else "are left out"
    rows = {
        "File": f"{report.file} ({report.format}, {report.megabytes:.1f} MB)",
        "Lines": f"{report.lines:,}, of them {report.empty_lines:,} empty",
        "Sequences": f"{report.sequences:,} with {report.tokens:,} tokens",
        "Lengths": f"{lengths.shortest} to {lengths.longest} tokens, median {lengths.median:.0f}, mean "
        f"{lengths.mean:.1f}; 99 % have at most {lengths.quantile_99}",
        "Longest kept": f"{report.max_len} tokens (--max-len); {report.too_long:,} longer ones {kept}",
        "Vocabulary": f"{report.vocabulary:,} symbols; {words.distinct:,} distinct tokens in the file, "
        f"{words.once:,} of them once",
        "Frequent": " ".join(one_line(token) for token, _ in words.frequent),
        "Duplicates": _duplicates(report),
        "Splits": ", ".join(f"{number:,} {name}" for name, number in report.rows.items()),
        "Unknown": _shares(report.unknown_rate, "tokens"),
        "In training too": _shares(report.overlap_with_train, "sequences"),
    }
    if report.header:
        named = ", ".join(map(one_line, report.header))[:_ROW]
        rows["Header"] = f"the first row, {named}; where it is a sequence: --set task.header=false"
    lines = columns((f"{name}:", text) for name, text in rows.items())
    return [*lines, *_growth(report), *_histogram(report), *_examples(report), *_cost(report), *_advice(report)]


def _duplicates(report: Report) -> str:
    if report.most_repeated is None:
        return "none"
    text, times = report.most_repeated
    return (
        f"{count(report.duplicates, 'sequence repeats', 'sequences repeat')} an earlier one; "
        f"most often ({times:,}): {one_line(text)[:_ROW]}"
    )


def _shares(shares: dict[str, float], noun: str) -> str:
    return ", ".join(f"{percent(share)} of the {name} {noun}" for name, share in shares.items() if name != "train")


def _growth(report: Report) -> Iterator[str]:
    yield ""
    yield "Vocabulary growth: distinct tokens in the first sequences"
    yield from columns(((f"{rows:,}", f"{distinct:,}") for rows, distinct in report.words.growth), indent="  ")


def _histogram(report: Report) -> Iterator[str]:
    yield ""
    yield "Lengths: tokens, sequences"
    most = max(number for _, _, number in report.lengths.histogram)
    bins = (
        (f"{low}" if low == high else f"{low} to {high}", f"{number:,}", "#" * round(_BAR * number / most))
        for low, high, number in report.lengths.histogram
    )
    yield from columns(bins, indent="  ")


def _examples(report: Report) -> Iterator[str]:
    yield ""
    yield "Examples, the tokens apart"
    for row in report.examples:
        yield "  " + " | ".join(one_line(token) for token in row)


def _cost(report: Report) -> Iterator[str]:
    cost = report.cost
    if cost is None:
        return
    yield ""
    if cost.total_seconds is not None:
        yield (
            f"Time of seqgan train with these settings on this machine: roughly {duration(cost.total_seconds)} in all"
        )
        yield f"  ({', '.join(_times(cost))})"
    megabytes = cost.data_megabytes, cost.networks_megabytes, cost.step_megabytes
    yield "Memory: {:,.0f} MB for the data, {:,.0f} MB for the networks, {:,.0f} MB for a step".format(*megabytes)


def _times(cost: Cost) -> Iterator[str]:
    """Return the parts of a run with their times: those that it has."""
    if cost.epochs:
        yield f"{count(cost.epochs, 'epoch')} of likelihood at most, {duration(cost.epoch_seconds or 0)} each"
    if cost.before_seconds:
        yield f"{duration(cost.before_seconds)} for the discriminator's first lessons"
    if cost.steps:
        yield f"{count(cost.steps, 'adversarial step')}, {duration(cost.step_seconds or 0)} each"
    yield f"{duration(cost.measuring_seconds or 0)} of measuring"


def _advice(report: Report) -> Iterator[str]:
    yield ""
    yield from (f"warning: {text}" for text in report.warnings)
    if not report.warnings:
        yield "Nothing odd was found."
