"""The losses against closed forms, finite differences and their treatment of padding."""

from __future__ import annotations

import math

import pytest
import torch
from torch.autograd import gradcheck

import worlds
from seqgan.errors import ShapeError
from seqgan.functional.losses import binary_cross_entropy, policy_gradient, sequence_nll
from seqgan.functional.outputs import Output

B, T, V = 3, 4, 5
MASK = torch.tensor([[1, 1, 1, 1], [1, 1, 0, 0], [1, 0, 0, 0]], dtype=torch.bool)


@pytest.fixture
def tokens():
    return torch.randint(V, (B, T), generator=torch.Generator().manual_seed(1))


@pytest.fixture
def logits():
    return torch.randn(B, T, V, dtype=torch.float64, generator=torch.Generator().manual_seed(2), requires_grad=True)


def test_a_uniform_generator_costs_log_v_nats_a_token(tokens):
    loss = sequence_nll(Output.dense(torch.zeros(B, T, V, dtype=torch.float64)), tokens, MASK)
    assert loss.item() == pytest.approx(math.log(V), abs=1e-12)


def test_nll_is_total_nats_over_total_tokens(tokens, logits):
    log_prob = torch.log_softmax(logits, -1).gather(-1, tokens[..., None]).squeeze(-1)
    total = sum(-log_prob[b, t].item() for b in range(B) for t in range(T) if MASK[b, t])
    assert sequence_nll(Output.dense(logits), tokens, MASK).item() == pytest.approx(total / 7, rel=1e-12)


@pytest.mark.parametrize(("normalise", "divisor"), [("none", 1), ("rows", 3), ("tokens", 7)])
def test_policy_gradient_by_hand(tokens, logits, normalise, divisor):
    weights = torch.arange(12, dtype=torch.float64).view(B, T) / 10
    log_prob = torch.log_softmax(logits, -1).gather(-1, tokens[..., None]).squeeze(-1)
    total = sum((weights[b, t] * -log_prob[b, t]).item() for b in range(B) for t in range(T) if MASK[b, t])
    loss = policy_gradient(Output.dense(logits), tokens, weights, MASK, normalise)
    assert loss.item() == pytest.approx(total / divisor, rel=1e-12)


def test_policy_gradient_raises_the_probability_of_rewarded_tokens(tokens, logits):
    policy_gradient(Output.dense(logits), tokens, torch.ones(B, T), MASK).backward()
    assert (logits.grad.gather(-1, tokens[..., None]).squeeze(-1)[MASK] < 0).all()


def test_cross_entropy_by_hand():
    scores, real = torch.tensor([2.0, -1.0, 0.5], dtype=torch.float64), torch.tensor([True, True, False])
    by_hand = (math.log(1 + math.exp(-2)) + math.log(1 + math.exp(1)) + math.log(1 + math.exp(0.5))) / 3
    assert binary_cross_entropy(scores, real).item() == pytest.approx(by_hand, rel=1e-12)


def test_an_undecided_discriminator_costs_log_2_and_a_certain_one_nothing():
    real = torch.tensor([True, False])
    assert binary_cross_entropy(torch.zeros(2), real).item() == pytest.approx(math.log(2))
    assert binary_cross_entropy(torch.tensor([200.0, -200.0]), real).item() == 0.0
    assert binary_cross_entropy(torch.tensor([-200.0, 200.0]), real).item() == pytest.approx(200.0)


def test_gradients_equal_finite_differences(tokens, logits):
    weights = torch.randn(B, T, dtype=torch.float64, generator=torch.Generator().manual_seed(3))
    assert gradcheck(lambda x: sequence_nll(Output.dense(x), tokens, MASK), (logits,))
    for normalise in ("rows", "tokens", "none"):
        assert gradcheck(lambda x, n=normalise: policy_gradient(Output.dense(x), tokens, weights, MASK, n), (logits,))
    scores = torch.randn(6, dtype=torch.float64, requires_grad=True)
    assert gradcheck(lambda x: binary_cross_entropy(x, torch.arange(6) < 2), (scores,))


