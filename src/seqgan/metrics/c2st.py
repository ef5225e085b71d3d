"""C2ST, classifier two-sample test: how often a fresh network tells held-out samples from held-out real text.

    c2st = number of held-out rows that the classifier puts on the right side / number of held-out rows
    c2st_p = P(at least that many right | a fair coin for each row)

As many samples as real rows are taken; a random half of each trains a classifier from scratch (the convolutional
network of the paper at a quarter of its size, early stopping on a tenth, fixed seed), the other half judges it. The
accuracy is in [0, 1], lower is better: 0.5 means that the two cannot be told apart, 1 that they always can. The
p-value, in [0, 1], says how likely the accuracy would be if they were equal; the smaller, the surer that they differ.

What it rewards wrongly: 0.5 shows only that this classifier with this little data found nothing. Copies of the training
rows are real text to it; ``novelty`` shows those.

Sample size: the classifier learns more from more rows, so equal numbers only; their number is in the signature. With
1,000 rows a side the interval is 0.06 wide. Fewer than 20 rows on a side raise an error.

Bad input: a blank row is one with an end only. Words that the training halves lack are one unknown symbol. No samples,
no real rows, or words against ids raise an error.

Golden value: rows of two sets without a common word are told apart always: 1; a set against itself gives about 0.5.

Source: Lopez-Paz and Oquab 2017, section 3; the interval is Clopper's and Pearson's (1934).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import binomtest

from seqgan.metrics._rows import check_one_kind, some_rows
from seqgan.metrics._signature import compared, signature
from seqgan.records import References, Samples, Score

NEEDS = ("test",)
LEAST = 20
MOST = 20_000
CLASSIFIER = "cnn_highway,scale0.25,20 epochs,patience2"


@dataclass(frozen=True)
class Verdict:
    """``right`` of the ``judged`` held-out rows were put on the right side."""

    right: int
    judged: int

    @property
    def accuracy(self) -> float:
        """Return the share that was right."""
        return self.right / self.judged

    @property
    def p_value(self) -> float:
        """Return the probability that a fair coin does as well or better."""
        return float(binomtest(self.right, self.judged, 0.5, alternative="greater").pvalue)

    @property
    def interval(self) -> tuple[float, float]:
        """Return the exact 95 % interval of the accuracy."""
        found = binomtest(self.right, self.judged).proportion_ci(0.95, "exact")
        return float(found.low), float(found.high)


def c2st(samples: Any, references: Any, seed: int = 0) -> dict[str, float]:
    """Return ``c2st`` (held-out accuracy) and ``c2st_p`` (p-value against 0.5).

    Both sides are lists of strings (split at white space), token lists or integers (B, T), at least 20 rows each; at
    most 20,000 of each are used. Raises DataError for fewer rows, or where one side holds words and the other ids.
    """
    found = verdict(samples, references, seed)
    return {"c2st": found.accuracy, "c2st_p": found.p_value}


def verdict(samples: Any, references: Any, seed: int = 0) -> Verdict:
    """Return how many held-out rows a classifier trained on the others puts on the right side."""
    rows, real = some_rows(samples, "samples", LEAST), some_rows(references, "real rows", LEAST)
    check_one_kind(rows, real)
    draws = np.random.default_rng(seed)
    count = min(len(rows), len(real), MOST)
    chosen = [[side[place] for place in draws.permutation(len(side))[:count]] for side in (rows, real)]
    half = count // 2
    return _judge([side[:half] for side in chosen], [side[half:] for side in chosen], seed)


def _judge(train: list[list[Sequence[Any]]], held_out: list[list[Sequence[Any]]], seed: int) -> Verdict:
    """Train on (samples, real rows) and count the right answers on the held-out ones."""
    import torch

    from seqgan.discriminators.cnn_highway import Settings, create
    from seqgan.fit import Plan, fit, seeded
    from seqgan.functional.losses import binary_cross_entropy
    from seqgan.functional.sampling import evaluating
    from seqgan.metrics._batches import Words

    words = Words.of([*train[0], *train[1]])
    batches = words.batches([*train[0], *train[1]])
    is_real = torch.arange(len(batches.ids)) >= len(train[0])
    with seeded(seed, "classifier"):
        network = create(Settings.model_validate({"scale": 0.25}), len(words), batches.ids.shape[1])

    def loss(numbers: torch.Tensor) -> torch.Tensor:
        scores, _ = network(*batches.take(numbers))
        return binary_cross_entropy(scores, is_real[numbers]) + network.penalty()

    fit(network, len(is_real), loss, Plan(seed=seed))
    judged = words.batches([*held_out[0], *held_out[1]])
    with evaluating(network):
        parts = torch.split(torch.arange(len(judged.ids)), 256)
        says_real = torch.cat([network(*judged.take(numbers))[0] > 0 for numbers in parts])
    truth = torch.arange(len(judged.ids)) >= len(held_out[0])
    return Verdict(int((says_real == truth).sum()), len(truth))


def score(samples: Samples, references: References) -> list[Score]:
    """Return accuracy with its exact interval, and p-value; n counts the held-out rows of both sides."""
    real = some_rows(references.test, "real rows", LEAST)
    found = verdict(samples, real)
    facts = {
        "classifier": CLASSIFIER,
        "seed": 0,
        **compared("references", real, len(samples), references.temperature, judged=found.judged),
    }
    values = {"c2st": ("0-1", found.accuracy, found.interval), "c2st_p": ("probability", found.p_value, None)}
    return [
        Score(
            name=name,
            value=value,
            signature=signature(name, facts, references.details),
            direction="lower" if name == "c2st" else "higher",
            unit=unit,
            n=found.judged,
            interval=interval,
        )
        for name, (unit, value, interval) in values.items()
    ]
