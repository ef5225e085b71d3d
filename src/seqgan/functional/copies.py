"""Copies of networks."""

from __future__ import annotations

from copy import deepcopy
from typing import TypeVar

from torch import nn

Network = TypeVar("Network", bound=nn.Module)


def copy_of(network: Network) -> Network:
    """Return a deep copy of ``network`` whose recurrent layers hold their weights in one piece again.

    A deep copy gives every weight memory of its own; cuDNN would gather them anew, with a warning, at every call.
    """
    copy = deepcopy(network)
    for part in copy.modules():
        if isinstance(part, nn.RNNBase):
            part.flatten_parameters()
    return copy
