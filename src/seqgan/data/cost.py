"""What training on some data will cost: memory and time from counted operations and this machine's own speed."""

from __future__ import annotations

import time
from dataclasses import dataclass

import torch

_SHARE = 0.4  # of the matrix rate that small batches reach; measured times lie between a third and a half
_WINDOWS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 15, 20)
_FILTERS = (100, 200, 200, 200, 200, 100, 100, 100, 100, 100, 160, 160)
_EMBEDDING = _HIDDEN = 32  # of the generator
_WIDTH = 64  # embedding of the discriminator
_BATCH, _ROLLOUTS = 64, 16


@dataclass(frozen=True)
class Cost:
    """Rough figures for the paper's sizes (E = H = 32, batch 64, 16 rollouts, its discriminator) on this machine.

    Seconds of one epoch of maximum likelihood, one adversarial step and one discriminator epoch; megabytes of the
    data, of both networks with their optimisers, and of one step; ``rate`` in operations a second.
    """

    mle_epoch_seconds: float
    adversarial_step_seconds: float
    discriminator_epoch_seconds: float
    data_megabytes: float
    networks_megabytes: float
    step_megabytes: float
    rate: float


def matrix_rate(seconds: float = 0.1, size: int = 512, dtype: torch.dtype = torch.float32) -> float:
    """Return the floating-point operations a second of matrix products of ``dtype`` on this machine's CPU."""
    left, right = torch.rand(size, size).to(dtype), torch.rand(size, size).to(dtype)
    torch.mm(left, right)
    begin, count = time.perf_counter(), 0
    while (spent := time.perf_counter() - begin) < seconds:
        torch.mm(left, right)
        count += 1
    return 2.0 * size**3 * count / spent


def estimate(rows: int, tokens: int, vocabulary: int, max_len: int, rate: float | None = None) -> Cost:
    """Return the cost of learning from ``rows`` sequences with ``tokens`` tokens in all, V words and T positions.

    A backward pass costs two forward passes. The Monte-Carlo search draws B N T (T - 1) / 2 tokens and scores
    B (N (T - 1) + 1) sequences.
    """
    speed = (rate or matrix_rate()) * _SHARE
    token = 2.0 * (4 * (_EMBEDDING + _HIDDEN) * _HIDDEN + _HIDDEN * vocabulary)
    sequence, weights = _discriminator(max_len)
    drawn = _BATCH * _ROLLOUTS * max_len * (max_len - 1) / 2
    scored = _BATCH * (_ROLLOUTS * (max_len - 1) + 1)
    step = drawn * token + scored * sequence + 3 * _BATCH * max_len * token
    networks = (_EMBEDDING + _HIDDEN + _WIDTH) * vocabulary + weights
    return Cost(
        mle_epoch_seconds=3 * tokens * token / speed,
        adversarial_step_seconds=step / speed,
        discriminator_epoch_seconds=3 * 2 * rows * sequence / speed,
        data_megabytes=rows * (max_len + 1) * 4 / 1e6,
        networks_megabytes=4 * 4 * networks / 1e6,
        step_megabytes=(_BATCH * _ROLLOUTS * max_len * max_len * 9 + 4 * 2_000_000 + scored * 4 * sum(_FILTERS)) / 1e6,
        rate=speed / _SHARE,
    )


def _discriminator(max_len: int) -> tuple[float, int]:
    """Return the operations of one forward pass of one sequence, and the weights, of the paper's discriminator."""
    used = [(w, f) for w, f in zip(_WINDOWS, _FILTERS, strict=True) if w <= max_len]
    features = sum(filters for _, filters in used)
    convolution = sum(2.0 * (max_len - window + 1) * window * _WIDTH * filters for window, filters in used)
    weights = sum(window * _WIDTH * filters for window, filters in used) + 2 * features**2
    return convolution + 4.0 * features**2, weights
