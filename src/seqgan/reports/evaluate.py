"""Score samples of any model: strings or tokens in, scores with signatures out; no task, no torch."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import ModuleType
from typing import Any

import numpy as np

from seqgan import registry
from seqgan.data.tokenizers import label, make
from seqgan.errors import ConfigError, DataError
from seqgan.records import References, Samples, Score
from seqgan.stats.ngrams import split, token_rows

Check = Callable[[Sequence[Any]], Sequence[bool]]
DEFAULT = ("bleu", "self_bleu", "distinct", "uniqueness", "novelty", "validity", "lengths")


def evaluate(
    samples: Any,
    references: Any,
    train: Any = None,
    metrics: Sequence[str] | None = None,
    *,
    tokenizer: str | Mapping[str, Any] | None = None,
    lower: bool = False,
    definition: str = "texygen",
    check: str | Check | None = None,
) -> list[Score]:
    """Return the scores of ``samples`` against held-out ``references``, each with its signature.

    Samples, references and ``train`` are lists of strings, lists of token lists or integers (B, T). Strings are split
    by ``tokenizer`` (``word``, ``whitespace``, ``char``, ... or a description as in a run's settings; white space
    where None), lower-cased first with ``lower``; token lists are taken as they are. ``metrics`` are names of
    ``seqgan list``; by default all that need no model, as far as ``train`` (novelty) and ``check`` (validity: the name
    of a check, or a function of token rows) are given. ``definition`` chooses the BLEU: texygen, legacy or strict.

    Raises DataError where there is nothing to score or a named metric lacks what it needs, ConfigError for an unknown
    metric, tokeniser or definition.
    """
    tokens = _Tokens(tokenizer, lower)
    checker, check_name = _check(check)
    given = References(
        test=None if references is None else tokens.rows(references, "references"),
        train=None if train is None else tokens.rows(train, "training rows"),
        check=checker,
        details={"tokenizer": tokens.name, "definition": definition, **check_name},
    )
    rows = tokens.rows(samples, "samples")
    blank = np.zeros((len(rows), 0), dtype=np.int64)
    subject = Samples(blank, blank.astype(bool), tokens=tuple(rows))
    return [score for metric in _chosen(metrics, given) for score in _score(metric, subject, given)]


class _Tokens:
    """Turns whatever was given into token rows, the same way on every side."""

    def __init__(self, tokenizer: str | Mapping[str, Any] | None, lower: bool) -> None:
        spec: dict[str, Any] = (
            {"kind": tokenizer} if isinstance(tokenizer, str) else dict(tokenizer or {"kind": "whitespace"})
        )
        if "kind" not in spec:
            raise ConfigError("The description of a tokeniser has no 'kind'.", "Name one, such as word or whitespace.")
        spec["lower"] = lower or bool(spec.get("lower", False))
        self._tokenizer = make(spec)
        self.name = label(spec)

    def rows(self, data: Any, what: str) -> list[tuple[Any, ...]]:
        """Return token rows; raises DataError where there is none."""
        given = token_rows(data)
        if not len(given):
            raise DataError(f"There are no {what}.", "Give at least one.")
        return [tuple(self._tokenizer.tokenize(row) if isinstance(row, str) else split(row)) for row in given]


def _check(check: str | Check | None) -> tuple[Check | None, dict[str, str]]:
    if check is None:
        return None, {}
    if isinstance(check, str):
        return registry.load("checks", check).check, {"check": check}
    return check, {"check": getattr(check, "__qualname__", type(check).__name__)}


def _chosen(metrics: Sequence[str] | None, given: References) -> list[ModuleType]:
    """Return the metric modules: those named, each with all it needs, or every default one that can be computed."""
    if isinstance(metrics, str):
        metrics = [name.strip() for name in metrics.split(",")]
    modules = {name: registry.load("metrics", name) for name in (DEFAULT if metrics is None else metrics)}
    lacking = {
        name: [need for need in module.NEEDS if getattr(given, need) is None] for name, module in modules.items()
    }
    if metrics is None:
        return [module for name, module in modules.items() if not lacking[name]]
    for name, needs in lacking.items():
        if needs:
            raise DataError(f"The metric '{name}' lacks: {', '.join(needs)}.", "Give it, or leave the metric out.")
    return list(modules.values())


def _score(metric: ModuleType, subject: Samples, given: References) -> list[Score]:
    scores: list[Score] = metric.score(subject, given)
    return scores
