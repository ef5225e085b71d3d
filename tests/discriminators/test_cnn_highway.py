"""The paper's discriminator: its sizes, and settings that no network can be made of."""

from __future__ import annotations

import pytest

from seqgan.config import resolve
from seqgan.discriminators import cnn_highway
from seqgan.errors import ConfigError


@pytest.mark.parametrize("max_len", [20, 21, 40])
def test_the_paper_has_1720_filters_for_20_positions_and_longer_rows_keep_them(max_len):
    assert cnn_highway.create(cnn_highway.Settings(), 11, max_len).output.in_features == 1720


def test_shorter_rows_leave_out_longer_windows_and_have_fewer_filters():
    short = cnn_highway.create(cnn_highway.Settings(), 11, 7)
    assert short.widths == [1, 2, 3, 4, 5, 6, 7]
    assert [len(weights) for weights in short.filters] == [35, 70, 70, 70, 70, 35, 35]  # 7 / 20 of the paper's
    smaller = cnn_highway.create(cnn_highway.Settings(scale=0.5), 11, 10)
    assert smaller.output.in_features == 1400 // 4
    assert len(smaller.widths) == 10


def test_filters_of_ones_own_are_not_scaled_by_the_length():
    own = cnn_highway.Settings(windows=(1, 2), filters=(30, 40))
    assert cnn_highway.create(own, 11, 5).output.in_features == 70


def test_where_every_window_is_too_long_one_spans_the_whole_row_with_its_scaled_number_of_filters():
    settings = cnn_highway.Settings(windows=(8, 5), filters=(40, 20), scale=0.5)
    network = cnn_highway.create(settings, 11, 3)
    assert (network.widths, network.output.in_features) == ([3], 10)


@pytest.mark.parametrize(
    ("sizes", "text"),
    [
        ({"windows": [1, 2]}, "2 windows need as many filters, not 12"),
        ({"windows": [0, 2], "filters": [3, 4]}, "from 1 up"),
        ({"windows": [1, 2], "filters": [3, 0]}, "from 1 up"),
        ({"windows": [2, 2], "filters": [3, 4]}, "different lengths"),
    ],
)
def test_sizes_that_fit_no_network_are_refused(sizes, text):
    with pytest.raises(ConfigError, match=text):
        resolve(("file", {"discriminator": sizes}))
