"""Which positions of a padded batch count."""

from __future__ import annotations

import torch
from torch import Tensor


def lengths_to_mask(lengths: Tensor, width: int) -> Tensor:
    """Return a (B, T) boolean mask that is true for the first ``lengths[b]`` of ``width`` positions."""
    return torch.arange(width, device=lengths.device) < lengths[:, None]


def mask_after_end(ids: Tensor, end: int | None) -> Tensor:
    """Return the (B, T) mask of positions up to and including the first end symbol.

    With ``end`` None (a vocabulary without an end symbol) every position counts.
    """
    if end is None:
        return torch.ones_like(ids, dtype=torch.bool)
    is_end = ids == end
    return (is_end.cumsum(dim=1) - is_end.long()) == 0


def cut_mask(ids: Tensor, mask: Tensor, end: int | None) -> Tensor:
    """Return the (B, T) mask in which a row that fills all T positions without an end symbol loses the last one.

    T leaves room for the end symbol, so such a row holds one token more than a finished one can. In training that
    token counts: it is what tells an unfinished row from a finished one. Nobody else is to see it. What is left is the
    row's beginning, whose probability is that of drawing just these tokens first.
    """
    if end is None or ids.shape[1] == 0:
        return mask
    last = mask[:, -1:] & (ids[:, -1:] == end)
    return torch.cat([mask[:, :-1], last], dim=1)


def trim(ids: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    """Return ids and mask (B, T') without the last columns in which no row counts; at least one column stays.

    Padding never changes a number, so this changes only the work: captions of 12 words in rows of 38 cost a third.
    """
    counted = mask.any(dim=0).nonzero()
    width = int(counted[-1]) + 1 if len(counted) else 1
    return ids[:, :width], mask[:, :width]
