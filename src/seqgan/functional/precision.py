"""Matrix products in bfloat16 with everything else in single precision."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

_chosen: ContextVar[str] = ContextVar("matrix_precision", default="fp32")
_rounded: ContextVar[dict[tuple[int, torch.dtype], tuple[Tensor, Tensor]] | None] = ContextVar(
    "rounded_weights", default=None
)


@contextmanager
def matrix_precision(dtype: str) -> Iterator[None]:
    """Multiply fp32 matrices as ``dtype`` ("fp32" or "bf16") inside this block, and restore the old choice after it.

    With "bf16" the inputs of a product are rounded to bfloat16 and summed in single precision; weights,
    softmax and losses stay in single precision. A CPU without bfloat16 products computes in fp32 all the same;
    plain fp32 products, recurrent layers and convolutions on a CUDA device become TF32, its form of the same bargain.
    """
    switches = _switches()
    before = [switch.fp32_precision for switch in switches]
    token = _chosen.set(dtype)
    try:
        for switch in switches:
            switch.fp32_precision = _choice(switch, dtype)
        yield
    finally:
        _chosen.reset(token)
        for switch, value in zip(switches, before, strict=True):
            switch.fp32_precision = value


@contextmanager
def unchanging_weights() -> Iterator[None]:
    """Round every weight once inside this block, in which none may change and no gradient is taken."""
    token = _rounded.set({})
    try:
        with torch.no_grad():
            yield
    finally:
        _rounded.reset(token)


def rounded(weight: Tensor, dtype: torch.dtype) -> Tensor:
    """Return ``weight`` in ``dtype``, the one made before inside :func:`unchanging_weights`."""
    known = _rounded.get()
    if known is None:
        return weight.to(dtype)
    key = (id(weight), dtype)  # the weight is kept with it: no other can take its number
    if key not in known:
        known[key] = (weight, weight.to(dtype))
    return known[key][1]


def bfloat16_pays(device: torch.device | str = "cpu") -> bool:
    """Tell whether the device multiplies bfloat16 matrices faster than fp32 ones."""
    if torch.device(device).type == "cuda":
        return bool(torch.cuda.is_bf16_supported())
    if torch.device(device).type != "cpu":
        return False
    asks = (getattr(torch.cpu, name, None) for name in ("_is_avx512_bf16_supported", "_is_amx_tile_supported"))
    return any(ask is not None and ask() for ask in asks)


def product_dtype(device: torch.device | str) -> torch.dtype:
    """Return the dtype for explicit products: bfloat16 inside ``matrix_precision("bf16")`` where it pays."""
    return torch.bfloat16 if _chosen.get() == "bf16" and bfloat16_pays(device) else torch.float32


def linear(values: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """Return ``values @ weight.T + bias`` (..., O) in the chosen precision; weight (O, I), bias (O,)."""
    dtype = product_dtype(values.device)
    if dtype == torch.float32 or values.dtype != torch.float32:
        return functional.linear(values, weight, bias)
    product: Tensor = _RoundedLinear.apply(values, weight, dtype)  # type: ignore[no-untyped-call]
    return product.add_(bias)


class _RoundedLinear(torch.autograd.Function):
    """A product in a lower precision whose weight gradient comes out row by row.

    Autograd's own comes out transposed, and turning 1720 x 1720 numbers round costs more than multiplying them.
    """

    @staticmethod
    def forward(ctx: Any, values: Tensor, weight: Tensor, dtype: torch.dtype) -> Tensor:
        low, low_weight = values.to(dtype), rounded(weight, dtype)
        ctx.save_for_backward(low, low_weight)
        return functional.linear(low, low_weight).float()

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        low, low_weight = ctx.saved_tensors
        upstream = grads[0].to(low.dtype)
        flat, inputs = upstream.reshape(-1, upstream.shape[-1]), low.reshape(-1, low.shape[-1])
        values = (upstream @ low_weight).float() if ctx.needs_input_grad[0] else None
        weight = (flat.t() @ inputs).float() if ctx.needs_input_grad[1] else None
        return values, weight, None


def _switches() -> list[Any]:
    """Return the switches that this version of torch has; that of mkldnn is a CPU's, the others are CUDA's."""
    mkldnn, cuda, cudnn = torch.backends.mkldnn, torch.backends.cuda, torch.backends.cudnn
    named = ((mkldnn, "matmul"), (cuda, "matmul"), (cudnn, "rnn"), (cudnn, "conv"))
    found = [getattr(place, name, None) for place, name in named]
    return [switch for switch in found if hasattr(switch, "fp32_precision")]


def _choice(switch: Any, dtype: str) -> str:
    if dtype == "fp32":
        return "ieee"
    if switch is not getattr(torch.backends.mkldnn, "matmul", None):
        return "tf32"
    return "bf16" if bfloat16_pays() else "ieee"
