"""The signature of a score: everything that changes the number, in one short line."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Literal

from seqgan.stats.ngrams import split

_OWN = ("definition", "orders", "check")  # a metric that these change names them among its facts


def signature(name: str, facts: Mapping[str, object], details: Mapping[str, str] | None = None) -> str:
    """Return ``name|key:value|...|version:x``: the metric's own facts, then those of the caller, then ours.

    A fact that is None is written ``unstated``.
    """
    general = {key: value for key, value in (details or {}).items() if key not in _OWN}
    items = {**facts, **general, "version": _version()}
    return "|".join([name, *(f"{key}:{_clean(value)}" for key, value in items.items())])


def compared(
    kind: Literal["references", "train"],
    rows: Collection[Sequence[Any] | str],
    hypotheses: int,
    temperature: float | None,
    **between: object,
) -> dict[str, object]:
    """Return the facts of samples that are held against ``rows``: number and hash of these, then about the samples.

    Their number comes first, then what else the metric says of the comparison (``between``), then the temperature.
    """
    known = f"{len(rows)}:{fingerprint(rows)}"
    return {kind: known, "hypotheses": hypotheses, **between, "temperature": temperature}


def fingerprint(rows: Iterable[Sequence[Any] | str]) -> str:
    """Return 12 hexadecimal digits (SHA-256) of a set of token rows, whatever their order."""
    digest = hashlib.sha256()
    for line in sorted("\x1f".join(map(str, split(row))) for row in rows):
        digest.update(line.encode("utf-8", "surrogatepass") + b"\n")
    return digest.hexdigest()[:12]


def _clean(value: object) -> str:
    return "unstated" if value is None else str(value).replace("|", "/").replace("\n", " ")


def _version() -> str:
    """Return the version of this package, which is always imported when one of its modules runs."""
    return str(getattr(sys.modules[__name__.partition(".")[0]], "__version__", "unknown"))
