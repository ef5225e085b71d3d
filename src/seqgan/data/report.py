"""What a person should know about a file before any training, as plain data."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from seqgan.data.corpus import Corpus
from seqgan.data.cost import Cost
from seqgan.data.files import FileSettings, kind_of, table_header
from seqgan.data.own import Material, read_material, task_of
from seqgan.data.task import Task
from seqgan.data.tokenizers import hint
from seqgan.progress import Progress
from seqgan.stats.shares import percent

_BINS = 20
_LOOKED_AT = 500  # sequences whose spelling is looked at
_GROWTH = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)


@dataclass(frozen=True)
class Lengths:
    """Tokens a sequence, the end symbol not counted; ``histogram`` holds (from, to, sequences), both ends included."""

    shortest: int
    median: float
    mean: float
    quantile_99: int
    longest: int
    histogram: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True)
class Words:
    """The tokens of the whole file before any is left out.

    ``once`` are the distinct tokens seen once only; ``growth`` holds (first sequences of the file, distinct tokens in
    them); ``frequent`` the most frequent tokens with their counts.
    """

    distinct: int
    once: int
    growth: tuple[tuple[int, int], ...]
    frequent: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Report:
    """The report of one file.

    ``header`` is the row that was taken for the names of the columns, () where the file is no table or has none.
    ``too_long`` of the ``sequences`` are longer than ``max_len`` tokens and are dropped or cut (``long``).
    ``duplicates`` are sequences that repeat an earlier one, ``most_repeated`` the commonest with its count.
    ``vocabulary`` is V with special symbols. ``unknown_rate`` and ``overlap_with_train`` are shares of the tokens
    and of the sequences of each split. ``cost`` depends on the networks, which are not this room's: it is added later.
    """

    file: str
    format: str
    header: tuple[str, ...]
    megabytes: float
    lines: int
    empty_lines: int
    sequences: int
    tokens: int
    lengths: Lengths
    words: Words
    max_len: int
    long: str
    too_long: int
    vocabulary: int
    duplicates: int
    most_repeated: tuple[str, int] | None
    rows: dict[str, int]
    unknown_rate: dict[str, float]
    overlap_with_train: dict[str, float]
    split_sha256: dict[str, str]
    examples: tuple[tuple[str, ...], ...]
    warnings: tuple[str, ...]
    cost: Cost | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the report as plain data for JSON."""
        return asdict(self)


def report(settings: FileSettings, progress: Progress | None = None) -> tuple[Report, Task]:
    """Read a file just as training would, and return what it holds and the task; raises DataError where that would."""
    material = read_material(settings, progress)
    task = task_of(material, settings)
    path, corpus, facts = Path(settings.path), material.corpora["train"], task.facts
    lengths, words, format = _lengths(corpus), _words(material), kind_of(path, settings.format)
    duplicates, repeated = _duplicates(material)
    found = Report(
        file=settings.path,
        format=format,
        header=tuple(table_header(path, settings)),
        megabytes=path.stat().st_size / 1e6,
        lines=len(corpus) + corpus.empty,
        empty_lines=corpus.empty,
        sequences=len(corpus),
        tokens=int(corpus.lengths.sum()),
        lengths=lengths,
        words=words,
        max_len=facts["max_len_tokens"],
        long=settings.long,
        too_long=facts["too_long"]["train"],
        vocabulary=len(task.vocab),
        duplicates=duplicates,
        most_repeated=repeated,
        rows=facts["rows"],
        unknown_rate=facts["unknown_rate"],
        overlap_with_train=facts["overlap_with_train"],
        split_sha256=facts["split_sha256"],
        examples=tuple(tuple(row) for row in task.references("train", 3)),
        warnings=(
            *facts["warnings"],
            *_other_tokenizer(material, settings),
            *_rare(words, format),
            *_warnings(corpus, lengths, words, duplicates, task),
        ),
    )
    return found, task


