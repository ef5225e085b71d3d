"""Fused log-probabilities and draws against plain formulas."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from seqgan.errors import ShapeError
from seqgan.functional import outputs
from seqgan.functional.outputs import Output


def head(rows=7, size=5, vocabulary=300, scale=1.0, dtype=torch.float64):
    rng = torch.Generator().manual_seed(0)
    parts = (
        torch.randn(*shape, generator=rng, dtype=dtype) * scale
        for shape in ((rows, size), (vocabulary, size), (vocabulary,))
    )
    return [part.requires_grad_() for part in parts]


def plain(features, weight, bias, tokens):
    return torch.log_softmax(features @ weight.t() + bias, -1).gather(-1, tokens[..., None]).squeeze(-1)


@pytest.mark.parametrize("scale", [1.0, 30.0], ids=["small logits", "logits that need a shift"])
@pytest.mark.parametrize("vocabulary", [3, 128, 300])
def test_log_prob_and_its_gradients_equal_log_softmax(scale, vocabulary, monkeypatch):
    monkeypatch.setattr(outputs, "_BLOCK_VALUES", 2)
    parts = head(rows=40, vocabulary=vocabulary, scale=scale)
    tokens = torch.arange(40) % vocabulary
    weights = torch.linspace(-1, 2, 40, dtype=torch.float64)
    expected, got = plain(*parts, tokens), Output(*parts).log_prob(tokens)
    torch.testing.assert_close(got, expected, atol=1e-9, rtol=1e-9)
    wanted = torch.autograd.grad((weights * expected).sum(), parts)
    for one, two in zip(torch.autograd.grad((weights * got).sum(), parts), wanted, strict=True):
        torch.testing.assert_close(one, two, atol=1e-9, rtol=1e-9)
    fused = Output(*parts).weighted_log_prob(tokens, weights)
    torch.testing.assert_close(fused, (weights * expected).sum(), atol=1e-9, rtol=1e-9)
    for one, two in zip(torch.autograd.grad(2 * fused, parts), wanted, strict=True):
        torch.testing.assert_close(one, 2 * two, atol=1e-9, rtol=1e-9)


def test_gradcheck_of_both_fused_functions():
    parts = head(rows=3, vocabulary=4)
    tokens, weights = torch.tensor([0, 3, 1]), torch.tensor([0.5, -1.0, 2.0], dtype=torch.float64)
    assert torch.autograd.gradcheck(lambda *p: Output(*p).log_prob(tokens), parts)
    assert torch.autograd.gradcheck(lambda *p: Output(*p).weighted_log_prob(tokens, weights), parts)


def test_rows_of_weight_zero_are_never_looked_at():
    features, weight, bias = head()
    with torch.no_grad():
        features[2] = torch.nan
    tokens, weights = torch.zeros(7, dtype=torch.long), torch.ones(7, dtype=torch.float64)
    weights[2] = 0
    total = Output(features, weight, bias).weighted_log_prob(tokens, weights)
    total.backward()
    assert total.isfinite()
    assert weight.grad.isfinite().all()
    assert features.grad[2].eq(0).all()


def test_a_uniform_head_gives_log_of_the_vocabulary():
    zeros = torch.zeros(2, 3), torch.zeros(50, 3), torch.zeros(50)
    got = Output(*zeros).log_prob(torch.tensor([4, 49]))
    torch.testing.assert_close(got, -torch.full((2,), 50.0).log())


def test_tokens_of_another_shape_are_refused():
    with pytest.raises(ShapeError, match="do not fit"):
        Output(*head()).log_prob(torch.zeros(3, dtype=torch.long))


def frequencies(output, n, **choice):
    rng = torch.Generator().manual_seed(2)
    drawn = torch.stack([output.sample(rng, **choice) for _ in range(n)])
    return torch.stack([(drawn == token).float().mean(0) for token in range(output.logits.shape[-1])], -1)


@pytest.mark.parametrize("scale", [0.7, 20.0])
@pytest.mark.parametrize("temperature", [1.0, 0.5, 2.0])
def test_draws_follow_the_softmax_at_a_temperature(scale, temperature):
    features, weight, bias = (part.detach().float() for part in head(rows=6, vocabulary=9, scale=scale))
    output = Output(features.repeat(3000, 1), weight, bias)
    drawn = output.sample(torch.Generator().manual_seed(2), temperature).view(3000, 6)
    exact = torch.softmax(Output(features, weight, bias).logits / temperature, -1)
    for token in range(9):
        share = (drawn == token).float().mean(0)
        error = (exact[:, token] * (1 - exact[:, token]) / 3000).sqrt()
        assert ((share - exact[:, token]).abs() <= 4.5 * error + 1e-4).all()


def test_dense_logits_draw_like_a_linear_head():
    features, weight, bias = (part.detach().float() for part in head(rows=500, vocabulary=300))
    linear = Output(features, weight, bias)
    one = linear.sample(torch.Generator().manual_seed(0))
    two = Output.dense(linear.logits).sample(torch.Generator().manual_seed(0))
    assert (one == two).float().mean() > 0.99, "the same uniform numbers; rounding may move a draw across a border"


def test_temperature_zero_and_top_one_take_the_likeliest():
    output = Output(*(part.detach().float() for part in head()))
    best = output.logits.argmax(-1)
    assert torch.equal(output.sample(torch.Generator(), temperature=0), best)
    assert torch.equal(output.sample(torch.Generator(), top_k=1), best)


def test_top_k_and_top_p_draw_only_from_the_likeliest():
    logits = torch.tensor([0.5, 0.2, 0.15, 0.1, 0.05]).log().expand(4000, 5)
    rng = torch.Generator().manual_seed(1)
    by_count = Output.dense(logits).sample(rng, top_k=2).bincount(minlength=5) / 4000
    assert by_count[2:].sum() == 0
    assert by_count[0].item() == pytest.approx(5 / 7, abs=0.03)
    by_share = Output.dense(logits).sample(rng, top_p=0.8).bincount(minlength=5) / 4000
    assert by_share[3:].sum() == 0
    assert by_share[2].item() == pytest.approx(0.15 / 0.85, abs=0.03)


@given(
    st.lists(
        st.lists(st.sampled_from([0.0, 0.0, 1e-30, 0.5, 1.0, 3e8]), min_size=5, max_size=5), min_size=1, max_size=6
    ),
    st.floats(0, 1),
)
def test_a_token_without_mass_is_never_drawn(rows, uniform):
    mass = torch.tensor(rows)
    mass[:, 2] = mass[:, 2].clamp(min=1e-30)
    drawn = outputs._invert(mass, torch.full((len(mass),), uniform))
    assert (mass.gather(1, drawn[:, None]) > 0).all()


def test_top_k_keeps_k_tokens_also_among_equals():
    drawn = Output.dense(torch.zeros(2000, 8)).sample(torch.Generator().manual_seed(0), top_k=3)
    assert len(drawn.unique()) == 3


def test_the_smallest_temperatures_take_the_likeliest():
    output = Output(*(part.detach().float() for part in head()))
    assert torch.equal(output.sample(torch.Generator(), temperature=1e-42), output.logits.argmax(-1))


def test_a_sum_without_gradients_is_the_same_sum():
    parts, tokens = head(rows=40), torch.arange(40)
    weights = torch.linspace(0, 2, 40, dtype=torch.float64)
    with_gradients = Output(*parts).weighted_log_prob(tokens, weights)
    with torch.no_grad():
        without = Output(*parts).weighted_log_prob(tokens, weights)
    assert not without.requires_grad
    torch.testing.assert_close(without, with_gradients.detach(), atol=1e-10, rtol=0)


@pytest.mark.parametrize("dense", [False, True], ids=["with a head", "plain logits"])
@pytest.mark.parametrize(
    ("temperature", "top_k", "top_p"), [(1.0, 0, 1.0), (0.5, 0, 1.0), (1.7, 3, 1.0), (0.8, 0, 0.6), (1.0, 4, 0.9)]
)
def test_the_probability_of_a_draw_is_that_of_its_slow_definition(dense, temperature, top_k, top_p):
    features, weight, bias = (part.detach() for part in head(rows=5, vocabulary=9))
    logits = features @ weight.t() + bias
    output = Output.dense(logits) if dense else Output(features, weight, bias)
    for row, scores in enumerate(logits.tolist()):
        mass = [math.exp(score / temperature) for score in scores]
        order = sorted(range(9), key=lambda token: -mass[token])[: top_k or 9]
        total, before, kept = sum(mass[token] for token in order), 0.0, []
        for token in order:
            if before < top_p * total:
                kept.append(token)
            before += mass[token]
        share = sum(mass[token] for token in kept)
        for token in range(9):
            one = Output(output.features[row : row + 1], output.weight, output.bias)
            got = float(one.drawn_log_prob(torch.tensor([token]), temperature, top_k, top_p))
            expected = math.log(mass[token] / share) if token in kept else -math.inf
            assert got == pytest.approx(expected, abs=1e-5 if dense else 1e-9)  # plain logits are drawn in fp32


def test_draws_have_the_probabilities_that_are_stated():
    logits = torch.tensor([[1.0, 0.5, 0.0, -2.0]]).expand(20_000, 4)
    drawn = Output.dense(logits).sample(torch.Generator().manual_seed(0), 0.7, 0, 0.9)
    stated = Output.dense(logits[:4]).drawn_log_prob(torch.arange(4), 0.7, 0, 0.9).exp()
    assert float(stated[3]) == 0
    torch.testing.assert_close(drawn.bincount(minlength=4) / 20_000, stated, atol=0.01, rtol=0)
