"""From rewards to the weights of a policy gradient: rewards to go, missing rewards, baselines.

B batch, T time. Positions whose mask is false get 0.
"""

from __future__ import annotations

import torch
from torch import Tensor

from seqgan.errors import ShapeError


def reward_to_go(rewards: Tensor, mask: Tensor, discount: float = 1.0) -> Tensor:
    """Return what is still to be earned from every position on, (B, T).

    ``rewards`` (B,) belong to the whole row, so every position gets them, undiscounted; ``rewards`` (B, T) are earned
    at their position, so position t gets the sum from t to the end, what is earned k positions later counting
    ``discount**k`` (0: a position's own reward alone). ``mask`` (B, T); padding earns and gets 0.
    Raises ShapeError. Source: Yu et al. 2017, Eq. 1 and 2 (a single reward at the end).
    """
    if rewards.shape == mask.shape[:1]:
        return rewards[:, None].expand(mask.shape).masked_fill(~mask, 0.0)
    if rewards.shape != mask.shape:
        raise ShapeError(
            f"A reward has the shape {tuple(rewards.shape)} for samples (B, T) = {tuple(mask.shape)}.",
            "Return one number a sequence (B,) or one a position (B, T).",
        )
    earned = rewards.masked_fill(~mask, 0.0)
    if discount == 0.0:  # what is not known of a later position then spoils no earlier one
        return earned
    if discount == 1.0:
        return earned.flip(1).cumsum(1).flip(1).masked_fill(~mask, 0.0)
    to_go = earned.float() if not earned.is_floating_point() else earned.clone()
    for position in reversed(range(mask.shape[1] - 1)):
        to_go[:, position] += discount * to_go[:, position + 1]
    return to_go.masked_fill(~mask, 0.0)


def whole_reward(rewards: Tensor, mask: Tensor) -> Tensor:
    """Return what every row earned in all, (B,), from ``rewards`` (B,) or (B, T); NaN counts as the mean of the batch.

    ``mask`` (B, T); padding earns nothing. Raises ShapeError.
    """
    return fill_missing(reward_to_go(rewards.float(), mask), mask)[:, 0]


def fill_missing(weights: Tensor, mask: Tensor) -> Tensor:
    """Replace NaN weights by the mean of the known ones at the same position, (B, T).

    A row that could not be scored then counts as an average row. With a baseline it should have no gradient instead:
    see :func:`advantages`. Where a position has no known weight the mean of all known ones is used, and 0 where there
    is none.
    """
    known = mask & ~weights.isnan()
    values = weights.masked_fill(~known, 0.0)
    count = known.sum(dim=0)
    overall = values.sum() / known.sum().clamp(min=1)
    mean = torch.where(count > 0, values.sum(dim=0) / count.clamp(min=1), overall)
    return torch.where(known, values, mean).masked_fill(~mask, 0.0)


def advantages(weights: Tensor, mask: Tensor) -> Tensor:
    """Return (B, T) weights less their :func:`mean_baseline`; 0 at padding and where a weight is not known (NaN)."""
    known = mask & ~weights.isnan()
    return (weights - mean_baseline(weights, known)).masked_fill(~known, 0.0)


def mean_baseline(weights: Tensor, known: Tensor) -> Tensor:
    """Return (B, T) baselines: the mean weight of the *other* rows at the same position.

    ``known`` (B, T) is false at padding and where a weight says nothing; both are in no mean and get 0. Leaving the
    row itself out keeps the gradient estimate unbiased for every batch size; the plain mean would
    shrink it by 1 - 1/n. Where no other row is known at a position, the mean over all positions of the other rows
    is used; a single row gets 0. Source: ours (leave-one-out control variate).
    """
    values = weights.masked_fill(~known, 0.0)
    others = known.sum(dim=0) - known.long()
    at_position = (values.sum(dim=0) - values) / others.clamp(min=1)
    rest = known.sum() - known.sum(dim=1, keepdim=True)
    anywhere = (values.sum() - values.sum(dim=1, keepdim=True)) / rest.clamp(min=1)
    return torch.where(others > 0, at_position, anywhere).masked_fill(~known, 0.0)


def last_value(values: Tensor, mask: Tensor) -> Tensor:
    """Return the value (B,) at the last position of every row that counts: the reward of the finished sequence."""
    last = mask.sum(dim=1, keepdim=True).clamp(min=1) - 1
    return values.gather(1, last).squeeze(1)
