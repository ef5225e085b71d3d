"""SeqGAN with a likelihood ratio: the gradient by enumeration, who learns when, and what is learned."""

from __future__ import annotations

import math
from copy import deepcopy
from itertools import combinations

import pytest
import torch

import worlds
from algorithms.runs import carry_out, events, experiment, letters
from runs.rig import TINY, journal, results
from runs.test_resume import stop_everywhere
from seqgan import api, config
from seqgan.algorithms import seqgan
from seqgan.credit import sequence
from seqgan.errors import ConfigError, RunError
from seqgan.functional.losses import policy_gradient
from seqgan.functional.outputs import Output
from seqgan.functional.sampling import evaluating
from seqgan.rewards import Parts
from seqgan.rewards import likelihood_ratio as ratio
from seqgan.runs import build

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


def test_the_generator_moves_to_the_mediators(tmp_path, monkeypatch):
    searched = seqgan.search

    def lean(s, settings, adversary):
        for name in ("mediator_1", "mediator_2"):
            s.networks[name].head.bias.data[0] += 2.0
        searched(s, settings, adversary)

    monkeypatch.setattr(seqgan, "search", lean)
    data = letters(tmp_path / "letters.txt", rows=400)
    _, lines = carry_out(tmp_path / "run", chosen(data, {"name": "likelihood_ratio"}, learning_rate=0.01, steps=60))
    earned = [event["reward"] for event in events(lines, "policy_gradient")]
    assert earned[0] < -1.0, "minus the divergence from the mediators, in nats a row"
    assert sum(earned[-5:]) / 5 > 0.2 * earned[0]


def test_the_mediators_learn_the_data_apart_and_the_generator_begins_as_without_them(tmp_path, monkeypatch):
    data, kept = letters(tmp_path / "letters.txt", rows=200), {}
    searched = seqgan.search

    def look(s, settings, adversary):
        kept["networks"] = {name: deepcopy(network.state_dict()) for name, network in s.networks.items()}
        kept["best"] = {f"mediator_{number}": s.kept.weights(f"mediator_{number}_best") for number in (1, 2)}
        searched(s, settings, adversary)

    monkeypatch.setattr(seqgan, "search", look)
    restless = {"pretrain_learning_rate": 1.0, "pretrain_decay": 1.0, "patience": 0}
    experiment_ = chosen(data, {"name": "likelihood_ratio"}, steps=1, **restless)
    _, lines = carry_out(tmp_path / "run", experiment_)
    last = {name: events(lines, name)[-1]["best"] for name in ("mediator_1", "mediator_2")}
    assert not all(last.values()), "else the last epoch would do"
    networks, best = kept["networks"], kept["best"]
    for name in ("mediator_1", "mediator_2"):
        assert all(torch.equal(networks[name][part], best[name][part]) for part in best[name])
    assert not torch.equal(networks["mediator_1"]["head.weight"], networks["mediator_2"]["head.weight"])
    assert [event["phase"] for event in events(lines, "mediator_2")] == ["pretrain_2"] * 3
    assert {event["phase"] for event in events(lines, "evaluate")} <= {"pretrain_generator", "adversarial"}
    fresh = build.network(experiment_, api.load_task(experiment_, quiet=True), torch.device("cpu"), "generator")
    assert all(torch.equal(value, networks["generator"][part]) for part, value in fresh.state_dict().items())


def test_the_mle_of_a_seed_is_the_same_whatever_was_trained_before_it(tmp_path):
    data, generator = letters(tmp_path / "letters.txt", rows=200), {"embedding": 8, "hidden": 16, "dropout": 0.3}
    short, searched = {"pretrain_epochs": 2, "steps": 0}, {"reward": {"name": "likelihood_ratio"}}
    arms = {
        "mle": ({"name": "mle", "epochs": 2}, {}),
        "two": ({"name": "likelihood_ratio", "mediators": 2, **short}, searched),
        "three": ({"name": "likelihood_ratio", "mediators": 3, **short}, searched),
        "constant": ({"name": "likelihood_ratio", **short}, {"reward": {"name": "constant"}}),
        "cooperative": ({"name": "cooperative", "mediators": 2, **short}, {}),
    }
    found = {}
    for name, (settings, parts) in arms.items():
        _, lines = carry_out(tmp_path / name, experiment(data, settings, generator=generator, **parts))
        found[name] = [event["valid_nll"] for event in events(lines, "mle")]
    assert len(found["mle"]) == 2
    assert all(values == found["mle"] for values in found.values())


def test_every_mediator_begins_with_weights_of_its_own(tmp_path, monkeypatch):
    data, kept = letters(tmp_path / "letters.txt", rows=50), {}
    monkeypatch.setattr(seqgan, "search", lambda s, *_, **__: kept.update(s.networks.items()))
    carry_out(tmp_path / "run", chosen(data, {"name": "likelihood_ratio"}, pretrain_epochs=0, steps=0))
    weights = [network.state_dict()["head.weight"] for network in kept.values()]
    assert len(weights) == 3
    assert not any(torch.equal(one, other) for one, other in combinations(weights, 2))


