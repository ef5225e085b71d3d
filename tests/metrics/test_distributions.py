"""N-gram JSD and MS-Jaccard: against slow obvious code, bounds, golden values, awkward rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from metrics.slow_distances import counted, slow_divergence, slow_jaccard
from seqgan.errors import DataError
from seqgan.metrics import ms_jaccard, ngram_jsd
from seqgan.records import References, Samples

ROWS = st.lists(st.lists(st.sampled_from("abcd"), max_size=7), min_size=1, max_size=5)


@given(ROWS, ROWS, st.integers(1, 4))
@hypothesis_settings(max_examples=60)
def test_the_divergence_equals_the_slow_one(rows: list[list[str]], others: list[list[str]], n: int) -> None:
    first, second = counted(rows, n), counted(others, n)
    if not first or not second:
        with pytest.raises(DataError, match=f"ngram_jsd_{n}"):
            ngram_jsd.ngram_jsd(rows, others, (n,))
        return
    found = ngram_jsd.ngram_jsd(rows, others, (n,))[f"ngram_jsd_{n}"]
    assert found == pytest.approx(slow_divergence(first, second), abs=1e-12)
    assert 0 <= found <= 1


@given(ROWS, ROWS, st.integers(1, 5))
@hypothesis_settings(max_examples=60)
def test_the_overlap_equals_the_slow_one(rows: list[list[str]], others: list[list[str]], n: int) -> None:
    if not counted(rows, n) and not counted(others, n):
        with pytest.raises(DataError, match=f"ms_jaccard_{n}"):
            ms_jaccard.ms_jaccard(rows, others, (n,))
        return
    found = ms_jaccard.ms_jaccard(rows, others, (n,))[f"ms_jaccard_{n}"]
    assert found == pytest.approx(slow_jaccard(rows, others, n), abs=1e-12)


def test_equal_and_disjoint_sets_reach_the_bounds() -> None:
    rows = ["a b c d e", "a a b b c"]
    names = [f"ngram_jsd_{n}" for n in ngram_jsd.ORDERS]
    assert ngram_jsd.ngram_jsd(rows, rows[::-1]) == pytest.approx(dict.fromkeys(names, 0.0))
    assert ngram_jsd.ngram_jsd(rows, ["v w x y z"]) == pytest.approx(dict.fromkeys(names, 1.0))
    assert ms_jaccard.ms_jaccard(rows, rows * 2) == pytest.approx({f"ms_jaccard_{n}": 1.0 for n in ms_jaccard.ORDERS})
    assert set(ms_jaccard.ms_jaccard(rows, ["v w x y z"]).values()) == {0.0}


def test_the_golden_values_of_the_pages() -> None:
    assert ngram_jsd.ngram_jsd(["a a a b"], ["a b b b"], (1,))["ngram_jsd_1"] == pytest.approx(0.1887, abs=5e-5)
    assert ms_jaccard.ms_jaccard(["a b a"], ["a b c"], (2,))["ms_jaccard_2"] == pytest.approx((1 / 6) ** 0.5)


def test_samples_of_half_the_length_lose_overlap() -> None:
    assert ms_jaccard.ms_jaccard(["a"], ["a a"], (1,)) == {"ms_jaccard_1": 0.5}


@pytest.mark.parametrize("measure", [ngram_jsd.ngram_jsd, ms_jaccard.ms_jaccard])
def test_what_cannot_be_scored_is_refused(measure: Callable[..., Any]) -> None:
    for rows, others in (([], ["a"]), (["a"], []), ([[1, 2]], [["1", "2"]])):
        with pytest.raises(DataError):
            measure(rows, others)


def test_scores_leave_undefined_orders_out() -> None:
    samples = Samples([[0]], [[True]], tokens=(("a", "b", "c"),))
    references = References(test=[["a", "b", "c"]], details={"tokenizer": "word"})
    divergences, overlaps = ngram_jsd.score(samples, references), ms_jaccard.score(samples, references)
    assert [score.name for score in divergences] == ["ngram_jsd_1", "ngram_jsd_2", "ngram_jsd_3"]
    assert [score.name for score in overlaps] == ["ms_jaccard_2", "ms_jaccard_3"]
    for score in (*divergences, *overlaps):
        assert "references:1:" in score.signature
        assert "hypotheses:1|" in score.signature
        assert "tokenizer:word" in score.signature
