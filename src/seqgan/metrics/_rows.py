"""What metrics share about rows: taking them out of whatever was given, refusing what cannot be scored."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from itertools import chain
from typing import Any

import numpy as np

from seqgan.errors import ConfigError, DataError
from seqgan.stats import ngrams
from seqgan.stats.ngrams import split, token_rows

MAX_ORDER = 20


def some_rows(data: Any, what: str, least: int = 1) -> Sequence[Any]:
    """Return the token rows of ``data``; raises DataError for fewer than ``least``, or what is no row."""
    rows = token_rows(() if data is None else data)
    if len(rows) < least:
        there = f"is 1 {what.removesuffix('s')}" if len(rows) == 1 else f"are {len(rows)} {what}"
        needed = "1 is" if least == 1 else f"{least} are"
        raise DataError(
            f"There {there}, and {needed} needed.", f"Give at least {least}, or leave out what needs so many."
        )
    for kind in set(map(type, rows)):  # a million rows have one kind or two
        if not (hasattr(kind, "__len__") and hasattr(kind, "__iter__")):
            raise DataError(
                f"One of the {what} is of type {kind.__name__}, neither a text nor a list of tokens.",
                "Remove or mend such rows.",
            )
    return rows


def evenly(rows: Sequence[Any], most: int) -> Sequence[Any]:
    """Return at most ``most`` rows, evenly spaced."""
    if len(rows) <= most:
        return rows
    return [rows[place] for place in np.linspace(0, len(rows) - 1, most).round().astype(int).tolist()]


def keys(rows: Sequence[Any]) -> list[tuple[Hashable, ...]]:
    """Return each row as a tuple of tokens, which can be counted and looked up."""
    return [tuple(split(row)) for row in rows]


def check_orders(orders: Sequence[int]) -> tuple[int, ...]:
    """Return n-gram orders as a tuple; raises ConfigError for none, or one outside 1 .. 20."""
    given = orders if isinstance(orders, Iterable) else (orders,)
    if not isinstance(orders, Sequence) or not orders or not all(map(_is_order, orders)):
        raise ConfigError(f"{list(given)} are no n-gram orders.", f"Give a list of numbers from 1 to {MAX_ORDER}.")
    return tuple(orders)


def _is_order(order: object) -> bool:
    return isinstance(order, int | np.integer) and 1 <= int(order) <= MAX_ORDER


def listed_orders(text: str) -> tuple[int, ...]:
    """Read orders written as ``2,3,4,5``; raises ConfigError where that is not a list of numbers."""
    try:
        return check_orders([int(part) for part in text.split(",")])
    except ValueError:
        raise ConfigError(f"'{text}' are no n-gram orders.", "Write them as 2,3,4,5.") from None


def check_one_kind(*sides: Sequence[Any]) -> None:
    """Raise DataError where a token of any side is none, or where some are ids and others words, which never match.

    What goes through :func:`seqgan.stats.ngrams.encode` is checked there.
    """
    texts = any(isinstance(row, str) and row.strip() for row in chain(*sides))  # need no look inside: all are words
    lists = (row for row in chain(*sides) if not isinstance(row, str))
    ngrams.check_one_kind(chain([""] if texts else [], chain.from_iterable(lists)))
