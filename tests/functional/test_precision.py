"""The precision of matrix products: every switch of torch is set inside the block and set back after it."""

from __future__ import annotations

import pytest
import torch

from seqgan.functional.precision import bfloat16_pays, matrix_precision

PLACES = {
    "a CPU's products": (torch.backends.mkldnn, "matmul"),
    "CUDA's products": (torch.backends.cuda, "matmul"),
    "cuDNN's recurrent layers": (torch.backends.cudnn, "rnn"),
    "cuDNN's convolutions": (torch.backends.cudnn, "conv"),
}


@pytest.mark.parametrize("name", PLACES)
@pytest.mark.parametrize("dtype", ["fp32", "bf16"])
def test_the_switch_is_set_inside_and_set_back_after_it(name, dtype):
    switch = getattr(PLACES[name][0], PLACES[name][1], None)
    if not hasattr(switch, "fp32_precision"):
        pytest.skip("this version of torch has no such switch")
    before = switch.fp32_precision
    low = "tf32" if name != "a CPU's products" else "bf16" if bfloat16_pays() else "ieee"
    with matrix_precision(dtype):
        assert switch.fp32_precision == ("ieee" if dtype == "fp32" else low)
        with matrix_precision("fp32"):
            assert switch.fp32_precision == "ieee"
    assert switch.fp32_precision == before
