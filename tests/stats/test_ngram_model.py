"""The n-gram model: probabilities against enumeration and a slow version, samples against probabilities."""

from __future__ import annotations

import itertools
import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from seqgan.errors import ConfigError, DataError
from seqgan.stats.ngram_model import NGramModel
from stats.slow_ngram_model import slow_model

ROWS = ["a b a c", "a b b", "", "c a b a", "a b a c"]
Rows = some.lists(some.lists(some.sampled_from("abc"), max_size=6), min_size=1, max_size=6)


@given(rows=Rows, row=some.lists(some.sampled_from("abcz"), max_size=6), order=some.integers(1, 5))
def test_log_probabilities_are_those_of_the_formula(rows: list[list[str]], row: list[str], order: int) -> None:
    nats, tokens = NGramModel.fit(rows, order).log_prob([row, row])
    assert math.exp(nats[0]) == pytest.approx(slow_model(rows, order)(row), rel=1e-9)
    assert nats[0] == nats[1]
    assert tokens.tolist() == [len(row) + 1] * 2


@pytest.mark.parametrize("order", [1, 2, 4])
def test_the_next_token_has_probability_one_in_total(order: int) -> None:
    model = NGramModel.fit(ROWS, order)
    for length in range(4):
        for prefix in itertools.product("abcz", repeat=length):
            # p(prefix and the end) + p(prefix and any row of one token more that begins with it) = p(prefix) ...
            ends = math.exp(model.log_prob([prefix])[0][0])
            longer = sum(_begins(model, (*prefix, token)) for token in "abcz")
            assert ends + longer == pytest.approx(_begins(model, prefix), rel=1e-12)


def _begins(model: NGramModel, prefix: tuple[str, ...]) -> float:
    """Return the probability that a row begins with ``prefix``: log_prob without the end's own factor."""
    ids, place = _positions(model, prefix)
    return float(np.prod(model._probabilities(ids, place)[:-1]))


