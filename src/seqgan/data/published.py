"""Published data sets with files of their own: training, and held-out text that comes apart or is split off."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from pydantic import Field

from seqgan import config
from seqgan.data.build import Plan, assemble, chosen_length, fit_length
from seqgan.data.corpus import Corpus, TokenTable, read_corpus
from seqgan.data.files import FileSettings, read_rows
from seqgan.data.source import RemoteFile, Source
from seqgan.data.splits import divide
from seqgan.data.task import Task
from seqgan.data.tokenizers import Tokenizer
from seqgan.stats.sentence_bleu import Definition


class TextSettings(config.Settings):
    """Settings of published text: how much of it is used, and by which definition BLEU measures it."""

    max_len: int | None = Field(None, ge=1, le=200, description="most tokens; unset: the longest training sequence")
    min_count: int = Field(1, ge=1, description="a word seen less often in training becomes the unknown symbol")
    definition: Definition = Field("texygen", description="of bleu and self_bleu: see the metric bleu")


class CarvedSettings(TextSettings):
    """Settings of text that has no validation file: some training sequences are set aside."""

    valid_rows: int = Field(500, ge=1, le=5_000, description="training sequences set aside for validation")
    split_seed: int = Field(1, ge=0, description="chooses the sequences set aside; not the run's seed")


def text_plan(name: str, tokenizer: Tokenizer, settings: TextSettings, **more: Any) -> Plan:
    """Return the plan of a task with these settings; ``more`` are other fields of :class:`Plan`."""
    details = {"definition": settings.definition}
    return Plan(name, tokenizer, max_len=settings.max_len, min_count=settings.min_count, details=details, **more)


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
        **plan.facts,
    }
    cut = [f"{n:,} {part} sequences are longer than {max_len} tokens." for part, n in too_long.items() if n]
    facts["warnings"] = [*cut, *plan.facts.get("warnings", ())]
    return assemble(fitting, table, replace(plan, max_len=max_len, facts=facts))
