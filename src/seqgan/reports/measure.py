"""Which metrics can be computed from what was given, and their scores of one set of token rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

import numpy as np

from seqgan import registry
from seqgan.errors import DataError, SeqganError
from seqgan.records import References, Samples, Score
from seqgan.reports.rows import Tokens

Check = Callable[[Sequence[Any]], Sequence[bool]]
DEFAULT = (
    *("bleu", "self_bleu", "ms_jaccard", "ngram_jsd", "reverse_lm"),
    *("distinct", "uniqueness", "novelty", "nearest_train", "validity", "lengths"),
)
ALL = "all"


def check_named(check: str | Check | None) -> tuple[Check | None, dict[str, str]]:
    """Return a checker, given by name or as a function of all token rows, and its name for signatures.

    Raises ConfigError for an unknown name.
    """
    if check is None:
        return None, {}
    if isinstance(check, str):
        return registry.load("checks", check).check, {"check": check}
    return check, {"check": getattr(check, "__qualname__", type(check).__name__)}


class Measure:
    """The metrics that were chosen and what they compare samples with; the same for every set of samples."""

    def __init__(self, metrics: str | Sequence[str] | None, given: References) -> None:
        """Choose the metrics named (``all``: every one that lacks nothing), by default the usual of these.

        Raises ConfigError for an unknown metric and DataError for a named one that lacks what it needs.
        """
        self.given = given
        names = [name.strip() for name in metrics.split(",")] if isinstance(metrics, str) else metrics
        self._named = names is not None and list(names) != [ALL]
        wanted = registry.names("metrics") if names is not None and not self._named else names or DEFAULT
        modules = {name: registry.load("metrics", name) for name in wanted}
        lacking = {name: self._lacks(module) for name, module in modules.items()}
        for name, needs in lacking.items():
            if needs and self._named:
                raise DataError(f"The metric '{name}' lacks: {', '.join(needs)}.", _remedy(needs))
        self.modules = {name: module for name, module in modules.items() if not lacking[name]}

    def _lacks(self, module: ModuleType) -> list[str]:
        return [need for need in module.NEEDS if getattr(self.given, need) is None]

    def needing(self, field: str) -> set[str]:
        """Return the chosen metrics that compare samples with this field of the references."""
        return {name for name, module in self.modules.items() if field in module.NEEDS}

    def scores(
        self, rows: Sequence[Tokens], skip: set[str] | None = None, done: Callable[[], None] | None = None
    ) -> tuple[list[Score], dict[str, str]]:
        """Return the scores of token rows, and for each metric that could not be computed, why.

        Metrics in ``skip`` are left out; ``done`` is called after each. Raises what a metric that was asked
        for by name raises.
        """
        blank = np.zeros((len(rows), 0), dtype=np.int64)
        subject = Samples(blank, blank.astype(bool), tokens=tuple(rows))  # type: ignore[arg-type]
        found: list[Score] = []
        failed: dict[str, str] = {}
        for name, module in self.modules.items():
            if name not in (skip or ()):
                try:
                    found.extend(module.score(subject, self.given))
                except SeqganError as error:
                    if self._named:
                        raise
                    failed[name] = error.problem
            if done is not None:
                done()
        return found, failed


def _remedy(needs: Sequence[str]) -> str:
    """Return how to give what a metric needs."""
    ways = {"test": "--references", "train": "--train", "check": "--check"}
    if all(need in ways for need in needs):
        return f"Give {' and '.join(ways[need] for need in needs)}, or leave the metric out."
    return "It needs the model, not only its samples: seqgan evaluate RUN computes it."
