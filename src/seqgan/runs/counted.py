"""A 4-gram model counted from the training rows: what a trained network must beat to be worth its training."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from seqgan.functional.masks import mask_after_end
from seqgan.functional.sampling import cut
from seqgan.records import Samples
from seqgan.rng import derive, stream
from seqgan.stats.ngram_model import ORDER, NGramModel

MOST_TOKENS = 5_000_000  # of the training rows, drawn at random: counting them takes some seconds

Likelihood = Callable[[Tensor, Tensor], Tensor]


def counted(task: Any, n: int, seed: int) -> tuple[Samples, Likelihood]:
    """Return ``n`` samples (n, T) of a 4-gram model of the training rows of ``task``, and its likelihood.

    The model is :class:`~seqgan.stats.ngram_model.NGramModel` over ids: it draws and scores the positions that a
    generator draws and scores, the end symbol among them where the vocabulary has one. Ids that no training row holds
    share the probability of the unknown, and are never drawn. The likelihood maps ids and mask (B, T) to natural-log
    probabilities (B,); positions outside the mask add nothing.
    """
    rows = _rows(task.train, stream(seed, "ngram"))
    unseen = len(task.vocab) - len({token for row in rows for token in row})
    model = NGramModel.fit(rows, ORDER, ends=False, unseen=unseen)
    ids = torch.tensor(model.sample(n, derive(seed, "ngram"), task.max_len)).reshape(n, task.max_len)
    samples = cut(Samples(ids, mask_after_end(ids, task.vocab.end)), task.vocab.end)

    def likelihood(ids: Tensor, mask: Tensor) -> Tensor:
        nats = torch.from_numpy(model.token_log_probs(ids.cpu().numpy())[:, : ids.shape[1]])
        return nats.masked_fill(~mask.cpu(), 0.0).sum(dim=1)

    return samples, likelihood


def _rows(train: Any, rng: torch.Generator) -> list[list[int]]:
    """Return training rows without padding, in random order, as many as make ``MOST_TOKENS``; one at least."""
    order = torch.randperm(len(train), generator=rng)
    lengths = train.lengths[order].numpy()
    kept = max(1, int((np.cumsum(lengths, dtype=np.int64) <= MOST_TOKENS).sum()))
    ids = train.ids[order[:kept]].tolist()
    return [row[:length] for row, length in zip(ids, lengths[:kept].tolist(), strict=True)]
