"""Plain records that travel between rooms: samples, scores, events. No torch is imported here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Literal

Direction = Literal["higher", "lower", "none"]
REAL, NGRAM = "real", "ngram"
REFERENCES = (REAL, NGRAM)  # what is scored like a checkpoint and is none: training rows, a counted 4-gram model


@dataclass(frozen=True)
class Samples:
    """A batch of sequences: ``ids`` (B, T) integers and ``mask`` (B, T), true where a position counts.

    The end symbol, where a vocabulary has one, counts as a position; what stands after it is padding,
    has mask false and never changes a number. ``strings`` are the decoded rows when somebody needed them,
    ``tokens`` the same rows as tokens, without the end symbol.
    """

    ids: Any
    mask: Any
    strings: tuple[str, ...] | None = None
    tokens: tuple[tuple[str, ...], ...] | None = None
    condition: Any = None

    def __len__(self) -> int:
        """Return B."""
        return len(self.ids)


@dataclass(frozen=True)
class Score:
    """One measured value with everything needed to compare it: direction, unit, n, interval, signature.

    ``per_row`` holds one number a sample, (n,), whose mean is the value, where each depends on its own row alone
    (BLEU does, self-BLEU does not); tests between systems draw on them. It is no part of the record that is kept.
    """

    name: str
    value: float
    signature: str
    direction: Direction
    unit: str
    n: int
    interval: tuple[float, float] | None = None
    per_row: Any = field(default=None, repr=False, compare=False)

    def as_dict(self) -> dict[str, Any]:
        """Return the score as plain data for JSON, without ``per_row``."""
        return {each.name: getattr(self, each.name) for each in fields(self) if each.name != "per_row"}


@dataclass(frozen=True)
class References:
    """What a metric may compare samples with; a field is None where the task has no such thing.

    ``train``, ``valid`` and ``test`` are lists of token lists (strings). ``oracle_log_prob`` and
    ``generator_log_prob`` map ids (B, T) and mask (B, T) to natural-log probabilities (B,); ``held_out``
    holds the held-out data as ids for likelihoods; ``temperature`` is the one used for sampling, None where nobody
    said it (another model's samples).
    """

    test: Sequence[Sequence[str]] | None = None
    train: Sequence[Sequence[str]] | None = None
    held_out: Samples | None = None
    oracle_log_prob: Callable[[Any, Any], Any] | None = None
    generator_log_prob: Callable[[Any, Any], Any] | None = None
    check: Callable[[Sequence[str]], Sequence[bool]] | None = None
    temperature: float | None = 1.0
    details: dict[str, str] = field(default_factory=dict)
