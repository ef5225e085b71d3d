"""Which positions count."""

from __future__ import annotations

import torch

from seqgan.functional.masks import cut_mask, lengths_to_mask, mask_after_end, trim


def test_lengths_become_a_mask():
    assert lengths_to_mask(torch.tensor([0, 2, 3]), 3).tolist() == [[False] * 3, [True, True, False], [True] * 3]


def test_the_first_end_symbol_is_the_last_position_that_counts():
    ids = torch.tensor([[4, 9, 9, 4], [9, 4, 9, 9], [4, 4, 4, 4]])
    expected = [[True, True, False, False], [True, False, False, False], [True] * 4]
    assert mask_after_end(ids, 9).tolist() == expected
    assert mask_after_end(ids, None).all()


def test_trimming_drops_only_columns_where_no_row_counts():
    ids, mask = torch.arange(8).view(2, 4), lengths_to_mask(torch.tensor([1, 3]), 4)
    assert [part.tolist() for part in trim(ids, mask)] == [[[0, 1, 2], [4, 5, 6]], mask[:, :3].tolist()]
    assert trim(ids, torch.zeros_like(mask))[0].shape == (2, 1)


def test_trimming_keeps_a_gap_inside_a_row():
    ids, mask = torch.arange(4).view(1, 4), torch.tensor([[True, False, True, False]])
    assert [part.tolist() for part in trim(ids, mask)] == [[[0, 1, 2]], [[True, False, True]]]


def test_a_row_that_never_ends_loses_its_last_position():
    end = 9
    ids = torch.tensor([[1, 2, end], [1, end, end], [1, 2, 3], [end, end, end]])
    mask = mask_after_end(ids, end)
    assert cut_mask(ids, mask, end).tolist() == [
        [True, True, True],
        [True, True, False],
        [True, True, False],
        [True, False, False],
    ]
    assert cut_mask(ids, mask, None) is mask
    assert cut_mask(ids[:, :0], mask[:, :0], end).shape == (4, 0)
