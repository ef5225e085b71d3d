"""Nats a token from log-probabilities of rows: what nll_gen and nll_oracle share."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqgan.errors import DataError


def as_numbers(values: Any) -> NDArray[np.float64]:
    """Return (B,) numbers as float64 from a list, an array or a tensor on any device.

    Raises DataError where the input is not one number a row.
    """
    if hasattr(values, "detach"):
        values = values.detach().cpu().double()
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 1:
        raise DataError(f"Log-probabilities have the shape {array.shape}.", "Give one number for each row, (B,).")
    return array


def row_lengths(mask: Any) -> NDArray[np.float64]:
    """Return how many positions of each row count, (B,), from a mask (B, T)."""
    if hasattr(mask, "detach"):
        mask = mask.detach().cpu()
    return np.asarray(np.asarray(mask, dtype=np.float64).sum(axis=1))


def check_rows(log_prob: NDArray[np.float64], lengths: NDArray[np.float64]) -> None:
    """Raise DataError where there is no token at all, or not one length for every row."""
    if log_prob.shape != lengths.shape:
        raise DataError(
            f"{len(log_prob)} log-probabilities have {len(lengths)} lengths.", "Give one of each for a row."
        )
    if not lengths.sum() > 0:
        raise DataError("There is not one token to score.", "Give at least one row that is not empty.")
