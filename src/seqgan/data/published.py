"""Published data sets with files of their own: training, and held-out text that comes apart or is split off."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from seqgan.data.build import Plan, assemble, chosen_length, fit_length
from seqgan.data.corpus import Corpus, TokenTable, read_corpus
from seqgan.data.files import FileSettings, read_rows
from seqgan.data.source import RemoteFile, Source
from seqgan.data.splits import divide
from seqgan.data.task import Task


def read_published(file: RemoteFile, source: Source, tokenize: Callable[[str], list[str]], table: TokenTable) -> Corpus:
    """Read a verified file of one sequence a line."""
    path = source.path(file)
    rows = read_rows(path, FileSettings.model_validate({"path": str(path), "format": "text"}))
    return read_corpus(rows, tokenize, table, file.name)


def carve(corpus: Corpus, rows: int, seed: int) -> tuple[Corpus, Corpus]:
    """Split ``rows`` random sequences off: (the rest, those); the choice depends on ``seed`` alone.

    Only sequences that stand once are split off, so that none of them is in the rest too.
    """
    (rest, chosen, _), _ = divide(corpus.fingerprints, (rows, 0), seed, together=True)
    return corpus.take(rest), corpus.take(chosen)


def publish(parts: Mapping[str, Corpus], table: TokenTable, plan: Plan, files: tuple[RemoteFile, ...]) -> Task:
    """Fit the lengths of training and held-out rows, and assemble the task with sources and licence among its facts.

    Training and validation leave out what is longer than ``max_len`` (default: the longest training sequence); so
    does the test split, and the number left out is among the facts.
    """
    max_len = plan.max_len or max(chosen_length(parts["train"].lengths, None), int(parts["train"].lengths.max()))
    fitting, too_long = {}, {}
    for name, corpus in parts.items():
        fitting[name], too_long[name] = fit_length(corpus, max_len, plan.long, f"the {name} split")
    facts: dict[str, Any] = {
        "sources": {file.name: {"address": file.address, "hash": file.sha256 or file.git_blob} for file in files},
        "licence": files[0].licence,
        "too_long": too_long,
        "max_len_tokens": max_len,
        "warnings": [f"{n:,} {part} sequences are longer than {max_len} tokens." for part, n in too_long.items() if n],
        **plan.facts,
    }
    return assemble(fitting, table, replace(plan, max_len=max_len, facts=facts))
