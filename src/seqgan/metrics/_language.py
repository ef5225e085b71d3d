"""A small recurrent language model that metrics train: log-probabilities for reverse_lm, features for distances."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from seqgan.fit import Plan, fit, seeded
from seqgan.functional.sampling import evaluating
from seqgan.generators._recurrent import RecurrentGenerator
from seqgan.generators.lstm import Settings, create
from seqgan.metrics._batches import Batches, Words

Floats = NDArray[np.float64]
PLAN = Plan(epochs=10, patience=1, batch=32, learning_rate=2e-3)
SIZES = Settings.model_validate({"embedding": 64, "hidden": 128, "dropout": 0.2})
_ROWS = 256


@dataclass(frozen=True)
class LanguageModel:
    """An LSTM over the tokens that occur twice or more in the rows it was trained on; others are one unknown symbol."""

    network: RecurrentGenerator
    words: Words

    @classmethod
    def train(cls, rows: Sequence[Any], plan: Plan = PLAN, sizes: Settings = SIZES) -> LanguageModel:
        """Train on token rows with early stopping; equal rows and plans give equal models on one machine."""
        words = Words.of(rows, least=2)
        batches = words.batches(rows)
        with seeded(plan.seed, "language model"):
            network = create(sizes, len(words), batches.ids.shape[1])
        fit(network, len(rows), lambda numbers: -_nats(network, batches, numbers).mean(), plan)
        return cls(network, words)

    def log_prob(self, rows: Sequence[Any]) -> tuple[Floats, Floats]:
        """Return the natural-log probability (B,) and the length (B,) of rows, the end symbol counted."""
        batches = self.words.batches(rows)
        with evaluating(self.network):
            parts = [_nats(self.network, batches, numbers) for numbers in _parts(len(rows))]
        return torch.cat(parts).double().numpy(), batches.lengths.double().numpy()

    def features(self, rows: Sequence[Any]) -> Floats:
        """Return the mean of the hidden states over the positions of each row, its end counted, (B, H)."""
        batches = self.words.batches(rows)
        with evaluating(self.network):
            parts = [self._states(*batches.take(numbers)) for numbers in _parts(len(rows))]
        return torch.cat(parts).double().numpy()

    def _states(self, ids: Tensor, mask: Tensor) -> Tensor:
        states: Tensor = self.network(ids).features
        return (states * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True)

    def digest(self) -> str:
        """Return 12 hexadecimal digits (SHA-256) of the weights and the words."""
        sha = hashlib.sha256("\x1f".join(map(str, self.words.table)).encode("utf-8", "surrogatepass"))
        for tensor in self.network.state_dict().values():
            sha.update(tensor.numpy().tobytes())
        return sha.hexdigest()[:12]


def _nats(network: RecurrentGenerator, batches: Batches, numbers: Tensor) -> Tensor:
    """Return the natural-log probability (b,) of rows by number."""
    ids, mask = batches.take(numbers)
    nats: Tensor = network(ids).log_prob(ids)
    return nats.masked_fill(~mask, 0.0).sum(1)


def _parts(rows: int) -> tuple[Tensor, ...]:
    return torch.split(torch.arange(rows), _ROWS)
