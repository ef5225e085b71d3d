"""Sentence BLEU against the slow, obvious one and by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqgan.errors import ConfigError
from seqgan.stats import ngrams
from seqgan.stats.sentence_bleu import check_definition, sentence_bleu
from stats.slow_bleu import sentence

ROW = st.lists(st.sampled_from("abcd"), max_size=9)
ORDERS = (1, 2, 3, 4, 5)


@pytest.mark.parametrize("definition", ["texygen", "legacy", "strict"])
@given(rows=st.lists(ROW, min_size=1, max_size=5), references=st.lists(ROW, min_size=1, max_size=5))
def test_equals_the_slow_one(definition: str, rows: list[list[str]], references: list[list[str]]) -> None:
    statistics = ngrams.match(ngrams.index(references, 5), rows)
    fast = sentence_bleu(statistics, ORDERS, check_definition(definition))
    slow = [[sentence(row, references, order, definition) for order in ORDERS] for row in rows]
    np.testing.assert_allclose(fast, slow, rtol=0, atol=1e-12)


def test_by_hand() -> None:
    statistics = ngrams.match(ngrams.index(["a b c d"], 2), ["a b x"])
    # p1 = 2/3, p2 = 1/2, brevity exp(1 - 4/3)
    expected = math.exp(1 - 4 / 3) * math.sqrt(2 / 3 * 1 / 2)
    assert sentence_bleu(statistics, (2,), "texygen")[0, 0] == pytest.approx(expected, abs=1e-12)


def test_missing_orders_are_what_the_definitions_differ_in() -> None:
    statistics = ngrams.match(ngrams.index(["a b"], 2), ["b a"])
    values = {name: sentence_bleu(statistics, (2,), name)[0, 0] for name in ("texygen", "legacy", "strict")}
    assert values == pytest.approx({"texygen": math.sqrt(0.1), "legacy": 1.0, "strict": 0.0}, abs=1e-12)


def test_an_unknown_definition_names_the_nearest() -> None:
    with pytest.raises(ConfigError, match="'texygen'"):
        check_definition("texigen")
