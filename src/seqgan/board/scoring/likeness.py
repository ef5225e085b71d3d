"""How like samples are to a benchmark's own rows: copies of training or test text, near copies, repeats, blanks.

Every share stands beside the share that honest text has by chance: real test rows occur in the training rows too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from seqgan.stats.edit_distance import nearest

JUDGED = 300  # rows whose nearest training row is looked for
NEAR = 0.2  # tokens to change, as a share of the longer row: one word of five
_WORDS = re.compile(r"\w+|[^\w\s]")
Tokens = Sequence[str]


@dataclass(frozen=True)
class Likeness:
    """Shares in [0, 1]; ``usual_...`` is the same share of the benchmark's real rows, None where it has none."""

    train_copies: float
    test_copies: float
    usual_train_copies: float
    usual_test_copies: float
    near_copies: float | None
    usual_near_copies: float | None
    repeats: float
    blank: float

    def as_dict(self) -> dict[str, Any]:
        """Return plain data."""
        return asdict(self)


def words(text: str) -> tuple[str, ...]:
    """Return the lower-cased words and signs of a text, the same however it was spaced."""
    return tuple(_WORDS.findall(text.lower()))


def token_key(row: Sequence[str]) -> tuple[str, ...]:
    """Return a row of tokens as a key."""
    return tuple(row)


def likeness(seeds: Sequence[Sequence[Tokens]], test: Sequence[Tokens], train: Sequence[Tokens]) -> Likeness:
    """Return how like the rows of all seeds are to the test and training rows; all are rows of tokens."""
    rows = [tuple(row) for seed in seeds for row in seed]
    first = [tuple(row) for row in seeds[0]]
    tested, trained = {tuple(row) for row in test}, {tuple(row) for row in train}
    return Likeness(
        train_copies=_share(rows, trained),
        test_copies=_share(rows, tested),
        usual_train_copies=_share(test, trained),
        usual_test_copies=_share(train, tested),
        near_copies=_near(first, train),
        usual_near_copies=_near(test, train),
        repeats=1 - sum(len({tuple(row) for row in seed}) for seed in seeds) / len(rows),
        blank=sum(not row for row in rows) / len(rows),
    )


def _share(rows: Sequence[Tokens], known: set[tuple[str, ...]]) -> float:
    """Return the share of rows that are known; blank rows are copies of nothing."""
    return sum(bool(row) and tuple(row) in known for row in rows) / len(rows) if rows else 0.0


def _near(rows: Sequence[Tokens], train: Sequence[Tokens]) -> float | None:
    """Return the share of evenly spaced rows that lie next to a training row without being one."""
    if not train or not rows:
        return None
    places = np.unique(np.linspace(0, len(rows) - 1, min(JUDGED, len(rows))).round().astype(int))
    distances = nearest([rows[place] for place in places], list(train))[0]
    return float(((distances > 0) & (distances <= NEAR)).mean())
