"""N-gram counts against counters of tuples, for random rows and for the awkward ones."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from seqgan.errors import DataError
from seqgan.records import Samples
from seqgan.stats import ngrams
from stats.slow_bleu import closest, counts, matched

ROW = st.lists(st.sampled_from("abcd"), max_size=9)
ROWS = st.lists(ROW, min_size=1, max_size=7)
HIGHEST = 5


@given(ROWS, ROWS)
def test_matches_equal_counting_by_hand(rows: list[list[str]], references: list[list[str]]) -> None:
    found = ngrams.match(ngrams.index(references, HIGHEST), rows)
    assert found.matched.tolist() == [[matched(row, references, n) for n in range(1, HIGHEST + 1)] for row in rows]
    assert found.lengths.tolist() == [len(row) for row in rows]
    assert found.closest.tolist() == [closest(len(row), references) for row in rows]


@given(st.lists(ROW, min_size=2, max_size=7))
def test_leave_one_out_equals_as_many_reference_sets_as_rows(rows: list[list[str]]) -> None:
    found = ngrams.leave_one_out(rows, HIGHEST)
    others = [rows[:b] + rows[b + 1 :] for b in range(len(rows))]
    slow = [[matched(row, rest, n) for n in range(1, HIGHEST + 1)] for row, rest in zip(rows, others, strict=True)]
    assert found.matched.tolist() == slow
    assert found.closest.tolist() == [closest(len(row), rest) for row, rest in zip(rows, others, strict=True)]


@given(ROWS)
def test_every_ngram_has_an_id_of_its_own(rows: list[list[str]]) -> None:
    table: ngrams.Table = {}
    corpus = ngrams.encode(rows, table, grow=True)
    for n, (known, gram, row) in enumerate(ngrams.grams(corpus, len(table), HIGHEST), start=1):
        truth = Counter(key for tokens in rows for key in counts(tokens, n).elements())
        assert sorted(Counter(gram.tolist()).values()) == sorted(truth.values())
        assert len(known) == len(truth)
        assert Counter(row.tolist()) == Counter(
            {b: len(tokens) - n + 1 for b, tokens in enumerate(rows) if len(tokens) >= n}
        )


def test_ngrams_do_not_cross_from_one_row_into_the_next() -> None:
    found = ngrams.match(ngrams.index([["a"], ["b"]], 2), [["a", "b"]])
    assert found.matched.tolist() == [[2, 0]]


def test_large_vocabularies_do_not_collide() -> None:
    width = 100_003
    rows = [[f"t{(b * 7919 + t * 104729) % width}" for t in range(8)] for b in range(12_000)]
    table: ngrams.Table = {}
    corpus = ngrams.encode(rows, table, grow=True)
    for n, (known, _, _) in enumerate(ngrams.grams(corpus, len(table), 4), start=1):
        assert len(known) == len({tuple(row[i : i + n]) for row in rows for i in range(len(row) - n + 1)})


def test_rows_in_many_chunks_equal_rows_in_one(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [[str(b % 7), str(b % 3), str(b % 2)] for b in range(50)]
    whole = ngrams.leave_one_out(rows, 3).matched
    monkeypatch.setattr(ngrams, "_CHUNK", 4)
    assert (ngrams.leave_one_out(rows, 3).matched == whole).all()


@given(st.lists(ROW, min_size=2, max_size=7), st.integers(1, 9))
def test_work_in_small_pieces_gives_the_same(rows: list[list[str]], piece: int) -> None:
    whole = ngrams.leave_one_out(rows, HIGHEST).matched, ngrams.match(ngrams.index(rows[1:], HIGHEST), rows).matched
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ngrams, "_PIECE", piece)
        assert (ngrams.leave_one_out(rows, HIGHEST).matched == whole[0]).all()
        assert (ngrams.match(ngrams.index(rows[1:], HIGHEST), rows).matched == whole[1]).all()


@given(st.lists(st.integers(1, 30), min_size=1, max_size=40), st.integers(1, 12))
def test_a_piece_is_one_ngram_or_has_few_positions(sizes: list[int], piece: int) -> None:
    starts = np.concatenate([[0], np.cumsum(sizes)])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ngrams, "_PIECE", piece)
        cuts = ngrams._pieces(starts)
    assert cuts[0] == 0
    assert cuts[-1] == len(sizes)
    assert all(last == first + 1 or starts[last] - starts[first] <= piece for first, last in pairwise(cuts))


def test_the_sorted_number_has_room_for_the_largest_piece_and_vocabulary() -> None:
    one_large_ngram = ((1 << 31) - 1 << (ngrams._MOST - 1).bit_length()) | ngrams._MOST - 1
    many_small_ones = (((1 << 31) * ngrams._PIECE - 1) << (ngrams._PIECE - 1).bit_length()) | ngrams._PIECE - 1
    assert max(one_large_ngram, many_small_ones) <= np.iinfo(np.int64).max


def test_a_text_with_more_positions_than_32_bits_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ngrams, "_MOST", 5)
    assert ngrams.leave_one_out(["a", "b"], 2).matched.tolist() == [[0, 0], [0, 0]]
    with pytest.raises(DataError, match="too many"):
        ngrams.leave_one_out(["a b", "c"], 2)


def test_only_new_tokens_get_new_ids() -> None:
    table: ngrams.Table = {"a": 0}
    corpus = ngrams.encode([["b", "a", "b"], [], ["c"]], table, grow=True)
    assert (corpus.ids.tolist(), corpus.lengths.tolist(), table) == ([1, 0, 1, 2], [3, 0, 1], {"a": 0, "b": 1, "c": 2})
    assert ngrams.encode(["a d"], table, grow=False).ids.tolist() == [0, -1]
    assert len(table) == 3


def test_strings_lists_arrays_tensors_and_samples_are_one() -> None:
    ids = np.array([[1, 2, 3], [2, 3, 3]])
    expected = ngrams.leave_one_out([[1, 2, 3], [2, 3, 3]], 3).matched.tolist()
    for rows in (["1 2 3", "2 3 3"], ids, torch.from_numpy(ids), Samples(ids, ids > 0)):
        assert ngrams.leave_one_out(ngrams.token_rows(rows), 3).matched.tolist() == expected


def test_padding_is_no_token() -> None:
    ids = torch.tensor([[4, 5, 0, 0], [4, 0, 0, 0]])
    mask = torch.tensor([[True, True, True, False], [True, True, False, False]])
    assert ngrams.token_rows(Samples(ids, mask)) == [(4, 5, 0), (4, 0)]


def test_tokens_come_before_strings() -> None:
    samples = Samples(np.zeros((1, 0)), np.zeros((1, 0)), strings=("a wheel.",), tokens=(("a", "wheel", "."),))
    assert ngrams.token_rows(samples) == (("a", "wheel", "."),)


@pytest.mark.parametrize("data", ["one string", b"bytes", np.zeros((2, 3)), np.zeros(3, int)])
def test_what_is_no_set_of_samples_is_refused(data: object) -> None:
    with pytest.raises(DataError):
        ngrams.token_rows(data)


@pytest.mark.parametrize("grow", [True, False])
@pytest.mark.parametrize("token", [float("nan"), None, ["a"], 1.0])
def test_a_missing_value_or_a_list_is_no_token(token: object, grow: bool) -> None:
    with pytest.raises(DataError, match=f"type {type(token).__name__} is no token"):
        ngrams.encode([[1, token]], {1: 0}, grow=grow)


@pytest.mark.parametrize("rows", [[["1", "2"], [1, 2]], ["1 2", [1, 2]], [[1, "2"]]])
def test_words_among_ids_are_refused(rows: list[object]) -> None:
    with pytest.raises(DataError, match="one kind"):
        ngrams.encode(rows, {}, grow=True)


@pytest.mark.parametrize("grow", [True, False])
def test_ids_are_not_looked_up_among_words(grow: bool) -> None:
    with pytest.raises(DataError, match="one kind"):
        ngrams.encode([[1, 2]], {"1": 0}, grow=grow)


def test_kinds_of_words_and_of_ids_may_be_mixed() -> None:
    assert ngrams.encode([["a", b"b"], []], {}, grow=True).ids.tolist() == [0, 1]
    assert ngrams.encode([[1, np.int64(1), np.int32(2)]], {}, grow=True).ids.tolist() == [0, 0, 1]


def test_rows_without_any_token_have_no_match() -> None:
    found = ngrams.match(ngrams.index(["", ""], 3), ["", "a b"])
    assert found.matched.tolist() == [[0, 0, 0], [0, 0, 0]]
    assert ngrams.leave_one_out(["", ""], 3).matched.tolist() == [[0, 0, 0], [0, 0, 0]]
