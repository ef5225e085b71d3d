"""Generator states: nested tuples or dicts of tensors whose first axis is the row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

State = Any


def transform(state: State, change: Callable[[Tensor], Tensor]) -> State:
    """Apply ``change`` to every tensor of a nested state."""
    if isinstance(state, Tensor):
        return change(state)
    if isinstance(state, dict):
        return {key: transform(value, change) for key, value in state.items()}
    return tuple(transform(value, change) for value in state)


def take(state: State, rows: Tensor) -> State:
    """Return the given rows of a state; ``rows`` (R,) holds indices or (B,) booleans."""
    return transform(state, lambda tensor: tensor[rows])


def repeat(state: State, n: int) -> State:
    """Return a state with every row ``n`` times, copies of a row side by side."""
    return transform(state, lambda tensor: tensor.repeat_interleave(n, dim=0))


def join(states: Sequence[State]) -> State:
    """Return the rows of several states one after the other."""
    first = states[0]
    if isinstance(first, Tensor):
        return torch.cat(list(states))
    if isinstance(first, dict):
        return {key: join([state[key] for state in states]) for key in first}
    return tuple(join([state[i] for state in states]) for i in range(len(first)))
