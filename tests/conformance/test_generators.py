"""Every registered generator keeps the contract; a new file is tested the moment it exists."""

from __future__ import annotations

import pytest
import torch
from safetensors.torch import load_file, save_file

import worlds
from seqgan import registry
from seqgan.functional.sampling import sample
from seqgan.functional.states import join, repeat, take, transform

EVERY = pytest.mark.parametrize("name", registry.names("generators"))
DEEP = pytest.mark.parametrize("layers", [1, 2])


@EVERY
@DEEP
@pytest.mark.parametrize("end", [None, 2])
def test_the_probabilities_of_all_sequences_sum_to_one(name, layers, end):
    world = worlds.every_sequence(3, 4, end)
    total = worlds.log_prob(worlds.generator(name, layers=layers), world).exp().sum().item()
    assert total == pytest.approx(1.0, abs=1e-9)


@EVERY
@DEEP
def test_stepping_gives_what_the_full_pass_gives(name, layers):
    policy, tokens = worlds.generator(name, layers=layers), worlds.every_sequence(3, 4, None).ids
    full = policy(tokens).logits
    state = policy.begin(len(tokens))
    for position in range(4):
        torch.testing.assert_close(policy.predict(state).logits, full[:, position], atol=1e-9, rtol=0)
        state = policy.step(tokens[:, position], state)


@EVERY
@DEEP
def test_the_states_of_all_prefixes_predict_what_the_full_pass_predicts(name, layers):
    policy, tokens = worlds.generator(name, layers=layers), worlds.every_sequence(3, 4, None).ids
    states = policy.prefixes(tokens)
    for position in range(4):
        here = transform(states, lambda part, p=position: part[:, p])
        torch.testing.assert_close(policy.predict(here).logits, policy(tokens).logits[:, position], atol=1e-9, rtol=0)


@EVERY
def test_a_token_never_changes_the_prediction_of_itself_or_of_earlier_ones(name):
    policy = worlds.generator(name)
    tokens = torch.tensor([[0, 1, 2, 0]])
    for position in range(4):
        changed = tokens.clone()
        changed[0, position] = (changed[0, position] + 1) % 3
        difference = (policy(tokens).logits - policy(changed).logits).abs().sum(-1)[0]
        assert difference[: position + 1].sum() == 0
        if position < 3:
            assert difference[position + 1 :].min() > 1e-6


@EVERY
def test_batch_order_and_other_rows_change_nothing(name):
    policy, tokens = worlds.generator(name), worlds.every_sequence(3, 4, None).ids
    order = torch.randperm(len(tokens), generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(policy(tokens[order]).logits, policy(tokens).logits[order], atol=1e-12, rtol=0)
    torch.testing.assert_close(policy(tokens[:1]).logits, policy(tokens).logits[:1], atol=1e-12, rtol=0)


@EVERY
def test_repeated_taken_and_joined_states_go_on_like_their_rows(name):
    policy = worlds.generator(name)
    state = policy.step(torch.tensor([0, 1]), policy.begin(2))
    expected = policy.predict(state).logits
    torch.testing.assert_close(policy.predict(repeat(state, 2)).logits, expected[[0, 0, 1, 1]])
    torch.testing.assert_close(policy.predict(take(state, torch.tensor([1]))).logits, expected[1:])
    torch.testing.assert_close(policy.predict(join([state, state])).logits, expected[[0, 1, 0, 1]])


@EVERY
def test_saving_and_loading_is_exact(name, tmp_path):
    policy, other = worlds.generator(name), worlds.generator(name, seed=9)
    save_file(policy.state_dict(), tmp_path / "weights.safetensors")
    other.load_state_dict(load_file(tmp_path / "weights.safetensors"))
    tokens = worlds.every_sequence(3, 4, None).ids
    assert torch.equal(policy(tokens).logits, other(tokens).logits)


@EVERY
@DEEP
def test_every_parameter_gets_a_gradient(name, layers):
    policy, world = worlds.generator(name, layers=layers), worlds.every_sequence(3, 4, None)
    worlds.log_prob(policy, world).sum().backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in policy.parameters())


@EVERY
@pytest.mark.parametrize("end", [None, 2])
def test_sampled_frequencies_are_the_probabilities(name, end):
    policy, world = worlds.generator(name).float(), worlds.every_sequence(3, 4, end)
    drawn = sample(policy, 40_000, 4, end, torch.Generator().manual_seed(3))
    exact = worlds.log_prob(policy, world).exp()
    code = (world.ids * 3 ** torch.arange(4)).sum(1)
    counts = torch.bincount((drawn.ids * 3 ** torch.arange(4)).sum(1), minlength=81)[code]
    assert counts.sum() == 40_000
    common = exact * 40_000 > 10
    worst = ((counts / 40_000 - exact).abs() / (exact * (1 - exact) / 40_000).sqrt())[common].max()
    assert worst < 4.5, "in standard errors"
    assert counts[~common].sum() <= 40_000 * exact[~common].sum() * 2 + 10


@EVERY
def test_dropout_is_off_while_sampling_and_the_mode_comes_back(name):
    policy = worlds.generator(name, dropout=0.5).float().train()
    first = sample(policy, 50, 4, None, torch.Generator().manual_seed(3))
    again = sample(policy, 50, 4, None, torch.Generator().manual_seed(3))
    assert torch.equal(first.ids, again.ids)
    assert policy.training
