"""Reverse LM: how well the samples teach the data, as a language model trained on them is scored on real text.

    reverse_lm = - sum_x log q(x) / sum_x length(x),   q fitted to the samples, x real held-out rows
    reverse_lm_perplexity = exp(reverse_lm)

Lower is better; nats a token (the end of a row counts as one), at least 0; the perplexity is the same number on another
scale, at least 1. A generator that leaves out a part of the data is punished, for q has never seen it: it measures
diversity and quality together. Real training rows, as many as samples, give the level that can be reached.

The model q is by default an interpolated 4-gram model (Witten-Bell smoothing, no training, no torch); with ``lstm`` it
is a recurrent network (64 / 128 units, early stopping, fixed seed). A word that q does not know is not free: the
probability of its unknown symbol is divided by the number of words that the real rows and the samples have and q does
not. So q is a distribution over rows of one common set of words, whatever the samples hold.

What it rewards wrongly: samples that copy the training rows get the value of real text; ``novelty`` shows that. A
4-gram model forgives text that is only locally right; ``lstm`` less so.

Sample size: it falls as samples grow in number, for q learns more: compare equal numbers only. 10,000 samples for q and
1,000 real rows keep the interval, which is over real rows, below 0.1 nats; fewer samples measure the size of the set.

Bad input: blank samples and blank real rows are rows with an end only. Unseen words as above; a 4-gram model never
gives a row the probability zero, so the value is finite. No samples, no real rows, or words against ids raise an error,
an unknown kind of model too.

Golden value: a 4-gram model of the 10,000 training captions of COCO on the 10,000 test captions (Texygen's split,
lower-cased, NLTK's word tokeniser): 4.937. ``reverse_lm(["a"], ["a"])["reverse_lm"]`` is 0.0757 = - log(89/96) for the
word and for the end: 1/3, then 5/12 at the first of the four orders and halfway to 1 at each further one.

Source: Zhao et al. 2018 (adversarially regularized autoencoders, section 5: reverse perplexity); Semeniuta et al. 2018.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqgan.errors import ConfigError, DataError, nearest
from seqgan.metrics._rows import check_one_kind, some_rows
from seqgan.metrics._signature import compared, signature
from seqgan.records import References, Samples, Score
from seqgan.stats.bootstrap import ratio_interval
from seqgan.stats.ngram_model import NGramModel
from seqgan.stats.ngrams import split

NEEDS = ("test",)
MODELS = {"ngram": "4-gram,witten-bell", "lstm": "lstm,64,128,seed0"}
ORDER = 4

Floats = NDArray[np.float64]


def reverse_lm(samples: Any, references: Any, model: str = "ngram") -> dict[str, float]:
    """Return ``reverse_lm`` in nats a token and ``reverse_lm_perplexity`` of real ``references`` under the model.

    Both are lists of strings (split at white space), token lists or integers (B, T); ``model`` is ``ngram`` or
    ``lstm``. Raises DataError without samples or references, or where one side holds words and the other ids;
    ConfigError for another model.
    """
    nats, tokens = per_reference(samples, references, model)
    value = float(nats.sum() / tokens.sum())
    return {"reverse_lm": value, "reverse_lm_perplexity": math.exp(value)}


def per_reference(samples: Any, references: Any, model: str = "ngram") -> tuple[Floats, Floats]:
    """Return for every real row its nats (B,) under a model of the samples and its length with the end, (B,)."""
    if model not in MODELS:
        raise ConfigError(f"There is no language model called '{model}' here.", nearest(model, MODELS))
    rows, real = some_rows(samples, "samples"), some_rows(references, "references")
    check_one_kind(rows, real)
    fitted, known = _fitted(rows, model)
    strangers = [sum(token not in known for token in split(row)) for row in real]
    words = {token for side in (rows, real) for row in side for token in split(row)}
    log_prob, tokens = fitted.log_prob(real)
    shared = math.log(max(len(words - known), 1))
    return np.asarray(np.multiply(strangers, shared) - log_prob), tokens


def _fitted(rows: Sequence[Any], model: str) -> tuple[Any, set[Any]]:
    """Return the language model of the samples and the words that it knows."""
    if model == "ngram":
        counted = NGramModel.fit(rows, ORDER)
        return counted, set(counted.tokens)
    from seqgan.metrics._language import LanguageModel

    trained = LanguageModel.train(rows)
    return trained, set(trained.words.table)


def score(samples: Samples, references: References) -> list[Score]:
    """Return nats a token and perplexity with intervals over real rows; n counts these.

    ``references.details["language_model"]`` may name the model.
    """
    if references.test is None:
        raise DataError("reverse_lm needs real rows.", "Give References a test set.")
    model = references.details.get("language_model", "ngram")
    nats, tokens = per_reference(samples, references.test, model)
    value, (low, high) = float(nats.sum() / tokens.sum()), ratio_interval(nats, tokens)
    details = {key: text for key, text in references.details.items() if key != "language_model"}
    facts = {
        "model": MODELS[model],
        **compared("references", references.test, len(samples), references.temperature),
    }
    scores = {
        "reverse_lm": ("nats/token", value, (low, high)),
        "reverse_lm_perplexity": ("perplexity", math.exp(value), (math.exp(low), math.exp(high))),
    }
    return [
        Score(name, found, signature(name, facts, details), "lower", unit, len(nats), interval)
        for name, (unit, found, interval) in scores.items()
    ]
