"""Which sequence belongs to training, validation and test, and how much the three share."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from seqgan.data.corpus import Corpus
from seqgan.errors import DataError
from seqgan.rng import derive

Mask = NDArray[np.bool_]


def first_copies(prints: NDArray[np.uint64]) -> Mask:
    """Return (N,) true at the first sequence of each set of equal ones."""
    _, first = np.unique(prints, return_index=True)
    keep = np.zeros(len(prints), np.bool_)
    keep[first] = True
    return keep


def divide(
    prints: NDArray[np.uint64], sizes: tuple[int, int], seed: int, together: bool
) -> tuple[tuple[Mask, Mask, Mask], bool]:
    """Split N sequences at random into training, validation and test; return masks and whether no copies are apart.

    ``prints`` (N,) are fingerprints, ``sizes`` the wanted rows of validation and test. With ``together`` equal
    sequences land in one split; one with more copies than a tenth of the smaller held-out split goes to training.
    Where that leaves too few for the held-out splits the copies are split as they come.
    """
    n_valid, n_test = sizes
    rng = np.random.default_rng(derive(seed, "split"))
    if together:
        unique, group, counts = np.unique(prints, return_inverse=True, return_counts=True)
        order = rng.permutation(len(unique))
        small = order[counts[order] <= max(1, min(sizes) // 10)]
        if counts[small].sum() >= n_valid + n_test and len(unique) >= 3:
            reached = np.cumsum(counts[small])
            part = np.zeros(len(unique), np.int8)
            part[small[reached <= n_test]] = 2
            part[small[(reached > n_test) & (reached <= n_test + n_valid)]] = 1
            return _masks(part[group]), True
    row_part = np.zeros(len(prints), np.int8)
    rows = rng.permutation(len(prints))
    row_part[rows[:n_test]] = 2
    row_part[rows[n_test : n_test + n_valid]] = 1
    return _masks(row_part), not together and len(np.unique(prints)) == len(prints)


def _masks(part: NDArray[np.int8]) -> tuple[Mask, Mask, Mask]:
    return part == 0, part == 1, part == 2


def held_out_sizes(rows: int, shares: tuple[float, float], most: int, name: str) -> tuple[int, int]:
    """Return the wanted rows of validation and test, at least one each, none for a share of 0.

    Raises DataError where fewer than two lines are left to learn from: one sequence has nothing to tell it from.
    """
    valid, test = (min(most, max(1, round(rows * share))) if share else 0 for share in shares)
    if rows - valid - test < 2:
        count = "one usable line only" if rows == 1 else f"{rows} usable lines"
        raise DataError(
            f"{name} has {count}.",
            "Training needs at least two, and validation and test one each unless they have files of their own.",
        )
    return valid, test


def overlap(part: Corpus, train: Corpus) -> float:
    """Return the share of the sequences of ``part`` that training holds too."""
    return float(np.isin(part.fingerprints, train.fingerprints).mean()) if len(part) else 0.0


def refuse_copy(name: str, part: str, share: float) -> None:
    """Raise DataError where every sequence of a file meant as held out stands in the training file."""
    if share == 1.0:
        raise DataError(
            f"Every sequence of the {part} file {name} stands in the training file too.",
            f"Give a {part} file of other sequences, or none, and one is split off.",
        )
