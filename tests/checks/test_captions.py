"""The grammar machine against brute force, and what the caption grammar promises."""

from __future__ import annotations

import math
from collections import Counter
from itertools import pairwise, product

import numpy as np
import pytest

from seqgan.checks import grammar
from seqgan.checks.captions import RULES, Automaton, captions
from seqgan.checks.captions.automaton import parse
from seqgan.errors import DataError

# "x" alone has two derivations, and "a" may come from two rules: sums over derivations are needed.
AMBIGUOUS = """
CAPTION: 2 LEFT RIGHT | x | NAME
LEFT: 3 a | b | - | a a
RIGHT: a | 2 c NAME | -
NAME: x | 4 y
"""


def derivations(rules, symbols):
    """Yield (sentence, probability) of every derivation: the slow, obvious way."""
    if not symbols:
        yield (), 1.0
        return
    first, rest = symbols[0], symbols[1:]
    heads = [((first,), 1.0)] if not first.isupper() else None
    if heads is None:
        heads = [(s, p * q) for p, alternative in rules[first] for s, q in derivations(rules, alternative)]
    for (head, p), (tail, q) in product(heads, list(derivations(rules, rest))):
        yield head + tail, p * q


def exact(text):
    totals: Counter = Counter()
    for sentence, probability in derivations(parse(text), ("CAPTION",)):
        totals[sentence] += probability
    return totals


def rows(automaton, sentences):
    number = {word: i for i, word in enumerate(automaton.words)}
    width = max(map(len, sentences)) + 2
    ids = np.full((len(sentences), width), automaton.end)
    for row, sentence in enumerate(sentences):
        ids[row, : len(sentence)] = [number[word] for word in sentence]
    return ids, np.array([len(sentence) + 1 for sentence in sentences])


def test_probabilities_equal_the_sum_over_all_derivations():
    automaton, truth = Automaton.from_rules(AMBIGUOUS), exact(AMBIGUOUS)
    sentences = list(truth)
    found = np.exp(automaton.log_prob(*rows(automaton, sentences)))
    np.testing.assert_allclose(found, [truth[s] for s in sentences], rtol=1e-10)
    assert math.isclose(found.sum(), 1.0, rel_tol=1e-10)
    assert automaton.longest == max(map(len, sentences))


def test_every_sentence_of_all_word_sequences_is_known_and_nothing_else():
    automaton, truth = Automaton.from_rules(AMBIGUOUS), exact(AMBIGUOUS)
    every = [s for n in range(automaton.longest + 1) for s in product(automaton.words, repeat=n)]
    probabilities = np.exp(automaton.log_prob(*rows(automaton, every)))
    for sentence, probability in zip(every, probabilities, strict=True):
        assert math.isclose(probability, truth.get(sentence, 0.0), rel_tol=1e-10)
        assert automaton.accepts(sentence) == (sentence in truth)


def test_enumeration_and_expectations_agree_with_the_derivations():
    automaton, truth = Automaton.from_rules(AMBIGUOUS), exact(AMBIGUOUS)
    listed = {tuple(automaton.words[i] for i in ids): value for ids, value in automaton.sentences()}
    assert listed.keys() == truth.keys()
    entropy, length = automaton.expectations()
    assert entropy == pytest.approx(-sum(p * math.log(p) for p in truth.values()))
    assert length == pytest.approx(sum(p * (len(s) + 1) for s, p in truth.items()))


def test_sampled_frequencies_agree():
    automaton, truth = Automaton.from_rules(AMBIGUOUS), exact(AMBIGUOUS)
    n = 40_000
    ids, lengths = automaton.sample(n, np.random.default_rng(0))
    drawn = Counter(
        tuple(automaton.words[i] for i in row[: size - 1]) for row, size in zip(ids.tolist(), lengths, strict=True)
    )
    for sentence, probability in truth.items():
        # Five standard errors: a false alarm in two million.
        assert abs(drawn[sentence] / n - probability) < 5 * math.sqrt(probability * (1 - probability) / n)
    assert drawn.keys() <= truth.keys()


def test_padding_and_batch_order_change_nothing():
    automaton = captions()
    ids, lengths = automaton.sample(50, np.random.default_rng(1))
    before = automaton.log_prob(ids, lengths)
    spoiled = ids.copy()
    for row, size in enumerate(lengths):
        spoiled[row, size:] = 7
    np.testing.assert_array_equal(automaton.log_prob(spoiled[::-1], lengths[::-1])[::-1], before)
    alone = [automaton.log_prob(ids[i : i + 1, :n], lengths[i : i + 1])[0] for i, n in enumerate(lengths)]
    np.testing.assert_array_equal(alone, before)


def test_impossible_and_unfinished_rows_have_no_probability():
    automaton = captions()
    ids, lengths = automaton.sample(1, np.random.default_rng(2))
    assert np.isfinite(automaton.log_prob(ids, lengths))[0]
    assert automaton.log_prob(ids, lengths - 1)[0] == -np.inf
    assert automaton.log_prob(ids[:, ::-1].copy(), np.array([ids.shape[1]]))[0] == -np.inf


def test_probabilities_of_every_rule_and_every_state_sum_to_one():
    for name, alternatives in parse(RULES).items():
        assert math.isclose(sum(p for p, _ in alternatives), 1.0, rel_tol=1e-12), name
    automaton = captions()
    np.testing.assert_allclose(np.exp(automaton.log_step[:-1]).sum(axis=1), 1.0, rtol=1e-12)


def test_the_caption_grammar_has_the_promised_size():
    automaton = captions()
    assert 150 <= len(automaton.words) <= 400
    assert automaton.longest <= 20
    ids, lengths = automaton.sample(10_000, np.random.default_rng(3))
    assert lengths.max() <= automaton.longest + 1
    assert len(np.unique(ids, axis=0)) > 9_500
    mean = -automaton.log_prob(ids, lengths).mean()
    entropy, _ = automaton.expectations()
    assert mean == pytest.approx(entropy, abs=0.15)  # five standard errors of 10,000 sentences


def test_articles_and_numbers_agree_in_sampled_captions():
    automaton = captions()
    ids, lengths = automaton.sample(3_000, np.random.default_rng(4))
    for row, size in zip(ids.tolist(), lengths, strict=True):
        words = [automaton.words[i] for i in row[: size - 1]]
        for article, word in pairwise(words):
            if article in ("a", "an"):
                assert (article == "an") == (word[0] in "aeiou"), " ".join(words)
        if words[0] == "two":
            assert not {"is", "sits", "stands", "walks"} & set(words), " ".join(words)


def test_check_accepts_sentences_and_refuses_others():
    good = "a young man is riding a motorcycle on the street".split()
    assert grammar.check([good, good[::-1], ["nonsense"], [], [*good, "street"]]) == [True, False, False, False, False]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("CAPTION: a\nB x", "Line 2"),
        ("CAPTION: NOUN", "no rule for NOUN"),
        ("CAPTION: a NOUN\nNOUN: b | CAPTION", "leads back to itself"),
        ("CAPTION: a | | b", "empty alternative"),
    ],
)
def test_malformed_grammars_are_refused(text, message):
    with pytest.raises(DataError, match=message):
        Automaton.from_rules(text)
