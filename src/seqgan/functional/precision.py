"""Matrix products in bfloat16 with everything else in single precision."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch


@contextmanager
def matrix_precision(dtype: str) -> Iterator[None]:
    """Multiply fp32 matrices as ``dtype`` ("fp32" or "bf16") inside this block, and restore the old choice after it.

    With "bf16" the inputs of a product are rounded to bfloat16 and summed in single precision; weights,
    softmax and losses stay in single precision. A processor without bfloat16 products computes in fp32;
    a CUDA device takes TF32, its form of the same bargain.
    """
    switches = _switches()
    before = [switch.fp32_precision for switch in switches]
    try:
        for switch in switches:
            switch.fp32_precision = _choice(switch, dtype)
        yield
    finally:
        for switch, value in zip(switches, before, strict=True):
            switch.fp32_precision = value


def _switches() -> list[Any]:
    mkldnn, cuda = torch.backends.mkldnn, torch.backends.cuda
    found = [getattr(mkldnn, "matmul", None), getattr(mkldnn, "conv", None), getattr(cuda, "matmul", None)]
    return [switch for switch in found if hasattr(switch, "fp32_precision")]


def _choice(switch: Any, dtype: str) -> str:
    if dtype == "fp32":
        return "ieee"
    return "tf32" if switch is getattr(torch.backends.cuda, "matmul", None) else "bf16"
