"""Feature nets: what turns token rows into vectors for the distances that compare vectors."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqgan.errors import DataError
from seqgan.metrics._rows import check_one_kind, evenly, keys, some_rows

Floats = NDArray[np.float64]
Features = Callable[[Sequence[Any]], Any]
_MOST = 20_000


@dataclass(frozen=True)
class Net:
    """A declared feature net: its name with everything that changes its features, and the function of token rows."""

    name: str
    features: Features

    def both(self, samples: Any, references: Any, least: int, most: int | None = None) -> tuple[Floats, Floats]:
        """Return the features (B, F) and (R, F) of both sides, of ``most`` evenly spaced rows at most.

        Raises DataError where a side has fewer than ``least`` rows, where one holds words and the other ids, or where
        the net does not give one finite vector of the same size for each row.
        """
        sides = some_rows(samples, "samples", least), some_rows(references, "real rows", least)
        check_one_kind(*sides)
        first, second = (self._of(evenly(side, most or len(side))) for side in sides)
        return first, second

    def _of(self, rows: Sequence[Any]) -> Floats:
        found = self.features(rows)
        array = np.asarray(found.detach().cpu() if hasattr(found, "detach") else found, dtype=np.float64)
        if array.ndim != 2 or len(array) != len(rows) or not np.isfinite(array).all():
            raise DataError(
                f"The feature net '{self.name}' gave the shape {array.shape} for {len(rows)} rows, or no numbers.",
                "It must return one finite vector a row, (B, F).",
            )
        return array


def net(train: Any, features: Features | None) -> Net:
    """Return the net of the user's own function, or a recurrent language model trained on the training rows.

    Raises DataError where neither is given, or where the training rows hold words and ids.
    """
    if features is not None:
        return Net(getattr(features, "__qualname__", type(features).__name__), features)
    if train is None:
        raise DataError("A feature net needs training rows.", "Give them as train, or features of your own.")
    rows = some_rows(train, "training rows")
    check_one_kind(rows)
    return _trained(tuple(keys(rows)))


# One entry: frechet and mauve of one call share the net. Equal rows give equal nets, so no call sees another's data.
@lru_cache(maxsize=1)
def _trained(rows: tuple[tuple[Hashable, ...], ...]) -> Net:
    from seqgan.metrics._language import LanguageModel

    chosen = evenly(rows, _MOST)
    model = LanguageModel.train(chosen)
    return Net(f"lstm128,mean state,{len(chosen)} training rows,{model.digest()}", model.features)
