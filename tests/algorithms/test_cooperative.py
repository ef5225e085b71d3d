"""Cooperative training: the objective by enumeration, the two players, and what it learns."""

from __future__ import annotations

import math
from types import SimpleNamespace

import pytest
import torch

import worlds
from algorithms.runs import carry_out, events, experiment, letters
from seqgan.algorithms import cooperative
from seqgan.errors import ShapeError
from seqgan.functional.losses import next_token_divergence, sequence_nll
from seqgan.functional.outputs import Output
from seqgan.functional.sampling import sample
from seqgan.records import Samples

WIDTH, END = 4, 2


def enumerated(own, judged, end, weight):
    """Return the sum over prefixes of their (constant) probability times the divergence there, a row's length long."""
    world = worlds.every_sequence(3, WIDTH, end=end)
    weights = worlds.log_prob(own, world).detach().exp()
    p, q = (network(world.ids).logits.log_softmax(-1) for network in (own, judged))
    divergence = (p.exp() * (weight * p - q.detach())).sum(-1).masked_fill(~world.mask, 0.0)
    return (weights[:, None] * divergence).sum(), (weights[:, None] * world.mask).sum()


def gradient(loss, network):
    return torch.cat([part.flatten() for part in torch.autograd.grad(loss, list(network.parameters()))])


@pytest.mark.parametrize(("end", "weight"), [(None, 1.0), (END, 1.0), (END, 0.5)])
def test_the_sampled_gradient_approaches_the_enumerated_one(end, weight):
    own, judged = worlds.generator(seed=1), worlds.generator(seed=2)
    total, length = enumerated(own, judged, end, weight)
    drawn = sample(own, 60_000, WIDTH, end, torch.Generator().manual_seed(3))
    loss = next_token_divergence(own(drawn.ids), judged(drawn.ids), drawn.mask, weight)
    assert float(loss.detach()) == pytest.approx(float((total / length).detach()), rel=0.02)
    sampled, exact = gradient(loss, own), gradient(total / length, own)
    assert torch.nn.functional.cosine_similarity(sampled, exact, dim=0) > 0.998
    assert float(sampled.norm()) == pytest.approx(float(exact.norm()), rel=0.03)


def test_with_less_weight_on_its_own_the_best_answer_is_a_power_of_the_target():
    judged = torch.tensor([[[0.5, 0.3, 0.2]]]).log()
    shares = judged.exp() ** 2
    best = (shares / shares.sum()).log().requires_grad_()
    mask = torch.ones(1, 1, dtype=torch.bool)
    next_token_divergence(Output.dense(best), Output.dense(judged), mask, own_weight=0.5).backward()
    assert best.grad.abs().max() < 1e-6
    other = judged.clone().requires_grad_()
    next_token_divergence(Output.dense(other), Output.dense(judged), mask, own_weight=0.5).backward()
    assert other.grad.abs().max() > 0.01


def test_a_model_does_not_differ_from_itself_and_padding_counts_nothing():
    own, judged = worlds.generator(seed=1), worlds.generator(seed=2)
    ids = torch.tensor([[0, 1, 2, 2], [1, 0, 1, 0]])
    mask = torch.tensor([[1, 1, 1, 0], [1, 1, 1, 1]], dtype=torch.bool)
    with torch.no_grad():
        same = next_token_divergence(own(ids), own(ids), mask)
    assert float(same) == pytest.approx(0.0, abs=1e-6)
    changed = ids.clone()
    changed[0, 3] = 0
    with torch.no_grad():
        values = [float(next_token_divergence(own(rows), judged(rows), mask)) for rows in (ids, changed)]
    assert values[0] == pytest.approx(values[1], abs=1e-7)
    with pytest.raises(ShapeError):
        next_token_divergence(own(ids), judged(ids[:1]), mask)


def test_the_mediator_gets_no_gradient_from_the_generator():
    own, judged = worlds.generator(seed=1), worlds.generator(seed=2)
    ids = torch.tensor([[0, 1, 2, 2]])
    next_token_divergence(own(ids), judged(ids), torch.ones(1, 4, dtype=torch.bool)).backward()
    assert all(part.grad is None for part in judged.parameters())


class FirstToken(torch.nn.Module):
    """A model of three symbols that learns the first token; later ones are uniform."""

    def __init__(self):
        super().__init__()
        self.first = torch.nn.Parameter(torch.zeros(3))

    def forward(self, ids):
        later = torch.zeros(*ids.shape, 3)
        return Output.dense(torch.cat([self.first.expand(len(ids), 1, 3), later[:, 1:]], dim=1))


def whole(row, count):
    ids = torch.tensor([row] * count)
    return Samples(ids, torch.ones_like(ids, dtype=torch.bool))


