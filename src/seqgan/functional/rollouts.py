"""The Monte-Carlo walk: every prefix of every sequence completed N times (Yu et al. 2017, Eq. 4).

All prefix lengths roll out together: at position t the rollouts of the prefixes of length 1..t draw one token each,
in one batch, so a walk takes T - 1 sequential steps and draws B N T (T - 1) / 2 tokens. The states of the prefixes
are computed once. Rows that have drawn the end symbol leave the batch.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from seqgan.functional.masks import mask_after_end
from seqgan.functional.sampling import evaluating
from seqgan.functional.states import State, join, repeat, take, transform
from seqgan.records import Samples


@dataclass(frozen=True)
class Completions:
    """Finished rollouts of some rows of a batch: ``ids`` and ``mask`` (b, P, N, T) for the rows ``rows`` of it.

    Entry [b, p, k] shares the first p + 1 tokens with its row; P = T - 1. A prefix that already holds the end
    symbol is finished: its rollouts are the row itself.
    """

    rows: slice
    ids: Tensor
    mask: Tensor


def complete(
    generator: Any, samples: Samples, n: int, rng: torch.Generator, *, end: int | None, max_rows: int = 65_536
) -> Iterator[Completions]:
    """Yield N completions of every prefix of ``samples`` (B, T), as many batch rows at a time as ``max_rows`` allows.

    ``max_rows`` bounds the number of sequences in memory at once (at least one batch row's N (T - 1)).
    """
    batch, width = samples.ids.shape
    if width < 2:
        return
    size = max(1, max_rows // (n * (width - 1)))
    for start in range(0, batch, size):
        rows = slice(start, min(start + size, batch))
        with evaluating(generator):
            ids = _walk(generator, samples.ids[rows], n, rng, end)
        shape = (rows.stop - rows.start, width - 1, n, width)
        yield Completions(rows, ids.view(shape), mask_after_end(ids, end).view(shape))


def _walk(generator: Any, tokens: Tensor, n: int, rng: torch.Generator, end: int | None) -> Tensor:
    """Return the completions (b * P * N, T) of ``tokens`` (b, T)."""
    batch, width = tokens.shape
    prefixes = generator.prefixes(tokens)
    alive = mask_after_end(tokens, end)
    ids = tokens[:, None, None, :].expand(batch, width - 1, n, width).reshape(-1, width).clone()
    inside = torch.arange(n, device=tokens.device)
    rows = tokens.new_empty(0)
    state: State = None
    for position in range(1, width):
        begun = _unfinished(tokens, alive, position, end)
        fresh = (begun[:, None] * (width - 1) + position - 1) * n + inside
        started = repeat(_state_at(prefixes, begun, position), n)
        rows = torch.cat([rows, fresh.reshape(-1)])
        state = started if state is None else join([state, started])
        drawn = generator.predict(state).sample(rng)
        ids[rows, position] = drawn
        if position + 1 == width:
            break
        rows, drawn, state = _going_on(ids, rows, drawn, state, position, end)
        state = generator.step(drawn, state)
    return ids


def _state_at(prefixes: State, rows: Tensor, position: int) -> State:
    return transform(prefixes, lambda part: part[rows, position])


def _unfinished(tokens: Tensor, alive: Tensor, position: int, end: int | None) -> Tensor:
    """Return the batch rows whose first ``position`` tokens hold no end symbol."""
    going = alive[:, position - 1] if end is None else alive[:, position - 1] & (tokens[:, position - 1] != end)
    return going.nonzero().squeeze(-1)


def _going_on(
    ids: Tensor, rows: Tensor, drawn: Tensor, state: State, position: int, end: int | None
) -> tuple[Tensor, Tensor, State]:
    """Drop the rollouts that have just drawn the end symbol, and fill their remaining positions with it."""
    if end is None:
        return rows, drawn, state
    over = drawn == end
    if not bool(over.any()):
        return rows, drawn, state
    ids[rows[over], position + 1 :] = end
    going = (~over).nonzero().squeeze(-1)
    return rows[going], drawn[going], take(state, going)
