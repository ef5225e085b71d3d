"""The numbers of a submission: by the functions behind ``seqgan evaluate``, with the same signatures."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from seqgan import registry
from seqgan.board.benchmarks import Contract
from seqgan.board.benchmarks.contract import DataFile, Origin
from seqgan.board.scoring.likeness import Likeness, likeness, token_key, words
from seqgan.data.source import RemoteFile, Source
from seqgan.errors import BoardError, DataError
from seqgan.records import Score

Rows = Sequence[Any]
"""The samples of one seed: texts, or lists of ids."""


@dataclass(frozen=True)
class Decoding:
    """How the samples were drawn, as the manifest says; ``temperature`` None where it does not say."""

    temperature: float | None = None
    top_k: int = 0
    top_p: float = 1.0


@dataclass(frozen=True)
class Result:
    """The scores of every seed by name, and how like the samples are to the benchmark's own rows."""

    scores: dict[int, dict[str, Score]]
    likeness: Likeness

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON; a value that is not finite becomes None."""
        scores = {
            str(seed): [{**score.as_dict(), "value": _finite(score.value)} for score in found.values()]
            for seed, found in self.scores.items()
        }
        return {"scores": scores, "likeness": self.likeness.as_dict()}


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def measure(contract: Contract, seeds: Mapping[int, Rows], decoding: Decoding | None = None) -> Result:
    """Return the contract's scores of every seed's rows.

    Raises DataError where the benchmark's data are not on this machine, BoardError where they are others.
    """
    if contract.origin is not None:
        return _by_task(contract, contract.origin, seeds, decoding or Decoding())
    return _by_files(contract, seeds)


def _by_files(contract: Contract, seeds: Mapping[int, Rows]) -> Result:
    references = _lines(contract.references) if contract.references else []
    train = _lines(contract.train) if contract.train else None
    scores = score_texts(contract, seeds, references, train)
    found = likeness(
        [[words(text) for text in rows] for rows in seeds.values()],
        [words(text) for text in references],
        [words(text) for text in train or ()],
    )
    return Result(scores, found)


def score_texts(
    contract: Contract, seeds: Mapping[int, Rows], references: Sequence[str], train: Sequence[str] | None
) -> dict[int, dict[str, Score]]:
    """Return the scores of texts against the lines of the benchmark's files, as ``seqgan evaluate FILE`` gives them."""
    from seqgan.reports.judge import Options, judge

    options = Options(
        metrics=contract.metrics,
        tokenizer=contract.tokenizer.model_dump() if contract.tokenizer else None,
        definition=contract.definition,
        check=contract.check or None,
        reference_rows=False,
        quiet=True,
    )
    judgement = judge({"samples": tuple(list(rows) for rows in seeds.values())}, references, train, options)
    return {seed: _wanted(contract, file.scores) for seed, file in zip(seeds, judgement.systems[0].files, strict=True)}


def _wanted(contract: Contract, scores: Mapping[str, Score]) -> dict[str, Score]:
    """Return the scores that the contract names, in its order; raises BoardError where one is missing."""
    missing = [score.name for score in contract.scores if score.name not in scores]
    if missing:
        raise BoardError(
            f"{contract.id} cannot be computed here: no {', '.join(missing)}.", "Use its version of seqgan."
        )
    return {score.name: scores[score.name] for score in contract.scores}


def _lines(data: DataFile) -> list[str]:
    """Return the lines of a data file of this machine, whose hash is checked."""
    path = Source.default().path(RemoteFile(data.file, data.task, "", "", sha256=data.sha256))
    lines = path.read_text(encoding="utf-8").splitlines()
    if len(lines) != data.rows:
        raise BoardError(
            f"{data.file} has {len(lines):,} lines, the benchmark says {data.rows:,}.", "Mend the contract."
        )
    return lines


