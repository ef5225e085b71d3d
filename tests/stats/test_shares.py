"""Shares: one way of writing them, and none that says nothing or everything by rounding alone."""

from __future__ import annotations

import pytest

from seqgan.stats.shares import percent


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.0, "0 %"),
        (1.0, "100 %"),
        (0.123, "12 %"),
        (0.01, "1 %"),
        (0.004, "0.4 %"),
        (0.0001, "under 0.1 %"),
        (0.993, "99.3 %"),
        (0.9996, "over 99.9 %"),
    ],
)
def test_a_share_reads_as_percent(share: float, text: str) -> None:
    assert percent(share) == text
