"""A reward that counts what it is asked: the cost of a run in scored sequences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from seqgan.functional.returns import fill_missing, last_value, whole_reward
from seqgan.functional.rollouts import Completions
from seqgan.records import Samples


class CountedReward:
    """Asks ``judge`` and reports the number of sequences it scores; offers ``completions`` where the judge does."""

    def __init__(self, judge: Any, count: Callable[[int], None]) -> None:
        """Keep both."""
        self._judge, self._count = judge, count
        self._first: Tensor | None = None
        self.completions = self._completions if hasattr(judge, "completions") else None

    def __call__(self, samples: Samples) -> Tensor:
        """Return the rewards of ``samples``, (B,) or (B, T), on their device."""
        self._count(len(samples))
        rewards = torch.as_tensor(self._judge(samples)).to(samples.ids.device)
        self._first = rewards if self._first is None else self._first
        return rewards

    def earned(self, samples: Samples, weights: Tensor) -> Tensor:
        """Return what every row of ``samples`` earned in all, (B,), for a credit rule that gave it ``weights`` (B, T).

        A rule asks about the finished sequences first; of one that did not, the weights of the last positions count.
        """
        if self._first is None or len(self._first) != len(samples):
            return last_value(fill_missing(weights, samples.mask), samples.mask)
        return whole_reward(self._first, samples.mask)

    def _completions(self, samples: Samples, part: Completions) -> Tensor:
        """Return the rewards (b, P, N) of the completions of unfinished prefixes, on the samples' device."""
        self._count(int(samples.mask[part.rows, 1:].sum()) * part.ids.shape[2])
        return torch.as_tensor(self._judge.completions(samples, part)).to(samples.ids.device)
