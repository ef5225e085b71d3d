"""Dropout that draws one random number for four values, and networks without it for a while."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn
from torch.nn import functional

_STEPS = 1 << 16


def dropout(values: Tensor, rate: float, training: bool) -> Tensor:
    """Return ``values`` with a share ``rate`` of them set to 0 and the others scaled up to keep the expectation.

    The values themselves outside training. ``rate`` is rounded to a multiple of 1 / 65536 below 1. torch's own draws
    a double for every value, which on a CPU takes nine times as long; elsewhere it is used. The draws come from
    torch's global generator, as there. Source: Srivastava et al. 2014.
    """
    if not training or rate == 0:
        return values
    if values.device.type != "cpu":
        return functional.dropout(values, rate)
    dropped = min(round(rate * _STEPS), _STEPS - 1)
    words = torch.empty(-(-values.numel() // 4), dtype=torch.int64).random_(torch.iinfo(torch.int64).min, None)
    kept = words.view(torch.int16)[: values.numel()].view(values.shape) >= dropped - _STEPS // 2
    return values * (kept.to(values.dtype) * (_STEPS / (_STEPS - dropped)))


@contextmanager
def without_dropout(network: nn.Module) -> Iterator[None]:
    """Switch the dropout of ``network`` off inside this block and leave its gradients as they are.

    Rows are drawn without dropout, so what is learned from them must weigh the same policy. Recurrent layers stay in
    training mode, with a dropout of 0: on CUDA they have no backward pass in the other. Every mode is restored.
    """
    modes = [(part, part.training) for part in network.modules()]
    recurrent = [(part, part.dropout) for part in network.modules() if isinstance(part, nn.RNNBase)]
    try:
        network.eval()
        for layer, _ in recurrent:
            layer.training, layer.dropout = True, 0.0
        yield
    finally:
        for layer, rate in recurrent:
            layer.dropout = rate
        for part, mode in modes:
            part.training = mode
