"""The paper's discriminator: its sizes, and settings that no network can be made of."""

from __future__ import annotations

import pytest

from seqgan.config import resolve
from seqgan.discriminators import cnn_highway
from seqgan.errors import ConfigError


def test_the_paper_has_1720_filters_and_shorter_rows_leave_out_longer_windows():
    settings = cnn_highway.Settings()
    assert cnn_highway.create(settings, 11, 20).output.in_features == 1720
    short = cnn_highway.create(settings, 11, 7)
    assert short.widths == [1, 2, 3, 4, 5, 6, 7]
    assert short.output.in_features == 1100


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
