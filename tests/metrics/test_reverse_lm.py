"""Reverse LM: what a model of the samples gives real rows; no word is free; a collapsed generator is punished."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest

from seqgan.errors import ConfigError, DataError
from seqgan.metrics import reverse_lm
from seqgan.metrics._language import LanguageModel
from seqgan.records import References, Samples
from seqgan.stats.ngram_model import NGramModel

WORDS = [f"w{i}" for i in range(12)]


def chain(seed: int, count: int) -> list[list[str]]:
    """Return rows in which each word is followed by one of two others."""
    draws = random.Random(seed)
    rows = []
    for _ in range(count):
        row = [draws.randrange(12)]
        while len(row) < 8:
            row.append((2 * row[-1] + draws.randrange(2)) % 12)
        rows.append([WORDS[i] for i in row])
    return rows


def test_the_golden_value_of_the_page() -> None:
    found = reverse_lm.reverse_lm(["a"], ["a"])
    assert found["reverse_lm"] == pytest.approx(-math.log(89 / 96))
    assert found["reverse_lm_perplexity"] == pytest.approx(96 / 89)


def test_each_word_that_no_sample_has_costs_its_share_of_the_unknown_symbol() -> None:
    samples, real = [["a", "b"], ["a"]], [["a", "b"], ["a", "c"], ["d", "c", "e"]]
    log_prob, lengths = NGramModel.fit(samples, 4).log_prob(real)
    nats, tokens = reverse_lm.per_reference(samples, real)
    # c, d and e share the unknown symbol.
    assert nats.tolist() == pytest.approx((-log_prob + math.log(3) * np.array([0, 1, 3])).tolist())
    assert tokens.tolist() == lengths.tolist() == [3, 3, 4]


@pytest.mark.parametrize("model", ["ngram", pytest.param("lstm", marks=pytest.mark.thorough)])
def test_real_text_teaches_more_than_one_row_repeated_or_noise(model: str) -> None:
    real = chain(1, 30)
    draws = random.Random(3)
    noise = [draws.choices(WORDS, k=8) for _ in range(100)]
    good, collapsed, random_words = (
        reverse_lm.reverse_lm(samples, real, model)["reverse_lm"] for samples in (chain(2, 100), real[:1] * 100, noise)
    )
    # The chain has log 12 + 7 log 2 nats in 9 tokens.
    assert 0.8 < good < random_words
    assert good < 2.2 < collapsed


def test_the_language_model_is_the_same_each_time_and_padding_changes_nothing() -> None:
    rows = chain(4, 20)
    first, again = (LanguageModel.train(rows) for _ in range(2))
    assert first.digest() == again.digest()
    longer = [*rows[:3], ["w1"] * 30, []]
    assert first.features(longer)[:3] == pytest.approx(first.features(rows)[:3], abs=1e-6)
    assert first.log_prob(longer)[0][:3] == pytest.approx(first.log_prob(rows)[0][:3], abs=1e-5)
    assert first.log_prob(longer)[1].tolist() == [9, 9, 9, 31, 1]


def test_blank_rows_are_rows_with_an_end_only() -> None:
    assert reverse_lm.reverse_lm([""], [""])["reverse_lm"] < 0.3
    assert math.isfinite(reverse_lm.reverse_lm([""], ["a b"])["reverse_lm"])


@pytest.mark.parametrize(("rows", "real"), [([], ["a"]), (["a"], []), ([[1, 2]], [["1", "2"]])])
def test_what_cannot_be_scored_is_refused(rows: object, real: object) -> None:
    with pytest.raises(DataError):
        reverse_lm.reverse_lm(rows, real)
    with pytest.raises(ConfigError, match="ngram"):
        reverse_lm.reverse_lm(["a"], ["a"], "ngrams")
    with pytest.raises(DataError, match="real rows"):
        reverse_lm.score(Samples([[0]], [[True]], tokens=(("a",),)), References())


def test_scores_name_the_model_and_have_intervals() -> None:
    samples = Samples([[0]] * 50, [[True]] * 50, tokens=tuple(map(tuple, chain(2, 50))))
    nats, perplexity = reverse_lm.score(samples, References(test=chain(1, 30), details={"language_model": "ngram"}))
    low, high = nats.interval or (9, 9)
    assert low < nats.value < high
    assert perplexity.value == pytest.approx(math.exp(nats.value))
    assert (nats.n, nats.direction, nats.unit) == (30, "lower", "nats/token")
    for part in ("model:4-gram,witten-bell", "references:30:", "hypotheses:50"):
        assert part in nats.signature
