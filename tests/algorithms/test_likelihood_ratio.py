"""SeqGAN with a likelihood ratio: the gradient by enumeration, who learns when, and what is learned."""

from __future__ import annotations

import math

import pytest
import torch

import worlds
from algorithms.runs import carry_out, events, experiment, letters
from seqgan.credit import sequence
from seqgan.functional.losses import policy_gradient
from seqgan.functional.outputs import Output
from seqgan.rewards import Parts
from seqgan.rewards import likelihood_ratio as ratio

WIDTH, OWN = 4, 0.7


def judged(own, models, **settings):
    networks = {"generator": own, **{f"mediator_{number}": model for number, model in enumerate(models, 1)}}
    parts = Parts(None, None, print, networks, len(models))
    return ratio.create(ratio.Settings(own_weight=OWN, rows=7, **settings), parts)


def weighed(own, models, world, discount):
    """Return the policy gradient of the reward over all sequences, each as often as it is likely."""
    settings = sequence.Settings(discount=discount)
    values = sequence.credit(world, own, judged(own, models), settings, torch.Generator(), end=None).double()
    likely = worlds.log_prob(own, world).detach().exp()
    return flat(policy_gradient(own(world.ids), world.ids, values * likely[:, None], world.mask, "none"), own)


def flat(loss, network):
    return torch.cat([part.flatten() for part in torch.autograd.grad(loss, list(network.parameters()))])


def mixture(models, ids):
    """Return the normalised geometric mean, (B, T, V) log-probabilities, the slow way."""
    means = sum(model(ids).logits.detach().log_softmax(-1) for model in models) / len(models)
    return means - means.exp().sum(-1, keepdim=True).log()


@pytest.mark.parametrize("end", [None, 2])
def test_with_all_that_is_to_come_it_descends_the_divergence_of_whole_sequences(end):
    """The exact objective is E_G[log p(Y) - a log G(Y)]; the reward holds G constant, which costs no gradient."""
    own, models = worlds.generator(seed=1), [worlds.generator(seed=2), worlds.generator(seed=3)]
    world = worlds.every_sequence(3, WIDTH, end)
    data = mixture(models, world.ids).gather(-1, world.ids[..., None]).squeeze(-1).masked_fill(~world.mask, 0.0).sum(1)
    likely = worlds.log_prob(own, world)
    objective = (likely.exp() * (data - OWN * likely)).sum()
    torch.testing.assert_close(weighed(own, models, world, 1.0), -flat(objective, own), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("end", [None, 2])
def test_with_its_own_position_alone_it_descends_the_divergence_of_the_next_token(end):
    own, models = worlds.generator(seed=1), [worlds.generator(seed=2), worlds.generator(seed=3)]
    world = worlds.every_sequence(3, WIDTH, end)
    log_own = own(world.ids).logits.log_softmax(-1)
    inner = (log_own.exp() * (mixture(models, world.ids) - OWN * log_own)).sum(-1).masked_fill(~world.mask, 0.0)
    objective = (worlds.log_prob(own, world).detach().exp()[:, None] * inner).sum()
    torch.testing.assert_close(weighed(own, models, world, 0.0), -flat(objective, own), rtol=1e-4, atol=1e-6)


def test_it_is_the_logit_of_the_best_discriminator():
    own, model = worlds.generator(seed=1), worlds.generator(seed=2)
    world = worlds.every_sequence(3, WIDTH, 2)
    networks = {"generator": own, "mediator_1": model}
    reward = ratio.create(ratio.Settings(), Parts(None, None, print, networks, 1))
    real, generated = (worlds.log_prob(network, world).detach().exp() for network in (model, own))
    best = real / (real + generated)  # Goodfellow et al. 2014, Prop. 1
    torch.testing.assert_close(reward(world).sum(1).double().sigmoid(), best, rtol=1e-5, atol=1e-7)


def test_the_geometric_mean_is_a_distribution_between_its_parts():
    low, high = torch.tensor([0.5, 0.25, 0.25]).log(), torch.tensor([0.125, 0.25, 0.625]).log()
    mean = Output.geometric_mean([Output.dense(low), Output.dense(high)]).logits.softmax(-1)
    root = torch.tensor([0.25, 0.25, math.sqrt(0.25 * 0.625)])
    torch.testing.assert_close(mean, root / root.sum())


def algorithm(**settings):
    return {"name": "likelihood_ratio", "pretrain_epochs": 3, "steps": 30, "mediators": 2, **settings}


def chosen(data, reward, **settings):
    part = {"reward": reward, "credit": {"name": "sequence", "discount": 0.0}}
    return experiment(data, algorithm(**settings), **part)


def test_the_generator_moves_to_the_mediators_and_begins_where_it_would_without_them(tmp_path):
    data, found = letters(tmp_path / "letters.txt", rows=400), {}
    for name, reward in (("true", {"name": "likelihood_ratio"}), ("constant", {"name": "constant"})):
        _, found[name] = carry_out(tmp_path / name, chosen(data, reward, learning_rate=0.01))
    assert [event["phase"] for event in events(found["true"], "mediator_2")] == ["pretrain_2"] * 3
    assert not events(found["constant"], "mediator_1"), "a reward without mediators trains none"
    begun = [[event["valid_nll"] for event in events(lines, "mle")] for lines in found.values()]
    assert begun[0][0] == pytest.approx(begun[1][0], abs=0.05)
    kept = [event["loss"] for event in events(found["constant"], "policy_gradient")]
    assert max(map(abs, kept)) < 1e-5, "with the mean baseline a constant moves nothing"


@pytest.mark.parametrize(
    "reward", [{"name": "random_likelihood_ratio"}, {"name": "shuffled", "of": {"name": "likelihood_ratio"}}]
)
def test_its_controls_run(tmp_path, reward):
    data = letters(tmp_path / "letters.txt", rows=200)
    _, lines = carry_out(tmp_path / "run", chosen(data, reward, steps=3))
    assert len(events(lines, "policy_gradient")) == 3
    assert bool(events(lines, "mediator_1")) == (reward["name"] == "shuffled")