@pytest.mark.parametrize("name", ["lstm", "gru"])
def test_gradients_through_a_generators_fused_head_equal_finite_differences(name):
    policy = worlds.generator(name, embedding=2, hidden=3)
    samples = worlds.every_sequence(3, 4, end=2)
    weights = torch.randn(samples.ids.shape, dtype=torch.float64, generator=torch.Generator().manual_seed(3))

    def losses(head, bias):
        output = policy(samples.ids)
        output = Output(output.features.detach(), head, bias)
        nll = sequence_nll(output, samples.ids, samples.mask)
        return nll, policy_gradient(output, samples.ids, weights, samples.mask)

    assert gradcheck(losses, (policy.head.weight, policy.head.bias))


@pytest.mark.parametrize("trash", [float("inf"), float("-inf"), float("nan"), 1e30])
def test_what_stands_at_padding_changes_neither_value_nor_gradient(tokens, logits, trash):
    weights = torch.ones(B, T, dtype=torch.float64)
    results = []
    for value in (0.0, trash):
        spoiled = weights.masked_fill(~MASK, value)
        other = tokens.masked_fill(~MASK, 0 if value == 0 else V - 1)
        loss = policy_gradient(Output.dense(logits), other, spoiled, MASK) + sequence_nll(
            Output.dense(logits), other, MASK
        )
        results.append((loss, torch.autograd.grad(loss, logits)[0]))
    assert torch.equal(results[0][0], results[1][0])
    assert torch.equal(results[0][1], results[1][1])


@pytest.mark.parametrize("trash", [float("inf"), float("-inf"), float("nan")])
def test_whole_rows_of_trash_at_padding_have_no_gradient(tokens, logits, trash):
    spoiled = torch.where(MASK[..., None], logits.detach(), trash).requires_grad_()
    for logits_ in (spoiled, logits):
        sequence_nll(Output.dense(logits_), tokens, MASK).backward()
    torch.testing.assert_close(spoiled.grad, logits.grad.masked_fill(~MASK[..., None], 0.0))


def test_an_impossible_token_at_padding_is_harmless(tokens, logits):
    impossible = logits.detach().clone()
    impossible[2, 3] = torch.where(torch.arange(V) == tokens[2, 3], -torch.inf, impossible[2, 3])
    impossible.requires_grad_()
    loss = sequence_nll(Output.dense(impossible), tokens, MASK)
    loss.backward()
    assert loss.isfinite()
    assert impossible.grad[2, 3].abs().sum() == 0


def test_nothing_flows_into_the_weights(tokens, logits):
    weights = torch.ones(B, T, dtype=torch.float64, requires_grad=True)
    policy_gradient(Output.dense(logits), tokens, weights, MASK).backward()
    assert weights.grad is None


def test_an_empty_batch_costs_nothing(tokens, logits):
    nothing = torch.zeros_like(MASK)
    assert sequence_nll(Output.dense(logits), tokens, nothing).item() == 0
    assert policy_gradient(Output.dense(logits), tokens, torch.ones(B, T), nothing, "tokens").item() == 0


def test_shapes_that_would_broadcast_are_refused(tokens, logits):
    with pytest.raises(ShapeError, match="weights"):
        policy_gradient(Output.dense(logits), tokens, torch.ones(B, 1), MASK)
    with pytest.raises(ShapeError, match=r"mask \(1, 4\)"):
        sequence_nll(Output.dense(logits), tokens, MASK[:1])
    with pytest.raises(ShapeError, match="is_real"):
        binary_cross_entropy(torch.zeros(4, 1), torch.ones(4, dtype=torch.bool))


def test_an_output_of_other_positions_is_refused(tokens):
    """With a linear head the rows are flattened, so a shorter output would silently meet the wrong tokens."""
    short = Output(torch.zeros(B, T - 1, 2), torch.zeros(V, 2), torch.zeros(V))
    with pytest.raises(ShapeError, match=r"output \(3, 3\)"):
        sequence_nll(short, tokens, MASK)
    with pytest.raises(ShapeError, match=r"output \(3, 3\)"):
        policy_gradient(short, tokens, torch.ones(B, T), MASK)
