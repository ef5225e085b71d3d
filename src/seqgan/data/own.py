"""The user's own file as a task: read, measure, split, assemble."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from seqgan.data.build import Plan, assemble, chosen_length, fit_length
from seqgan.data.corpus import Corpus, TokenTable, read_corpus
from seqgan.data.files import FileSettings, Row, kind_of, read_rows, table_warnings
from seqgan.data.splits import divide, first_copies, held_out_sizes, overlap, refuse_copy
from seqgan.data.task import Task
from seqgan.data.tokenizers import Tokenizer, make
from seqgan.errors import DataError
from seqgan.progress import Progress

PARTS = ("train", "valid", "test")
_NOT_FOR_IDS = ("tokenizer", "pattern", "joiner", "lower", "min_count", "max_vocab")


@dataclass(frozen=True)
class Material:
    """What was read before anything was left out: a corpus for each file, the tokens, the tokeniser."""

    corpora: dict[str, Corpus]
    table: TokenTable
    tokenizer: Tokenizer


def read_material(settings: FileSettings, progress: Progress | None = None) -> Material:
    """Read the file and, where they are given, the validation and test file; raises DataError for unusable ones."""
    if not settings.path:
        raise DataError("No file is given.", "Set task.path, or name the file in the command: seqgan train FILE.")
    _refuse_idle(settings)
    tokenizer = make(settings.model_dump(include={"lower", "pattern", "joiner"}) | {"kind": settings.tokenizer})
    table, corpora = TokenTable(), {}
    for part, text in zip(PARTS, (settings.path, settings.valid_path, settings.test_path), strict=True):
        if text:
            corpora[part] = _read(Path(text), settings, tokenizer, table, progress)
    return Material(corpora, table, tokenizer)


def _refuse_idle(settings: FileSettings) -> None:
    """Refuse a setting that this kind of file does not use: whoever gave it expects something else to be read."""
    kind = kind_of(Path(settings.path), settings.format)
    fields = FileSettings.model_fields
    for name in _NOT_FOR_IDS if kind == "ids" else ():
        if getattr(settings, name) != fields[name].default:
            raise DataError(
                f"{settings.path} is read as ids, where {name} has no effect.",
                f"Leave {name} out, or set task.format=text.",
            )
    uses = {"column": ("csv", "tsv"), "field": ("jsonl",), "vocabulary_size": ("ids",)}
    for name, kinds in uses.items():
        if getattr(settings, name) and kind not in kinds:
            raise DataError(
                f"{settings.path} is read as {kind}, where {name} has no effect.",
                f"Leave {name} out, or set task.format={kinds[0]}.",
            )
    for name in ("pattern", "joiner"):
        if getattr(settings, name) and settings.tokenizer != "regex":
            raise DataError(
                f"The tokeniser '{settings.tokenizer}' uses no {name}: it has no effect.",
                f"Leave {name} out, or set tokenizer=regex.",
            )


def _read(
    path: Path, settings: FileSettings, tokenizer: Tokenizer, table: TokenTable, progress: Progress | None
) -> Corpus:
    tokenize = tokenizer.tokenize
    if kind_of(path, settings.format) == "ids":
        tokenize = _split_integers
    rows: Iterator[Row] = read_rows(path, settings)
    if progress is not None:
        rows = progress.track(rows, f"reading {path.name}")
    corpus = read_corpus(rows, tokenize, table, str(path))
    if not len(corpus):
        raise DataError(f"{path} holds no sequence: {corpus.empty} lines, all empty.", "Give one sequence a line.")
    return corpus


def _split_integers(text: str) -> list[str]:
    return text.replace(",", " ").split()


def load_file(settings: FileSettings, progress: Progress | None = None, name: str = "file") -> Task:
    """Return the task of a user's file; raises DataError naming the line and the remedy where it cannot be used."""
    return task_of(read_material(settings, progress), settings, name)


def task_of(material: Material, settings: FileSettings, name: str = "file") -> Task:
    """Leave out what does not fit, split and assemble; the material is not needed afterwards."""
    train = material.corpora["train"]
    max_len = chosen_length(train.lengths, settings.max_len)
    facts: dict[str, Any] = {
        "file": Path(settings.path).name,
        "sha256": {part: file_sha256(Path(p)) for part, p in _paths(settings).items()},
        "empty_lines": {part: corpus.empty for part, corpus in material.corpora.items()},
        "too_long": {},
        "warnings": table_warnings(Path(settings.path), settings),
    }
    fitting = {}
    for part, corpus in material.corpora.items():
        fitting[part], facts["too_long"][part] = fit_length(corpus, max_len, settings.long, _paths(settings)[part])
    parts = _divide(fitting, settings, facts)
    _say_lengths(facts, max_len, settings)
    integers = kind_of(Path(settings.path), settings.format) == "ids"
    plan = Plan(
        name=name,
        tokenizer=make({"kind": "whitespace"}) if integers else material.tokenizer,
        max_len=max_len,
        long=settings.long,
        min_count=settings.min_count,
        max_vocab=settings.max_vocab,
        end=settings.end,
        integers=integers,
        vocabulary_size=settings.vocabulary_size,
        facts=facts,
        files=dict.fromkeys(PARTS, settings.path) | _paths(settings),
    )
    return assemble(parts, material.table, plan)


def _paths(settings: FileSettings) -> dict[str, str]:
    named = zip(PARTS, (settings.path, settings.valid_path, settings.test_path), strict=True)
    return {part: text for part, text in named if text}


def _divide(fitting: dict[str, Corpus], settings: FileSettings, facts: dict[str, Any]) -> dict[str, Corpus]:
    """Split off what has no file of its own; refuse a held-out file that training holds, and what teaches nothing."""
    train = fitting["train"]
    if len(train) > 1 and len(np.unique(train.fingerprints)) == 1:
        raise DataError(f"All {len(train):,} usable lines of {settings.path} are the same sequence.", "Give several.")
    if settings.duplicates == "once":
        train = train.take(first_copies(train.fingerprints))
    for part in ("valid", "test"):
        if part in fitting:
            refuse_copy(_paths(settings)[part], part, overlap(fitting[part], train))
    shares = (
        0.0 if "valid" in fitting else settings.valid_share,
        0.0 if "test" in fitting else settings.test_share,
    )
    if sum(shares) >= 1:
        raise DataError("valid_share and test_share leave nothing to train on.", "Make their sum smaller than 1.")
    sizes = held_out_sizes(len(train), shares, settings.held_out_rows, settings.path)
    if not any(sizes):
        return {**fitting, "train": train}
    masks, apart = divide(train.fingerprints, sizes, settings.split_seed, settings.duplicates == "together")
    if settings.duplicates == "together" and not apart:
        facts["warnings"].append("The file repeats few sequences so often that equal ones stand in several splits.")
    pieces = {part: train.take(mask) for part, mask in zip(PARTS, masks, strict=True)}
    return {**pieces, **{part: fitting[part] for part in ("valid", "test") if part in fitting}}


def _say_lengths(facts: dict[str, Any], max_len: int, settings: FileSettings) -> None:
    facts["max_len_tokens"] = max_len
    for part, count in facts["too_long"].items():
        if count:
            done = "cut; they teach no ending" if settings.long == "cut" else "left out"
            facts["warnings"].append(
                f"{count:,} lines of the {part} file are longer than {max_len} tokens and were {done}."
            )


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