def _positions(model: NGramModel, prefix: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    number = {token: place for place, token in enumerate(model.tokens)}
    end = len(number)
    ids = [end + 1] * (model.order - 1) + [number.get(token, -1) for token in prefix] + [end]
    return np.array(ids), np.arange(len(ids))


def test_all_rows_together_have_probability_one() -> None:
    model = NGramModel.fit([["a"], ["a", "a"], []], 2)
    total = sum(math.exp(nats) for nats in model.log_prob([row for n in range(12) for row in _rows("az", n)])[0])
    assert 0.999 < total <= 1 + 1e-9


def _rows(tokens: str, length: int) -> list[tuple[str, ...]]:
    return list(itertools.product(tokens, repeat=length))


def test_samples_follow_the_probabilities() -> None:
    rows = [["a", "b"], ["b"], ["a", "b"], ["a", "c"]]
    drawn = Counter(NGramModel.fit(rows, 3).sample(40_000, seed=3, max_len=9))
    for row in [("a", "b"), ("b",), ("a", "c"), (), ("a",), ("b", "b"), ("c",)]:
        expected = slow_model(rows, 3, symbols=1)(row)  # the unknown symbol is never drawn
        assert drawn[row] / 40_000 == pytest.approx(expected, abs=4 * math.sqrt(expected / 40_000)), row


def test_equal_seeds_give_equal_rows_and_others_do_not() -> None:
    model = NGramModel.fit(ROWS)
    assert model.sample(50, seed=1) == model.sample(50, seed=1)
    assert model.sample(50, seed=1) != model.sample(50, seed=2)


def test_rows_end_by_themselves_or_at_the_longest_length() -> None:
    model = NGramModel.fit(ROWS)
    assert max(map(len, model.sample(500, seed=0))) == 4
    assert max(map(len, model.sample(500, seed=0, max_len=2))) == 2
    assert model.sample(3, seed=0, max_len=0) == [(), (), ()]
    assert model.sample(0, seed=0) == []


def test_a_repeated_row_is_learnt_and_nothing_is_impossible() -> None:
    model = NGramModel.fit([["a", "b", "c"]] * 100)
    nats, tokens = model.log_prob([["a", "b", "c"], ["z", "z"], []])
    assert nats[0] / tokens[0] > -0.05
    assert np.isfinite(nats).all()
    assert nats[1] < nats[0]


def test_ids_and_strings_are_rows_as_well() -> None:
    words, ids = NGramModel.fit(["a b", "b a"]), NGramModel.fit(np.array([[4, 7], [7, 4]]))
    assert words.log_prob(["a b"])[0] == pytest.approx(ids.log_prob([[4, 7]])[0])
    assert {token for row in ids.sample(5) for token in row} <= {4, 7}


def test_rows_without_any_token_are_a_corpus_too() -> None:
    model = NGramModel.fit([[], []])
    assert model.sample(3) == [(), (), ()]
    assert model.log_prob([])[0].shape == (0,)
    assert model.log_prob([[]])[0][0] == pytest.approx(4 * math.log(1) + _end_alone(), abs=1e-9)


def _end_alone() -> float:
    p = 1 / 2  # the end and the unknown symbol
    for _ in range(4):
        p = (2 + p) / 3
    return math.log(p)


def test_nothing_to_count_and_no_such_order_are_told() -> None:
    with pytest.raises(DataError, match="none"):
        NGramModel.fit([])
    with pytest.raises(ConfigError, match="1 to 10"):
        NGramModel.fit(ROWS, 0)


@pytest.mark.parametrize("order", [1, 2, 3])
def test_without_ends_the_rows_of_one_length_have_probability_one_together(order: int) -> None:
    model = NGramModel.fit(ROWS, order, ends=False)
    rows = _rows("abcz", 4)  # "z" is the one unknown symbol
    nats, tokens = model.log_prob(rows)
    assert np.exp(nats).sum() == pytest.approx(1.0, rel=1e-12)
    assert set(tokens) == {4}


def test_without_ends_the_counts_are_those_of_the_tokens_alone() -> None:
    """Rows "a b" and "a a": p(a) = (3 + 2 / 3) / 6 at order 1, for four tokens, two kinds and V + 1 = 3 symbols."""
    model = NGramModel.fit(["a b", "a a"], 1, ends=False)
    assert model.token_log_probs(["a", "b a"]) == pytest.approx(
        np.log([[11 / 18, 1, 1], [(1 + 2 / 3) / 6, 11 / 18, 1]])
    )


def test_log_probabilities_of_tokens_sum_to_those_of_the_rows() -> None:
    model, rows = NGramModel.fit(ROWS), ["a b a c", "", "z a"]
    each = model.token_log_probs(rows)
    assert each.shape == (3, 5)
    assert each.sum(axis=1) == pytest.approx(model.log_prob(rows)[0])
    assert each[1, 1:].tolist() == [0, 0, 0, 0]


def test_without_ends_every_sample_is_as_long_as_asked_for_and_follows_the_probabilities() -> None:
    model = NGramModel.fit([["a", "b"], ["b"], ["a", "b"], ["a", "a"]], 2, ends=False)
    drawn = Counter(model.sample(40_000, seed=3, max_len=3))
    rows = _rows("ab", 3)
    expected = np.exp(model.log_prob(rows)[0])
    expected /= expected.sum()  # the unknown symbol is never drawn
    assert set(drawn) == set(rows)
    for row, share in zip(rows, expected, strict=True):
        assert drawn[row] / 40_000 == pytest.approx(share, abs=4 * math.sqrt(share / 40_000) + 0.01), row


def test_tokens_that_no_row_holds_share_the_unknown() -> None:
    model = NGramModel.fit(ROWS, 2, ends=False, unseen=3)
    nats, _ = model.log_prob(_rows("abcxyz", 3))
    assert np.exp(nats).sum() == pytest.approx(1.0, rel=1e-12)
    with pytest.raises(DataError, match="no token"):
        NGramModel.fit(["", ""], ends=False)