def _lengths(corpus: Corpus) -> Lengths:
    lengths = corpus.lengths
    shortest, longest = int(lengths.min()), int(lengths.max())
    step = max(1, -(-(longest - shortest + 1) // _BINS))
    counts = np.bincount((lengths - shortest) // step)
    histogram = tuple(
        (shortest + i * step, min(longest, shortest + (i + 1) * step - 1), int(count)) for i, count in enumerate(counts)
    )
    usual = int(np.quantile(lengths, 0.99, method="higher"))
    return Lengths(shortest, float(np.median(lengths)), float(lengths.mean()), usual, longest, histogram)


def _words(material: Material) -> Words:
    corpus, tokens = material.corpora["train"], material.table.tokens
    counts = np.bincount(corpus.flat)
    # Tokens are numbered at first sight, so the largest number so far is the count of distinct ones.
    ends = np.cumsum(corpus.lengths)
    seen = sorted({max(1, round(len(corpus) * share)) for share in _GROWTH})
    growth = tuple((rows, int(corpus.flat[: ends[rows - 1]].max()) + 1) for rows in seen)
    top = np.argsort(-counts, kind="stable")[:10]
    frequent = tuple((tokens[i], int(counts[i])) for i in top)
    return Words(len(counts), int((counts == 1).sum()), growth, frequent)


def _duplicates(material: Material) -> tuple[int, tuple[str, int] | None]:
    corpus = material.corpora["train"]
    _, first, counts = np.unique(corpus.fingerprints, return_index=True, return_counts=True)
    repeats = len(corpus) - len(first)
    if not repeats:
        return 0, None
    most = int(counts.argmax())
    tokens, row = material.table.tokens, int(first[most])
    start = int(corpus.lengths[:row].sum())
    words = [tokens[i] for i in corpus.flat[start : start + int(corpus.lengths[row])]]
    return repeats, (material.tokenizer.detokenize(words), int(counts[most]))


def _other_tokenizer(material: Material, settings: FileSettings) -> list[str]:
    """Return the advice to split molecules and DNA into atoms and bases where words were asked for."""
    corpus, tokens = material.corpora["train"], material.table.tokens
    rows = min(len(corpus), _LOOKED_AT)
    words = [tokens[i] for i in corpus.flat[: int(corpus.lengths[:rows].sum())]]
    if settings.tokenizer not in ("word", "whitespace") or sum(map(len, words)) < 1.5 * len(words):
        return []
    ends = np.cumsum(corpus.lengths[:rows]).tolist()
    kind = hint("".join(words[start:end]) for start, end in zip([0, *ends], ends, strict=False))
    what = {"smiles": "molecules written as SMILES", "dna": "strands of DNA"}
    return [f"The lines look like {what[kind]}: try --tokenizer {kind}."] if kind else []


def _rare(words: Words, format: str) -> list[str]:
    """Return the advice to leave out tokens that occur once; ids keep their numbers, so none of them can be."""
    if format == "ids" or words.once <= 0.4 * words.distinct or words.distinct <= 100:
        return []
    share = percent(words.once / words.distinct)
    return [f"{share} of the distinct tokens occur once, too rarely to be learned; try task.min_count=2."]


def _warnings(corpus: Corpus, lengths: Lengths, words: Words, duplicates: int, task: Task) -> list[str]:
    found = []
    if corpus.empty:
        found.append(f"{corpus.empty:,} lines are empty and are skipped.")
    if duplicates > 0.05 * len(corpus):
        share = duplicates / len(corpus)
        found.append(f"{percent(share)} of the sequences repeat an earlier one; task.duplicates=once keeps one each.")
    halves = [count for _, count in words.growth[-2:]]
    if len(halves) == 2 and halves[1] > 1.4 * halves[0] and halves[1] > 100:
        found.append("The vocabulary still grows fast at the end of the file: held-out text will have unknown tokens.")
    if task.max_len > 60:
        found.append(
            f"Sequences of {task.max_len} positions make the Monte-Carlo search {(task.max_len / 20) ** 2:.0f} times "
            "as expensive as the paper's 20; a smaller max_len is cheaper."
        )
    if lengths.shortest < 0.1 * lengths.median:
        found.append(f"The shortest sequence has {lengths.shortest} tokens, the usual one {lengths.median:.0f}.")
    return found
