"""Advertisements among methods: caught by name, kept, and honest methods left alone."""

from __future__ import annotations

import pytest

from seqgan.board.archive.spam import reason


@pytest.mark.parametrize(
    "name",
    [
        "How do I speak to someone at the airline +1-855-555-0123",
        "(844) 555 0199 refund",
        "¿Cómo llamar a la línea aérea?",
        "Wallet ➜ support",
        "Customer service of a bank",
    ],
)
def test_advertisements_are_suspected_with_a_reason(name: str) -> None:
    assert reason({"name": name, "num_papers": 0, "source_url": None})


@pytest.mark.parametrize("name", ["LSTM", "ResNet-101", "Inception-v3", "1x1 Convolution", "BART", "k-NN", "(2+1)D"])
def test_methods_are_not_suspected(name: str) -> None:
    assert reason({"name": name, "num_papers": 0, "source_url": None}) is None


def test_what_papers_use_or_a_source_describes_is_never_suspected() -> None:
    spam = "Call +1-855-555-0123 now?"
    assert reason({"name": spam, "num_papers": 2, "source_url": None}) is None
    assert reason({"name": spam, "num_papers": 0, "source_url": "https://arxiv.org/abs/1"}) is None