def load_origin(contract: Contract, origin: Origin) -> Any:
    """Return the task whose rows the benchmark uses; raises BoardError where this machine draws other rows."""
    from seqgan.data.build import digest

    plugin = registry.load("tasks", origin.task)
    task = plugin.load(plugin.Settings.model_validate(origin.settings), origin.seed, Source.default())
    if origin.data and (here := digest(task.test)[:12]) != origin.data:
        raise BoardError(
            f"The test rows of {contract.id} are others on this machine: {here}, not {origin.data}.",
            "Score it with the version of seqgan that the benchmark names.",
        )
    return task


def _by_task(contract: Contract, origin: Origin, seeds: Mapping[int, Rows], decoding: Decoding) -> Result:
    task = load_origin(contract, origin)
    scores = {seed: _judged(contract, task, rows, decoding) for seed, rows in seeds.items()}
    tokens = [[token_key(row) for row in _tokens(task, rows)] for rows in seeds.values()]
    return Result(scores, likeness(tokens, task.references("test"), task.references("train")))


def _tokens(task: Any, rows: Rows) -> list[list[str]]:
    return [list(map(str, row)) if isinstance(row, list) else task.tokenizer.tokenize(row) for row in rows]


def _judged(contract: Contract, task: Any, rows: Rows, decoding: Decoding) -> dict[str, Score]:
    """Return the scores of rows as ``seqgan evaluate RUN`` gives them for a run on the benchmark's task."""
    from dataclasses import replace

    import torch

    from seqgan.functional.sampling import Choice
    from seqgan.runs.evaluation import Evaluator, measuring

    evaluator = Evaluator(measuring(task, contract.metrics, contract.definition), torch.device("cpu"))
    choice = Choice(decoding.temperature or 1.0, decoding.top_k, decoding.top_p)
    references = replace(evaluator.references("test", choice=choice), temperature=decoding.temperature)
    samples, impossible = _encoded(task, rows)
    if task.oracle is not None:
        references = replace(references, oracle_log_prob=partial(_log_prob, task, impossible))
    return _wanted(contract, evaluator.judge(samples, references).scores)


def _encoded(task: Any, rows: Rows) -> tuple[Any, Any]:
    """Return rows as Samples, and which of them (B,) hold a token or a length that the task's vocabulary lacks.

    A row that fills every position has no end symbol, as a generator that was cut leaves it.
    """
    import torch

    from seqgan.functional.masks import lengths_to_mask
    from seqgan.records import Samples

    tokens, room, known = _tokens(task, rows), task.max_len, task.vocab.ids
    end = [] if task.vocab.end is None else [task.vocab.end]
    ids = torch.full((len(rows), room), task.vocab.end or 0, dtype=torch.int64)
    lengths, impossible = torch.zeros(len(rows), dtype=torch.int64), torch.zeros(len(rows), dtype=torch.bool)
    for place, row in enumerate(tokens):
        numbers = [known.get(token, -1) for token in row]
        numbers += end if len(numbers) < room else []
        impossible[place] = len(numbers) > room or min(numbers, default=-1) < 0 or (not end and len(numbers) != room)
        kept = torch.tensor(numbers[:room], dtype=torch.int64).clamp_min(0)
        ids[place, : len(kept)], lengths[place] = kept, len(kept)
    return Samples(ids, lengths_to_mask(lengths, room), tokens=tuple(map(tuple, tokens))), impossible


def _log_prob(task: Any, impossible: Any, ids: Any, mask: Any) -> Any:
    """Return the oracle's log-probabilities (B,), -inf for rows that its vocabulary cannot write."""
    return task.log_prob(ids, mask).masked_fill(impossible, -math.inf)


def probe(contract: Contract) -> dict[str, float]:
    """Return what this software says of the contract's probe, to be compared with ``contract.probe.values``.

    Raises DataError where the probe needs data that are not on this machine.
    """
    rows = {1: list(contract.probe.samples)}
    if contract.origin is None:
        scores = score_texts(contract, rows, contract.probe.references, contract.probe.train or None)
    else:
        scores = {1: _judged(contract, load_origin(contract, contract.origin), rows[1], Decoding())}
    found = {name: score.value for name, score in scores[1].items()}
    if not found:
        raise DataError(f"The probe of {contract.id} has no score.", "Name at least one.")
    return found
