"""Distance to the nearest training row: golden value, blank rows, how many are judged."""

from __future__ import annotations

import random

import numpy as np
import pytest

from seqgan.errors import DataError
from seqgan.metrics import nearest_train
from seqgan.records import References, Samples

KNOWN = ["a x c d", "d c b a"]


def test_the_golden_value_of_the_page() -> None:
    assert nearest_train.nearest_train(["a b c d"], KNOWN) == 0.25
    distances, places = nearest_train.per_sample(["a b c d", "d c b a", "v w"], KNOWN)
    assert distances.tolist() == [0.25, 0.0, 1.0]
    assert places.tolist()[:2] == [0, 1]


def test_ids_and_blank_rows() -> None:
    assert nearest_train.nearest_train(np.array([[1, 2], [3, 4]]), [[1, 2], [1, 4]]) == pytest.approx(0.25)
    assert nearest_train.nearest_train([""], ["a"]) == 1.0
    assert nearest_train.nearest_train([""], ["a", ""]) == 0.0


@pytest.mark.parametrize(("rows", "known"), [([], ["a"]), (["a"], []), ([[1, 2]], [["1", "2"]])])
def test_what_cannot_be_scored_is_refused(rows: object, known: object) -> None:
    with pytest.raises(DataError):
        nearest_train.nearest_train(rows, known)
    with pytest.raises(DataError, match="training rows"):
        nearest_train.score(Samples([[0]], [[True]], tokens=(("a",),)), References())


def test_the_score_judges_evenly_spaced_samples_where_all_would_take_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    draws = random.Random(1)
    rows = tuple(tuple(draws.choices("abcdef", k=6)) for _ in range(300))
    samples, references = Samples([[0]] * 300, [[True]] * 300, tokens=rows), References(train=rows[:50])
    (whole,) = nearest_train.score(samples, references)
    assert whole.value == pytest.approx(nearest_train.nearest_train(list(rows), list(rows[:50])))
    assert whole.n == 300
    monkeypatch.setattr(nearest_train, "_WORK", 50 * 36 * 150.0)
    (part,) = nearest_train.score(samples, references)
    assert part.n == 150
    for text in ("judged:150", "hypotheses:300", "train:50:"):
        assert text in part.signature
    assert part.value == pytest.approx(whole.value, abs=0.08)
