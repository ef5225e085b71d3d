"""From corpora to a task: which sequences fit, the vocabulary of the training split, padded ids, facts, warnings."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray

from seqgan.data.corpus import Corpus, Ints, TokenTable
from seqgan.data.splits import overlap
from seqgan.data.task import Split, Task
from seqgan.data.tokenizers import Tokenizer
from seqgan.data.vocab import Vocab
from seqgan.errors import DataError
from seqgan.stats.shares import percent

LONGEST_AUTO = 100
LARGEST_ID = 1_000_000
TEXT_METRICS = ("nll_gen", "bleu", "self_bleu", "uniqueness")


@dataclass(frozen=True)
class Plan:
    """How corpora become a task; the names are those of :class:`seqgan.data.files.FileSettings`.

    ``files`` names, for messages, the file that each split was read from; ``details`` are those of the task.
    """

    name: str
    tokenizer: Tokenizer
    max_len: int | None = None
    long: Literal["drop", "cut"] = "drop"
    min_count: int = 1
    max_vocab: int = 0
    end: bool = True
    integers: bool = False
    vocabulary_size: int = 0
    metrics: tuple[str, ...] = TEXT_METRICS
    facts: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    details: Mapping[str, str] = field(default_factory=dict)


def chosen_length(lengths: Ints, max_len: int | None) -> int:
    """Return the most tokens of a sequence: the given number, else one that suits the data.

    The longest line decides, unless it is more than half as long again as 99 % of the lines are; then those decide.
    Never above 100 unless asked for, because the cost of the Monte-Carlo search grows with the square.
    """
    if max_len is not None:
        return max_len
    longest, usual = int(lengths.max()), int(np.quantile(lengths, 0.99, method="higher"))
    return min(longest if longest <= 1.5 * usual else usual, LONGEST_AUTO)


def fit_length(corpus: Corpus, max_len: int, long: str, name: str) -> tuple[Corpus, int]:
    """Return the corpus without sequences longer than ``max_len`` (``long`` = drop), and how many are longer.

    Raises DataError where nothing is left.
    """
    fits = corpus.lengths <= max_len
    too_long = int((~fits).sum())
    if long == "cut" or not too_long:
        return corpus, too_long
    if too_long == len(corpus):
        shortest = int(corpus.lengths.argmin())
        raise DataError(
            f"All {len(corpus):,} lines of {name} are longer than max_len={max_len}; the shortest, "
            f"line {corpus.lines[shortest]}, has {corpus.lengths[shortest]} tokens.",
            "Raise max_len, set long=cut, or choose another tokenizer.",
        )
    return corpus.take(fits), too_long


def assemble(parts: Mapping[str, Corpus], table: TokenTable, plan: Plan) -> Task:
    """Build the task of corpora ``train``, ``valid`` and ``test`` that share ``table``.

    The vocabulary comes from ``train`` alone. It has an unknown symbol only where one is needed: where min_count or
    max_vocab leave a training token out, or where a held-out sequence has a token that training has not.
    Raises DataError where a vocabulary of fewer than two tokens results or ids are out of range.
    """
    tokens = table.tokens
    max_len = int(plan.max_len or max(part.lengths.max() for part in parts.values()))
    if plan.integers:
        vocab, final = _integer_vocab(parts, tokens, plan)
    else:
        vocab, final = _word_vocab(parts, tokens, plan)
    width = max_len + (1 if plan.end else 0)
    splits = {name: _split(part, final, vocab, width, tokens) for name, part in parts.items()}
    facts = {**plan.facts, **_facts(parts, splits, vocab)}
    facts["warnings"] = [*plan.facts.get("warnings", ()), *_warnings(facts, plan.integers)]
    return Task(
        name=plan.name,
        vocab=vocab,
        tokenizer=plan.tokenizer,
        max_len=width,
        train=splits["train"],
        valid=splits["valid"],
        test=splits["test"],
        metrics=plan.metrics,
        facts=facts,
        details=dict(plan.details),
    )


def _word_vocab(parts: Mapping[str, Corpus], tokens: list[str], plan: Plan) -> tuple[Vocab, Ints]:
    counts = np.bincount(parts["train"].flat, minlength=len(tokens))
    kept = [i for i in np.flatnonzero(counts >= plan.min_count).tolist()]
    frequent = len(kept)
    if plan.max_vocab and frequent > plan.max_vocab:
        kept = sorted(kept, key=lambda i: (-counts[i], tokens[i]))[: plan.max_vocab]
    if len(kept) < 2:
        raise DataError(
            f"The training split has a vocabulary of {'one token' if kept else 'no token'}"
            + (f", {tokens[kept[0]]!r}." if kept else "."),
            "Raise max_vocab."
            if len(kept) < frequent
            else "Choose another tokenizer (char splits a line into characters), or lower min_count.",
        )
    used = np.zeros(len(tokens), np.bool_)
    for part in parts.values():
        used[np.unique(part.flat)] = True
    used[kept] = False
    vocab = Vocab.build((tokens[i] for i in kept), end=plan.end, unknown=bool(used.any()))
    final = np.full(len(tokens), -1, np.int32)
    final[kept] = [vocab.ids[tokens[i]] for i in kept]
    return vocab, final


def _integer_vocab(parts: Mapping[str, Corpus], tokens: list[str], plan: Plan) -> tuple[Vocab, Ints]:
    values = np.array([_integer(token) for token in tokens], np.int64)
    limit = plan.vocabulary_size or LARGEST_ID
    for name, part in parts.items():
        wrong = (values < 0) | (values >= limit)
        if wrong.any() and (at := np.flatnonzero(wrong[part.flat])).size:
            raise DataError(
                f"Line {part.line_of(int(at[0]))} of {plan.files.get(name, plan.name)} has "
                f"{tokens[part.flat[at[0]]]!r}, which is no id from 0 to {limit - 1}.",
                f"{_cause(tokens[part.flat[at[0]]])}, or read the file with format=text and tokenizer=whitespace.",
            )
    size = plan.vocabulary_size or int(values[parts["train"].flat].max()) + 1
    if size < 2:
        raise DataError("The training split has a vocabulary of one token, the id 0.", "Give sequences of several ids.")
    unseen = any((values[part.flat] >= size).any() for part in parts.values())
    vocab = Vocab.build((str(i) for i in range(size)), end=plan.end, unknown=unseen, ordered=True)
    return vocab, np.where(values < size, values, -1).astype(np.int32)


def _cause(token: str) -> str:
    """Return what to do about a token that is no id, up to the comma before what always helps."""
    if token.isascii() and token.isdigit():
        return "Correct it, raise vocabulary_size"
    if token.startswith("-") and token[1:].isdigit():
        return "Ids count from 0, never below: correct it, add a number to all of them"
    return "Ids are whole numbers: correct it"


def _integer(token: str) -> int:
    return int(token) if token.isascii() and token.isdigit() and len(token) <= 12 else -1


def _split(part: Corpus, final: Ints, vocab: Vocab, width: int, tokens: list[str]) -> Split:
    """Pad one corpus to (N, width); a sequence without room for the end symbol fills every position and has none."""
    filler = 0 if vocab.end is None else vocab.end
    if vocab.end is None and (odd := part.lengths != width).any():
        line = int(part.lines[odd.argmax()])
        raise DataError(
            f"Without end symbol every sequence needs {width} tokens; line {line} has {part.lengths[odd.argmax()]}.",
            "Set end=true, or give sequences of one length.",
        )
    matrix = part.padded(width, -1)
    unknown = (matrix >= 0) & (final[matrix] < 0)
    ids = np.where(matrix >= 0, final[matrix], filler).astype(np.int32)
    words: tuple[str, ...] = ()
    if vocab.unknown is not None and unknown.any():
        words = tuple(tokens[i] for i in matrix[unknown].tolist())
        ids[unknown] = vocab.unknown
    lengths = np.minimum(part.lengths + (vocab.end is not None), width).astype(np.int32)
    places = torch.from_numpy(np.flatnonzero(unknown))
    return Split(torch.from_numpy(ids), torch.from_numpy(lengths), places, words)


def _facts(parts: Mapping[str, Corpus], splits: Mapping[str, Split], vocab: Vocab) -> dict[str, Any]:
    tokens = {name: int(part.lengths.sum()) for name, part in parts.items()}
    return {
        "vocabulary": len(vocab),
        "vocabulary_sha256": vocab.digest,
        "rows": {name: len(part) for name, part in parts.items()},
        "tokens": tokens,
        "unknown_rate": {name: len(s.unknown_words) / max(1, tokens[name]) for name, s in splits.items()},
        "overlap_with_train": {name: overlap(parts[name], parts["train"]) for name in ("valid", "test")},
        "split_sha256": {name: digest(split) for name, split in splits.items()},
    }


def digest(split: Split) -> str:
    """Return the SHA-256 of a split's ids and lengths, the same on every machine."""
    sha = hashlib.sha256()
    for tensor in (split.ids, split.lengths):
        array: NDArray[np.int32] = tensor.numpy()
        sha.update(str(array.shape).encode() + np.ascontiguousarray(array, dtype="<i4").tobytes())
    return sha.hexdigest()


def _warnings(facts: Mapping[str, Any], integers: bool) -> list[str]:
    found = []
    for name, share in facts["overlap_with_train"].items():
        if share > 0:
            found.append(f"{percent(share)} of the {name} sequences stand in the training split too.")
    for name, share in facts["unknown_rate"].items():
        if share > 0.02:
            found.append(f"{percent(share)} of the {name} tokens are unknown to the vocabulary.")
    if not integers and facts["tokens"]["train"] < 1.2 * facts["rows"]["train"]:
        found.append("Almost every sequence is a single token: another tokenizer, for example char, may be meant.")
    if facts["rows"]["train"] < 1000:
        found.append(f"Only {facts['rows']['train']:,} training sequences: the generator will tend to copy them.")
    if facts["vocabulary"] > 20_000:
        cheaper = "ids numbered without gaps" if integers else "min_count=2 or max_vocab"
        found.append(f"The vocabulary has {facts['vocabulary']:,} tokens: {cheaper} would make it cheaper.")
    return found
