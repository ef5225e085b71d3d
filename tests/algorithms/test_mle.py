"""Maximum likelihood: it reaches what can be reached, stops where it should, and keeps the best."""

from __future__ import annotations

import math

import pytest
import torch

import worlds
from algorithms.runs import carry_out, events, experiment, letters
from seqgan.algorithms.mle import held_out_nll
from seqgan.data.task import Split


@pytest.fixture
def data(tmp_path):
    return letters(tmp_path / "letters.txt", rows=1000)


@pytest.mark.thorough
def test_it_comes_near_the_entropy_of_the_data(tmp_path, data):
    """A row has 3 to 7 of four letters, then ends: (ln 5 + 5 ln 4) / 6 nats a token."""
    entropy = (math.log(5) + 5 * math.log(4)) / 6
    chosen = experiment(data, {"name": "mle", "epochs": 12, "learning_rate": 0.02})
    _, lines = carry_out(tmp_path / "run", chosen)
    nll = [line["valid_nll"] for line in events(lines, "mle")]
    assert abs(min(nll) - entropy) < 0.08


def test_it_stops_after_its_patience_and_keeps_the_best_epoch(tmp_path, data):
    chosen = experiment(data, {"name": "mle", "epochs": 60, "patience": 2, "learning_rate": 0.05})
    _, lines = carry_out(tmp_path / "run", chosen)
    nll = [line["valid_nll"] for line in events(lines, "mle")]
    assert len(nll) < 60
    assert nll.index(min(nll)) == len(nll) - 3
    assert [line["best"] for line in events(lines, "mle")][-2:] == [False, False]


def test_without_patience_it_never_stops(tmp_path, data):
    chosen = experiment(data, {"name": "mle", "epochs": 8, "patience": 0, "learning_rate": 0.3})
    assert len(events(carry_out(tmp_path / "run", chosen)[1], "mle")) == 8


def test_equal_seeds_give_equal_runs_and_others_differ(tmp_path, data):
    def nll(name, seed):
        chosen = experiment(data, {"name": "mle", "epochs": 2}, seed=seed)
        return [line["valid_nll"] for line in events(carry_out(tmp_path / name, chosen)[1], "mle")]

    assert nll("one", 1) == nll("two", 1) != nll("three", 2)


def test_the_held_out_nll_is_total_nats_over_total_tokens_in_any_chunks():
    policy, world = worlds.generator(dropout=0.5).train(), worlds.every_sequence(3, 4, end=2)
    split = Split(world.ids.int(), world.mask.sum(dim=1).int())
    policy.eval()
    expected = -worlds.log_prob(policy, world).sum().item() / world.mask.sum().item()
    policy.train()
    for rows in (5, 1000):
        assert held_out_nll(policy, split, torch.device("cpu"), rows) == pytest.approx(expected, rel=1e-9)
    assert policy.training
