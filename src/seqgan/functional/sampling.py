"""Drawing whole sequences from a generator."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from seqgan.functional.masks import cut_mask, mask_after_end
from seqgan.functional.states import take
from seqgan.records import Samples


@contextmanager
def evaluating(*networks: nn.Module | None) -> Iterator[None]:
    """Switch dropout off and gradients off inside this block; restore each network's own mode after it."""
    modes = [(network, network.training) for network in networks if network is not None]
    try:
        for network, _ in modes:
            network.eval()
        with torch.no_grad():
            yield
    finally:
        for network, mode in modes:
            network.train(mode)


@dataclass(frozen=True)
class Choice:
    """How tokens are chosen: temperature (0 takes the likeliest), the k likeliest only, the likeliest share p only."""

    temperature: float = 1.0
    top_k: int = 0
    top_p: float = 1.0


def sample(
    generator: Any,
    n: int,
    max_len: int,
    end: int | None,
    rng: torch.Generator,
    *,
    choice: Choice = Choice(),
    prefix: Tensor | None = None,
    chunk: int = 16_384,
) -> Samples:
    """Draw ``n`` sequences of up to ``max_len`` positions, ``chunk`` rows at a time.

    ``prefix`` (P,) holds tokens that every sequence starts with. ``end`` is the end symbol or None; a row that
    has drawn it leaves the batch, the positions after it hold ``end`` and have mask false.
    """
    with evaluating(generator):
        parts = [
            _draw(generator, min(chunk, n - start), max_len, end, rng, prefix, choice) for start in range(0, n, chunk)
        ]
    ids = torch.cat(parts) if parts else torch.empty(0, max_len, dtype=torch.long, device=generator.device)
    return Samples(ids, mask_after_end(ids, end))


def cut(samples: Samples, end: int | None) -> Samples:
    """Return whole samples (B, T) as they leave training, none with more tokens than fit before the end symbol."""
    return Samples(samples.ids, cut_mask(samples.ids, samples.mask, end))


def _draw(
    generator: Any, n: int, max_len: int, end: int | None, rng: torch.Generator, prefix: Tensor | None, choice: Choice
) -> Tensor:
    state = generator.begin(n)
    rows = torch.arange(n, device=generator.device)
    ids = rows.new_full((n, max_len), 0 if end is None else end)
    given = 0 if prefix is None else len(prefix)
    for position in range(max_len):
        if prefix is not None and position < given:
            tokens = prefix[position].to(rows.device).expand(len(rows))
        else:
            tokens = generator.predict(state).sample(rng, choice.temperature, choice.top_k, choice.top_p)
        ids[rows, position] = tokens
        if position + 1 == max_len:
            break
        if end is not None:
            going = (tokens != end).nonzero().squeeze(-1)
            if len(going) < len(rows):
                rows, tokens, state = rows[going], tokens[going], take(state, going)
            if len(rows) == 0:
                break
        state = generator.step(tokens, state)
    return ids
