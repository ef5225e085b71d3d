"""Convolution over time and maximum over time, in one step."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from seqgan.functional.precision import product_dtype, rounded


def pooled_windows(embedded: Tensor, mask: Tensor, filters: list[Tensor]) -> Tensor:
    """Return the largest response (B, F) of every filter over the windows of its length.

    ``embedded`` (B, T, E), ``mask`` (B, T), ``filters`` a list of (C, w * E) matrices, one a window length w <= T. Only
    windows inside a row's unmasked part count; a row shorter than w has the one window that starts at its first
    position, zeros after its end. ``embedded`` must be zero where the mask is false.
    """
    dtype = _dtype(embedded)
    lengths = _lengths(mask)
    if dtype == torch.float32:
        return torch.cat([_convolved(embedded, lengths, weight).amax(2) for weight in filters], dim=1)
    values = embedded.to(dtype).contiguous()
    pooled: Tensor = _PooledWindows.apply(values, lengths, *(rounded(f, dtype) for f in filters))  # type: ignore[no-untyped-call]
    return pooled.to(embedded.dtype)


@torch.no_grad()
def prefix_windows(embedded: Tensor, filters: list[Tensor]) -> Tensor:
    """Return (B, T, F): in place [b, p] the largest responses over the windows inside the first p positions of row b.

    Minus infinity where p positions hold no window. Arguments as for :func:`pooled_windows`, without padding.
    """
    batch, time, size = embedded.shape
    values = embedded.to(_dtype(embedded))
    running = embedded.new_full((batch, time, sum(map(len, filters))), -torch.inf)
    start = 0
    for weight in filters:
        width, stop = weight.shape[1] // size, start + len(weight)
        if width < time:
            best = _responses(values, None, weight, 0).cummax(1).values
            running[:, width:, start:stop] = best[:, : time - width]
        start = stop
    return running


@torch.no_grad()
def completed_windows(embedded: Tensor, mask: Tensor, filters: list[Tensor], known: Tensor, length: int) -> Tensor:
    """Return what :func:`pooled_windows` does for rows whose first ``length`` positions are known already.

    ``known`` (B, F) is their entry of :func:`prefix_windows`; only windows that reach beyond ``length`` are computed.
    Every row is longer than ``length``.
    """
    lengths = _lengths(mask)
    firsts = [max(0, length + 1 - weight.shape[1] // embedded.shape[2]) for weight in filters]
    values = embedded.to(_dtype(embedded))
    best = [_largest(_responses(values, lengths, f, first)) for f, first in zip(filters, firsts, strict=True)]
    pooled = torch.cat(best, dim=1).to(known.dtype)
    return torch.maximum(pooled, known, out=pooled)


def _dtype(embedded: Tensor) -> torch.dtype:
    return product_dtype(embedded.device) if embedded.dtype == torch.float32 else embedded.dtype


def _lengths(mask: Tensor) -> Tensor | None:
    """Return the lengths (B,) of rows, None where no row has padding."""
    return None if bool(mask.all()) else mask.sum(1)


def _responses(values: Tensor, lengths: Tensor | None, weight: Tensor, first: int) -> Tensor:
    """Return the response (B, n, C) to every window that starts at position ``first`` or later."""
    if values.dtype == torch.float32:
        return _convolved(values, lengths, weight, first).transpose(1, 2)
    return _multiplied(values.contiguous(), lengths, rounded(weight, values.dtype), first)


def _convolved(embedded: Tensor, lengths: Tensor | None, weight: Tensor, first: int = 0) -> Tensor:
    """Return the responses (B, C, n) by torch's convolution.

    In fp32 on a CPU this takes half the time of the products below, in bfloat16 a fifth more. Both operands are seen
    as images of height 1 whose channels lie innermost, which is how they lie in memory already.
    """
    size = embedded.shape[2]
    image = embedded[:, first:].transpose(1, 2).unsqueeze(2)
    kernel = weight.view(len(weight), 1, -1, size).permute(0, 3, 1, 2)
    response = functional.conv2d(image, kernel).squeeze(2)
    if lengths is None:
        return response
    return response.masked_fill(_beyond(response.shape[2], kernel.shape[3], lengths, first)[:, None], -torch.inf)


def _multiplied(values: Tensor, lengths: Tensor | None, weight: Tensor, first: int = 0) -> Tensor:
    """Return the responses (B, n, C) by one matrix product."""
    batch, time, size = values.shape
    width = weight.shape[1] // size
    response = (_columns(values, width, first) @ weight.t()).view(batch, time - first - width + 1, -1)
    if lengths is not None:
        response.masked_fill_(_beyond(response.shape[1], width, lengths, first)[:, :, None], -torch.inf)
    return response


def _beyond(windows: int, width: int, lengths: Tensor, first: int) -> Tensor:
    """Return (B, n), true at windows that do not lie inside their row; that at position 0 always counts."""
    starts = torch.arange(first, first + windows, device=lengths.device)
    return starts > (lengths - width).clamp(min=0)[:, None]


def _largest(response: Tensor) -> Tensor:
    """Return the maximum (B, C) over the windows of responses (B, n, C).

    Halving is twice as fast as torch's own reduction in bfloat16, more where C is no multiple of the vector width.
    """
    while (count := response.shape[1]) > 1:
        half = count // 2
        better = torch.maximum(response[:, :half], response[:, half : 2 * half])
        if count % 2:
            torch.maximum(better[:, 0], response[:, -1], out=better[:, 0])
        response = better
    return response[:, 0]


def _columns(values: Tensor, width: int, first: int = 0) -> Tensor:
    """Return every window of ``width`` positions from ``first`` on as a row: (B * n, width * E)."""
    batch, time, size = values.shape
    count = time - first - width + 1
    offset = values.storage_offset() + first * size
    view = values.as_strided((batch, count, width * size), (time * size, size, 1), offset)
    return view.reshape(batch * count, width * size)


class _PooledWindows(torch.autograd.Function):
    """Matrix products over windows that keep no copy of the windows; a tie shares the gradient among its windows."""

    @staticmethod
    def forward(ctx: Any, values: Tensor, lengths: Tensor | None, *filters: Tensor) -> Tensor:
        responses = [_multiplied(values, lengths, weight) for weight in filters]
        best = [_largest(response) for response in responses]
        if any(ctx.needs_input_grad):
            ctx.save_for_backward(values, *filters, *responses, *best)
        return torch.cat(best, dim=1)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        values, saved = ctx.saved_tensors[0], ctx.saved_tensors[1:]
        count = len(saved) // 3
        batch, time, size = values.shape
        widths = tuple(weight.shape[1] // size for weight in saved[:count])
        index, bags = _falling_on(batch, time, widths, values.device)
        parts = values.new_empty(len(index), size) if ctx.needs_input_grad[0] else None
        changes: list[Tensor | None] = []
        start = first = 0
        for place, width in enumerate(widths):
            weight, response, best = saved[place], saved[count + place], saved[2 * count + place]
            upstream = grads[0][:, start : start + len(weight)]
            start += len(weight)
            hit = torch.eq(response, best[:, None], out=torch.empty_like(response))
            hit.mul_((upstream / hit.sum(1))[:, None])
            flat = hit.flatten(0, 1)
            changes.append(flat.t() @ _columns(values, width) if ctx.needs_input_grad[2 + place] else None)
            if parts is not None:
                last = first + len(flat) * width
                torch.mm(flat, weight, out=parts[first:last].view(len(flat), width * size))
                first = last
        total = None if parts is None else functional.embedding_bag(index, parts, bags, mode="sum")
        return (None if total is None else total.view(batch, time, size), None, *changes)


@lru_cache(maxsize=16)
def _falling_on(batch: int, time: int, widths: tuple[int, ...], device: torch.device) -> tuple[Tensor, Tensor]:
    """Return which places of which windows fall on every position: their numbers in order, and where each begins.

    Places are numbered by width, row, window and offset in the window; positions (B * T) by row and time. A sum over
    such bags rounds once, however many windows overlap, and is one operation where slices would be one an offset.
    """
    grid = torch.arange(batch * time, device=device).view(batch, time)
    position = torch.cat([grid.unfold(1, width, 1).flatten() for width in widths])
    counts = torch.bincount(position, minlength=batch * time)
    return position.argsort(stable=True), counts.cumsum(0) - counts
