"""The one minimal epoch loop of everything that is trained to judge: language models, classifiers, critics.

Shuffled batches, Adam, early stopping on a validation share; the network ends with the weights of its best epoch.
Equal seeds give equal networks on one machine.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from seqgan.errors import DataError
from seqgan.rng import derive, stream

Loss = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class Plan:
    """How long and how fast: at most ``epochs``, fewer when ``patience`` epochs in a row bring nothing better."""

    epochs: int = 20
    patience: int = 2
    batch: int = 64
    learning_rate: float = 1e-3
    validation: float = 0.1
    clip: float = 5.0
    seed: int = 0


@dataclass(frozen=True)
class Fitted:
    """What came of it: the validation loss after every epoch, and which epoch's weights were kept (from 0)."""

    losses: tuple[float, ...]
    best: int


@contextmanager
def seeded(seed: int, *names: object) -> Iterator[None]:
    """Make weights and dropout inside this block depend on ``seed`` and ``names`` only; restore the stream after it."""
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(derive(seed, *names))
        yield


def fit(network: nn.Module, rows: int, loss: Loss, plan: Plan = Plan()) -> Fitted:
    """Train ``network`` on row numbers 0 .. ``rows`` - 1 and leave it in evaluation mode with its best weights.

    ``loss(numbers)`` returns the mean loss, a scalar, of the rows with these ``numbers`` (b,). A share of the rows is
    set aside for validation (one at least); with one row only, that row is both. A batch whose gradient is not finite
    is not learnt from. Gradients are on in here, whatever holds outside. Raises DataError where there is no row, or
    where the loss of every epoch is not finite.
    """
    if rows < 1:
        raise DataError("There is no row to fit a network to.", "Give at least one.")
    order = torch.randperm(rows, generator=stream(plan.seed, "split"))
    held = min(max(1, round(plan.validation * rows)), max(rows - 1, 1))
    valid, train = order[:held], order[held:] if rows > 1 else order
    adam = torch.optim.Adam(network.parameters(), lr=plan.learning_rate)
    shuffle = stream(plan.seed, "batches")
    losses: list[float] = []
    best, kept = 0, deepcopy(network.state_dict())
    with seeded(plan.seed, "dropout"):
        for epoch in range(plan.epochs):
            _epoch(network, train[torch.randperm(len(train), generator=shuffle)], loss, adam, plan)
            found = mean_loss(network, valid, loss)
            losses.append(found if math.isfinite(found) else math.inf)
            if losses[epoch] < losses[best] or epoch == 0:
                best, kept = epoch, deepcopy(network.state_dict())
            if epoch - best >= plan.patience:
                break
    if not math.isfinite(losses[best]):
        raise DataError("A network could not be fitted: its loss was never finite.", "Look for NaN in the data.")
    network.load_state_dict(kept)
    network.eval()
    return Fitted(tuple(losses), best)


def _epoch(network: nn.Module, order: Tensor, loss: Loss, adam: torch.optim.Adam, plan: Plan) -> None:
    network.train()
    with torch.enable_grad():
        for numbers in torch.split(order, plan.batch):
            adam.zero_grad(set_to_none=True)
            value = loss(numbers)
            value.backward()  # type: ignore[no-untyped-call]
            if torch.isfinite(nn.utils.clip_grad_norm_(network.parameters(), plan.clip)):
                adam.step()


def mean_loss(network: nn.Module, numbers: Tensor, loss: Loss, batch: int = 256) -> float:
    """Return the mean loss of rows in evaluation mode, each row weighing the same; the network's mode is restored."""
    mode = network.training
    network.eval()
    with torch.no_grad():
        parts = [float(loss(part)) * len(part) for part in torch.split(numbers, batch)]
    network.train(mode)
    return sum(parts) / len(numbers)
