"""Dropout: the share, the expectation, the gradient, the stream of random numbers."""

from __future__ import annotations

import pytest
import torch

import worlds
from seqgan.functional.dropout import dropout, without_dropout


@pytest.mark.parametrize("rate", [0.1, 0.25, 0.5, 0.9])
def test_the_share_is_dropped_and_the_expectation_kept(rate):
    torch.manual_seed(0)
    values = torch.ones(1000, 1001, dtype=torch.float64)
    got = dropout(values, rate, training=True)
    kept = got != 0
    deviation = (rate * (1 - rate) / values.numel()) ** 0.5
    assert abs(float((~kept).double().mean()) - rate) < 5 * deviation + 1e-5
    torch.testing.assert_close(got[kept], torch.full_like(got[kept], 1 / (1 - rate)), atol=1e-3, rtol=0)
    assert abs(float(got.mean()) - 1) < 0.01


@pytest.mark.parametrize("rate", [0.99999, 0.999999])
def test_a_rate_close_to_one_drops_almost_all_and_divides_by_nothing(rate):
    torch.manual_seed(0)
    got = dropout(torch.ones(1 << 20), rate, training=True)
    assert set(got.unique().tolist()) == {0.0, 65536.0}
    assert 0 < int((got != 0).sum()) < 50  # 16 of 2 ** 20 are expected


def test_neighbours_are_dropped_independently():
    torch.manual_seed(0)
    dropped = (dropout(torch.ones(1 << 20), 0.25, training=True) == 0).view(-1, 4).double()
    together = torch.corrcoef(dropped.t())
    torch.testing.assert_close(together, torch.eye(4, dtype=torch.float64), atol=0.01, rtol=0)


def test_the_gradient_is_the_same_mask():
    torch.manual_seed(0)
    values = torch.randn(7, 5, requires_grad=True)
    got = dropout(values, 0.5, training=True)
    got.sum().backward()
    torch.testing.assert_close(values.grad, torch.where(got == 0, 0.0, 2.0))


def test_outside_training_and_at_rate_zero_nothing_happens():
    values, before = torch.randn(3), torch.get_rng_state()
    assert dropout(values, 0.5, training=False) is values
    assert dropout(values, 0.0, training=True) is values
    assert torch.equal(torch.get_rng_state(), before)


def test_the_same_seed_drops_the_same():
    torch.manual_seed(3)
    first = dropout(torch.ones(50), 0.5, training=True)
    torch.manual_seed(3)
    assert torch.equal(dropout(torch.ones(50), 0.5, training=True), first)


@pytest.mark.parametrize("kind", ["lstm", "gru"])
def test_a_network_without_dropout_for_a_while(kind):
    network = worlds.generator(kind, layers=2, dropout=0.5).train()
    ids = torch.tensor([[0, 1, 2, 1], [2, 2, 0, 1]])
    network.eval()
    expected = network(ids).log_prob(ids)
    network.train()
    with without_dropout(network):
        inside = network(ids).log_prob(ids)
        inside.sum().backward()
        assert all(layer.training for layer in network.recurrent), "on CUDA they learn in training mode only"
    torch.testing.assert_close(inside, expected)
    assert all(part.training for part in network.modules())
    assert not torch.allclose(network(ids).log_prob(ids), network(ids).log_prob(ids)), "outside it is back"


def test_the_dropout_of_a_recurrent_module_comes_back():
    network = torch.nn.GRU(2, 2, 2, dropout=0.5).train()
    with without_dropout(network):
        assert (network.training, network.dropout) == (True, 0.0)
    assert (network.training, network.dropout) == (True, 0.5)


def test_dropout_that_is_no_module_is_off_too():
    class Own(torch.nn.Module):
        def forward(self, values):
            return dropout(values, 0.5, self.training)

    own = Own().train()
    with without_dropout(own):
        assert torch.equal(own(torch.ones(100)), torch.ones(100))
    assert own.training
