"""Windowed convolution with maximum over time against torch's own convolution."""

from __future__ import annotations

import pytest
import torch
from torch.nn.functional import conv1d

from seqgan.functional.masks import lengths_to_mask
from seqgan.functional.precision import bfloat16_pays, matrix_precision
from seqgan.functional.windows import pooled_windows


def inputs(rows=5, time=7, size=3, dtype=torch.float64):
    rng = torch.Generator().manual_seed(0)
    embedded = torch.randn(rows, time, size, generator=rng, dtype=dtype)
    filters = [torch.randn(4, width * size, generator=rng, dtype=dtype) for width in (1, 2, 5, 7)]
    return embedded, filters


def by_convolution(embedded, filters):
    size = embedded.shape[2]
    stacked = [f.view(len(f), -1, size).transpose(1, 2) for f in filters]
    return torch.cat([conv1d(embedded.transpose(1, 2), f).amax(-1) for f in stacked], dim=1)


# A sum of some 20 products of numbers near 1, rounded in another order.
CLOSE = {torch.float32: {"atol": 1e-4, "rtol": 1e-5}, torch.float64: {"atol": 1e-12, "rtol": 1e-12}}
BOTH = pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=["convolution", "products"])


@BOTH
def test_equal_to_convolution_and_maximum_in_value_and_gradient(dtype):
    embedded, filters = inputs(dtype=dtype)
    leaves = [leaf.requires_grad_() for leaf in (embedded, *filters)]
    expected = by_convolution(embedded, filters)
    got = pooled_windows(embedded, torch.ones(5, 7, dtype=torch.bool), filters)
    torch.testing.assert_close(got, expected, **CLOSE[dtype])
    wanted = torch.autograd.grad(expected.square().sum(), leaves)
    for one, two in zip(torch.autograd.grad(got.square().sum(), leaves), wanted, strict=True):
        torch.testing.assert_close(one, two, **CLOSE[dtype])


def test_the_gradient_in_double_precision_is_that_of_small_differences():
    embedded, filters = inputs(rows=3, time=7, size=2)
    mask = lengths_to_mask(torch.tensor([3, 6, 7]), 7)
    leaves = [leaf.requires_grad_() for leaf in (embedded * mask[:, :, None], *filters)]

    def pooled(rows, *each):
        return pooled_windows(rows * mask[:, :, None], mask, list(each))

    # Linear between ties: so tight that a sum in single precision fails.
    assert torch.autograd.gradcheck(pooled, leaves, eps=1e-5, atol=1e-9, rtol=0)


@BOTH
def test_windows_beyond_a_row_do_not_count_and_a_short_row_has_one_window(dtype):
    embedded, filters = inputs(dtype=dtype)
    lengths = torch.tensor([1, 2, 4, 5, 7])
    mask = lengths_to_mask(lengths, 7)
    embedded = embedded * mask[:, :, None]
    got = pooled_windows(embedded, mask, filters)
    for row, length in enumerate(lengths.tolist()):
        for index, width in enumerate((1, 2, 5, 7)):
            alone = embedded[row : row + 1, : max(length, width)]
            expected = by_convolution(alone, [filters[index]])
            part = got[row : row + 1, 4 * index : 4 * index + 4]
            torch.testing.assert_close(part, expected, **CLOSE[dtype])


@BOTH
def test_a_tie_shares_the_gradient(dtype):
    embedded = torch.ones(1, 4, 1, requires_grad=True, dtype=dtype)
    pooled_windows(embedded, torch.ones(1, 4, dtype=torch.bool), [torch.ones(1, 1, dtype=dtype)]).sum().backward()
    torch.testing.assert_close(embedded.grad, torch.full((1, 4, 1), 0.25, dtype=dtype))


def test_what_many_windows_add_up_to_is_rounded_once():
    time = 20  # all windows tie: of width w there are 21 - w, each with that share of the gradient
    embedded = torch.ones(2, time, 1, requires_grad=True, dtype=torch.bfloat16)
    filters = [torch.ones(1, width, dtype=torch.bfloat16) for width in range(1, time + 1)]
    pooled_windows(embedded, torch.ones(2, time, dtype=torch.bool), filters).sum().backward()
    exact = torch.zeros(time, dtype=torch.float64)
    for width in range(1, time + 1):
        for start in range(time - width + 1):
            exact[start : start + width] += torch.tensor(1 / (time - width + 1)).bfloat16().double()
    assert torch.equal(embedded.grad, exact.bfloat16().expand(2, -1)[..., None])


def test_bfloat16_is_close_to_single_precision_and_used_where_it_pays():
    embedded, filters = inputs(dtype=torch.float32)
    exact = pooled_windows(embedded, torch.ones(5, 7, dtype=torch.bool), filters)
    with matrix_precision("bf16"):
        rounded = pooled_windows(embedded, torch.ones(5, 7, dtype=torch.bool), filters)
    torch.testing.assert_close(rounded, exact, atol=0.1, rtol=0.05)
    assert torch.equal(rounded, exact) != bfloat16_pays("cpu")


@pytest.mark.skipif(not hasattr(torch.backends.mkldnn, "matmul"), reason="this PyTorch has no such switch")
@pytest.mark.parametrize("dtype", ["fp32", "bf16"])
def test_the_precision_of_products_is_restored(dtype):
    before = torch.backends.mkldnn.matmul.fp32_precision
    with pytest.raises(ZeroDivisionError), matrix_precision(dtype):
        raise ZeroDivisionError
    assert torch.backends.mkldnn.matmul.fp32_precision == before
