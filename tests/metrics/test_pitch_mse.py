"""The squared distance between melodies, under its two pairings."""

from __future__ import annotations

import numpy as np
import pytest

from seqgan.errors import DataError
from seqgan.metrics import pitch_mse
from seqgan.records import References, Samples

GOLDEN = {"pitch_mse_nearest": 5.25, "pitch_mse_pairs": 20.75}


@pytest.mark.parametrize("form", [str, lambda text: text.split(), lambda text: [int(word) for word in text.split()]])
def test_the_golden_value_in_every_form(form):
    samples, references = ["1 2", "5 5"], ["1 4", "9 9"]
    assert pitch_mse.pitch_mse([form(s) for s in samples], [form(r) for r in references]) == GOLDEN


def test_it_is_what_two_loops_give_in_any_chunks(monkeypatch):
    rng = np.random.default_rng(0)
    samples, references = rng.integers(0, 88, (40, 7)), rng.integers(0, 88, (30, 7))
    table = np.array([[np.mean((a - b) ** 2) for b in references] for a in samples])
    monkeypatch.setattr(pitch_mse, "_ROWS", 9)
    found = pitch_mse.per_sample(samples, references)
    np.testing.assert_allclose(found["pitch_mse_nearest"], table.min(axis=1), rtol=0, atol=1e-9)
    np.testing.assert_allclose(found["pitch_mse_pairs"], table.mean(axis=1), rtol=0, atol=1e-9)


def test_a_copy_of_a_reference_has_no_distance():
    references = [[1, 2, 3], [40, 50, 60]]
    assert pitch_mse.pitch_mse(references[:1], references)["pitch_mse_nearest"] == 0


@pytest.mark.parametrize(
    ("samples", "references", "message"),
    [
        ([["a", "b"]], [["1", "2"]], "no numbers"),
        ([[1, 2], [1]], [[1, 2]], "one length"),
        ([[1, 2]], [[1, 2, 3]], "2 pitches and references 3"),
        ([], [[1]], "0 samples"),
        ([[1]], [], "0 references"),
    ],
)
def test_what_cannot_be_compared_is_refused(samples, references, message):
    with pytest.raises(DataError, match=message):
        pitch_mse.pitch_mse(samples, references)


def test_scores_carry_pairing_references_and_interval():
    samples = Samples(np.array([[1, 2], [5, 5]]), np.ones((2, 2), bool), tokens=(("1", "2"), ("5", "5")))
    scores = pitch_mse.score(samples, References(test=[["1", "4"], ["9", "9"]]))
    assert {score.name: score.value for score in scores} == GOLDEN
    for score in scores:
        assert f"pairing:{score.name.rpartition('_')[2]}|references:2:" in score.signature
        assert (score.direction, score.n) == ("lower", 2)
        assert score.interval[0] <= score.value <= score.interval[1]
        assert score.per_row.tolist() == {"nearest": [2, 8.5], "pairs": [29.25, 12.25]}[score.name.rpartition("_")[2]]


@pytest.mark.parametrize(("temperature", "told"), [(None, "unstated"), (1.0, "1.0"), (0.75, "0.75")])
def test_a_temperature_that_nobody_said_is_unstated(temperature, told):
    samples = Samples(np.array([[1, 2]]), np.ones((1, 2), bool), tokens=(("1", "2"),))
    for score in pitch_mse.score(samples, References(test=[["1", "4"]], temperature=temperature)):
        assert f"|temperature:{told}|" in score.signature