def test_the_mediator_learns_the_mixture_of_sequences_however_long_they_are():
    """Real rows "a end", generated ones "b b b b b b b end": a mean of both means made the first token a in 4 of 5."""
    real, own, mediator = whole([0, 2], 32), whole([1] * 7 + [2], 32), FirstToken()
    adam = torch.optim.Adam(mediator.parameters(), lr=0.1)

    def step(_, loss):
        adam.zero_grad()
        loss.backward()
        adam.step()
        return float(loss.detach())

    drawn = {"real": lambda n: real, "sample": lambda n: own, "step": step, "log": lambda *_, **__: None}
    for _ in range(150):
        cooperative.train_mediator(SimpleNamespace(**drawn), 0, mediator, cooperative.Settings(batch=64))
    torch.testing.assert_close(mediator.first.softmax(0)[:2], torch.tensor([0.5, 0.5]), atol=0.02, rtol=0)


def test_of_rows_of_one_length_its_loss_is_the_mean_of_both():
    """To the last bit: the records of cooperative training on the synthetic task were made so."""
    model, ids = worlds.generator(seed=1), torch.randint(3, (2, 16, WIDTH), generator=torch.Generator().manual_seed(1))
    sets = [Samples(rows, torch.ones_like(rows, dtype=torch.bool)) for rows in ids]
    loss = cooperative.joint_nll(model, sets)
    mean = sum(sequence_nll(model(rows.ids), rows.ids, rows.mask) for rows in sets) / 2
    assert torch.equal(loss, mean)
    assert torch.equal(gradient(loss, model), gradient(mean, model))


def test_it_learns_from_nothing_by_the_mediator_alone(tmp_path):
    """Rows of 3 to 7 of four letters: (ln 5 + 5 ln 4) / 6 nats a token; without training, five symbols alike: ln 5."""
    entropy = (math.log(5) + 5 * math.log(4)) / 6
    data = letters(tmp_path / "letters.txt", rows=1000)
    rates = {"learning_rate": 0.02, "m_learning_rate": 0.02}
    algorithm = {"name": "cooperative", "pretrain_epochs": 0, "steps": 120, **rates}
    _, lines = carry_out(tmp_path / "run", experiment(data, algorithm))
    rounds = events(lines, "adversarial")
    assert rounds[-1]["valid_nll"] < entropy + 0.1 < math.log(5)
    divergence = [event["divergence"] for event in events(lines, "cooperative")]
    assert divergence[-1] < 0.2 * max(divergence)


def test_a_mediator_that_does_not_learn_teaches_nothing(tmp_path):
    """It began as a copy of the generator: there is nothing to follow but the generator itself."""
    data = letters(tmp_path / "letters.txt", rows=400)
    algorithm = {"name": "cooperative", "pretrain_epochs": 1, "steps": 5, "m_learning_rate": 1e-12}
    _, lines = carry_out(tmp_path / "run", experiment(data, algorithm))
    assert max(event["divergence"] for event in events(lines, "cooperative")) < 1e-4


def test_several_mediators_begin_apart_and_are_followed_together(tmp_path):
    data = letters(tmp_path / "letters.txt", rows=400)
    algorithm = {"name": "cooperative", "pretrain_epochs": 2, "steps": 40, "m_steps": 0, "mediators": 3}
    _, lines = carry_out(tmp_path / "run", experiment(data, {**algorithm, "learning_rate": 0.01}))
    phases = [line["phase"] for line in lines if line["event"].startswith(("mle", "mediator"))]
    assert list(dict.fromkeys(phases)) == ["pretrain_2", "pretrain_1", "pretrain_generator"]
    first = {stage: events(lines, stage)[0]["valid_nll"] for stage in ("mle", "mediator_1", "mediator_2")}
    assert len(set(first.values())) == 3
    divergence = [event["divergence"] for event in events(lines, "cooperative")]
    assert 0 < divergence[-1] < 0.5 * divergence[0]
    assert not events(lines, "mediator"), "with no steps of theirs the mediators stay as they are"


def test_the_generator_of_several_begins_where_a_lone_one_does(tmp_path):
    data, found = letters(tmp_path / "letters.txt", rows=400), {}
    for mediators in (1, 2):
        chosen = {"name": "cooperative", "pretrain_epochs": 0, "steps": 1, "mediators": mediators, "m_steps": 0}
        _, lines = carry_out(tmp_path / str(mediators), experiment(data, {**chosen, "learning_rate": 1e-12}))
        found[mediators] = events(lines, "adversarial")[-1]["valid_nll"]
    assert found[1] == pytest.approx(found[2], abs=1e-6)