def test_a_constant_moves_nothing_and_trains_no_mediators(tmp_path):
    data = letters(tmp_path / "letters.txt", rows=200)
    _, lines = carry_out(tmp_path / "run", chosen(data, {"name": "constant"}, steps=5))
    assert not events(lines, "mediator_1")
    assert max(abs(event["loss"]) for event in events(lines, "policy_gradient")) < 1e-5


def test_a_reward_that_misses_mediators_says_so():
    reward = judged(worlds.generator(seed=1), [worlds.generator(seed=2)] * 2)
    reward.mediators = 3
    with pytest.raises(RunError, match="2 of 3"):
        reward(worlds.every_sequence(3, WIDTH, None))
    with pytest.raises(ConfigError, match="no mediators"):
        ratio.create(ratio.Settings(), Parts(None, None, print, {}, 0))


@pytest.mark.parametrize(
    "reward", [{"name": "random_likelihood_ratio"}, {"name": "shuffled", "of": {"name": "likelihood_ratio"}}]
)
def test_its_controls_run(tmp_path, reward):
    data = letters(tmp_path / "letters.txt", rows=200)
    _, lines = carry_out(tmp_path / "run", chosen(data, reward, steps=3))
    assert len(events(lines, "policy_gradient")) == 3
    assert bool(events(lines, "mediator_1")) == (reward["name"] == "shuffled")


def test_the_logged_reward_is_what_a_row_earned_in_all(tmp_path, monkeypatch):
    """Not what its last token did, which is all that the weights of the last position hold."""
    data, seen = letters(tmp_path / "letters.txt", rows=100), []
    asked = ratio.LikelihoodRatioReward.__call__

    def noticed(self, samples):
        seen.append(asked(self, samples))
        return seen[-1]

    monkeypatch.setattr(ratio.LikelihoodRatioReward, "__call__", noticed)
    _, lines = carry_out(tmp_path / "run", chosen(data, {"name": "likelihood_ratio", "own_weight": 0.5}, steps=2))
    logged = [event["reward"] for event in events(lines, "policy_gradient")]
    assert logged == pytest.approx([float(values.sum(1).mean()) for values in seen], rel=1e-5)


START = {"name": "start_likelihood_ratio", "own_weight": 0.75}


def test_against_its_own_start_a_row_earns_what_the_generator_thought_of_it_before(tmp_path, monkeypatch):
    """At the first step (1 - own_weight) log G; later log G_start - own_weight log G, G_start as it was then."""
    data, seen = letters(tmp_path / "letters.txt", rows=50), []
    asked = ratio.LikelihoodRatioReward.__call__

    def density(network, samples):
        with evaluating(network):
            return network(samples.ids).log_prob(samples.ids).masked_fill(~samples.mask, 0.0)

    def noticed(self, samples):
        assert set(self.networks) == {"generator", "start"}
        own = self.networks["generator"]
        begun = seen[0][0] if seen else deepcopy(own)
        seen.append((begun, asked(self, samples), density(begun, samples), density(own, samples)))
        return seen[-1][1]

    monkeypatch.setattr(ratio.LikelihoodRatioReward, "__call__", noticed)
    _, lines = carry_out(tmp_path / "run", chosen(data, START, pretrain_epochs=1, steps=3, learning_rate=0.05))
    assert not events(lines, "mediator_1")
    torch.testing.assert_close(seen[0][1], 0.25 * seen[0][3], rtol=1e-4, atol=1e-5)
    for _, earned, begun, own in seen:
        torch.testing.assert_close(earned, begun - 0.75 * own, rtol=1e-4, atol=1e-5)
    assert (seen[-1][2] - seen[-1][3]).abs().max() > 0.01, "the generator has moved, the copy has not"


@pytest.mark.thorough
def test_a_run_against_its_own_start_resumes_exactly(tmp_path):
    """Stopped at every boundary: before the copy is made, and when the generator has long left it."""
    tiny = [setting for setting in TINY[1:] if not setting.startswith("discriminator")]
    plan = ("pretrain_epochs=1", "pretrain_batch=20", "steps=3", "batch=8", "learning_rate=0.05")
    settings = [*tiny, "algorithm.name=likelihood_ratio", *(f"algorithm.{setting}" for setting in plan)]
    reward = ["reward.name=start_likelihood_ratio", "reward.own_weight=0.75"]
    experiment_ = config.resolve(("test", config.parse_overrides([*settings, *reward])))
    whole, _ = carry_out(tmp_path / "whole", experiment_)
    assert stop_everywhere(experiment_, tmp_path / "stopped") > 5
    assert journal(tmp_path / "stopped") == journal(whole)
    assert results(tmp_path / "stopped") == results(whole)
