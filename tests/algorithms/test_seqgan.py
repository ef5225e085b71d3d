"""SeqGAN as a whole: it learns what it is rewarded for, moves what should move and nothing else, and says so."""

from __future__ import annotations

import math

import pytest
import torch

import worlds
from algorithms.runs import carry_out, events, experiment, letters
from seqgan import registry
from seqgan.algorithms import seqgan
from seqgan.errors import ConfigError
from seqgan.functional.sampling import evaluating
from seqgan.runs import train as running

SHORT = {
    "name": "seqgan",
    "pretrain_epochs": 2,
    "pretrain_discriminator_steps": 1,
    "steps": 2,
    "negatives": 64,
    "epochs": 2,
    "batch": 16,
    "learning_rate": 0.01,
    "d_learning_rate": 0.001,
}


@pytest.fixture
def data(tmp_path):
    return letters(tmp_path / "letters.txt")


@pytest.fixture
def spy(monkeypatch):
    """Hand out the session of every run that is carried out."""
    seen = []
    begin = running.Session.begin

    def noticed(session, state):
        seen.append(session)
        begin(session, state)

    monkeypatch.setattr(running.Session, "begin", noticed)
    return seen


def weights(network):
    return torch.cat([parameter.detach().flatten().clone() for parameter in network.parameters()])


def reward_file(tmp_path, body="[t.split().count('a') / max(1, len(t.split())) for t in texts]"):
    path = tmp_path / "mine.py"
    path.write_text(f"def score(texts):\n    return {body}\n", encoding="utf-8")
    return {"name": "function", "target": f"{path}:score"}


@pytest.mark.thorough
@pytest.mark.parametrize("credit", registry.names("credit"))
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_share_of_a_rewarded_token_rises(tmp_path, data, credit, seed):
    algorithm = {**SHORT, "steps": 25, "batch": 64, "learning_rate": 0.02}
    chosen = experiment(
        data, algorithm, seed=seed, reward=reward_file(tmp_path), credit={"name": credit}, run={"evaluate_every": 100}
    )
    _, lines = carry_out(tmp_path / "run", chosen)
    rewards = [line["reward"] for line in events(lines, "policy_gradient")]
    assert rewards[0] < 0.4
    assert sum(rewards[-5:]) / 5 > rewards[0] + 0.3


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_discriminator_alone_teaches_an_untrained_generator(tmp_path, seed):
    """Real rows hold the letter "a" nine times in ten; without any MLE the generator has to find that out."""
    data = letters(tmp_path / "mostly_a.txt", share=0.9)
    algorithm = {
        **SHORT, "pretrain_epochs": 0, "pretrain_discriminator_steps": 3, "steps": 80, "negatives": 200, "batch": 64,
    }  # fmt: skip
    run, lines = carry_out(tmp_path / "run", experiment(data, algorithm, seed=seed))
    assert min(line["valid_nll"] for line in events(lines, "adversarial")) < 1.3 < math.log(5) - 0.3
    text = (run / "samples" / "adversarial_last.txt").read_text(encoding="utf-8")
    assert text.count("a") > 0.5 * (len(text.split()))


def test_each_step_moves_its_own_network_and_nothing_flows_into_another(tmp_path, data, monkeypatch):
    steps, step = [], running.Session.step

    def watched(session, name, loss):
        own = "discriminator" if name == "discriminator" else "generator"
        others = [p for n, network in session.networks.items() if n != own for p in network.parameters()]
        before = (
            [(p.clone(), None if p.grad is None else p.grad.clone()) for p in others],
            weights(session.networks[own]),
        )
        value = step(session, name, loss)
        for parameter, (weight, gradient) in zip(others, before[0], strict=True):
            assert torch.equal(parameter, weight)
            assert parameter.grad is None if gradient is None else torch.equal(parameter.grad, gradient)
        steps.append((name, not torch.equal(before[1], weights(session.networks[own]))))
        return value

    monkeypatch.setattr(running.Session, "step", watched)
    carry_out(tmp_path / "run", experiment(data, {**SHORT, "rollout_policy": "lagged"}))
    assert {name for name, _ in steps} == {"pretrain", "generator", "discriminator"}
    assert all(moved for _, moved in steps)


def test_a_lagged_policy_follows_by_its_rate_and_a_current_one_is_the_generator_itself():
    lagging, leading = worlds.generator(seed=1), worlds.generator(seed=2)
    expected = 0.8 * weights(lagging) + 0.2 * weights(leading)
    seqgan.follow(lagging, leading, 0.8)
    torch.testing.assert_close(weights(lagging), expected)
    seqgan.follow(lagging, leading, 0.0)
    assert torch.equal(weights(lagging), weights(leading))
    before = weights(leading)
    seqgan.follow(leading, leading, 0.8)
    assert torch.equal(weights(leading), before)


def test_a_lagged_copy_is_frozen_and_stays_behind(tmp_path, data, spy):
    carry_out(tmp_path / "run", experiment(data, {**SHORT, "rollout_policy": "lagged"}))
    rollout, generator = spy[0].networks["rollout"], spy[0].generator
    assert not any(parameter.requires_grad for parameter in rollout.parameters())
    distance = (weights(rollout) - weights(generator)).norm()
    assert 0 < distance < (weights(generator)).norm()


@pytest.mark.parametrize("from_best", [True, False])
def test_the_adversarial_stage_starts_from_the_best_epoch_of_mle_or_from_the_last(tmp_path, data, spy, from_best):
    spoiling = {"pretrain_learning_rate": 0.5, "pretrain_decay": 1.0, "pretrain_epochs": 6, "patience": 0}
    carry_out(tmp_path / "run", experiment(data, {**SHORT, "steps": 0, **spoiling, "from_best": from_best}))
    best, last = spy[0].kept.weights("mle_best"), spy[0].kept.weights("mle_last")
    assert not torch.equal(best["head.weight"], last["head.weight"]), "the last epoch must not be the best here"
    for name, tensor in spy[0].generator.state_dict().items():
        assert torch.equal(tensor, (best if from_best else last)[name])


@pytest.mark.parametrize("negatives", [40, 1000])
def test_a_set_has_as_many_real_rows_as_generated_ones_however_little_data_there_is(tmp_path, data, spy, negatives):
    """With 320 real rows beside 1,000 generated ones a discriminator learns to call everything generated."""
    carry_out(tmp_path / "run", experiment(data, {**SHORT, "steps": 0}))
    ids, mask, is_real = seqgan.labelled_rows(spy[0], negatives)
    assert (len(ids), len(mask), int(is_real.sum())) == (2 * negatives, 2 * negatives, negatives)
    known = {tuple(row) for row in spy[0].task.train.samples().ids.tolist()}
    assert {tuple(row) for row in ids[is_real].tolist()} <= known


def test_every_set_of_the_discriminator_stands_in_the_journal(tmp_path, data):
    """So that its time is charged to its own stage."""
    algorithm = {"pretrain_epochs": 1, "pretrain_discriminator_steps": 3, "steps": 2, "d_steps": 2, "negatives": 20}
    _, lines = carry_out(tmp_path / "run", experiment(data, {"name": "seqgan", "epochs": 2, **algorithm}))
    sets = events(lines, "discriminator")
    assert [line["rows"] for line in sets] == [80] * 7
    assert [line["phase"] for line in sets].count("pretrain_discriminator") == 3


class ByHeart(torch.nn.Module):
    """Takes for real what it has learned, and calls everything else generated."""

    def __init__(self, rows):
        super().__init__()
        self.known = {tuple(row) for row in rows.tolist()}

    def forward(self, tokens, mask, condition=None):
        scores = [1.0 if tuple(row) in self.known else -1.0 for row in tokens.tolist()]
        return torch.tensor(scores), torch.zeros(len(tokens), 1)


def test_a_discriminator_that_learned_by_heart_shows_in_what_it_takes_for_real(tmp_path, data, spy):
    _, lines = carry_out(tmp_path / "run", experiment(data, SHORT))
    assert all(0 <= line[name] <= 1 for line in events(lines, "adversarial") for name in ("valid_real", "train_real"))
    session = spy[0]
    session.networks._networks["discriminator"] = ByHeart(session.task.train.samples().ids)
    found = seqgan.judgement(session, torch.Generator().manual_seed(1), rows=40)
    valid = session.task.valid.samples(slice(0, 40)).ids
    drawn = seqgan.sample(
        session.generator, 40, session.task.max_len, session.task.vocab.end, torch.Generator().manual_seed(1)
    )
    known = session.discriminator.known
    old = [sum(tuple(row) in known for row in rows.tolist()) / len(rows) for rows in (valid, drawn.ids)]
    assert found["train_real"] == 1.0
    assert found["valid_real"] == pytest.approx(old[0])
    assert found["accuracy"] == pytest.approx((old[0] + 1 - old[1]) / 2)
    assert old[0] < 0.5, "the data of this test should hardly repeat"


def test_without_need_of_a_discriminator_none_is_trained(tmp_path, data, spy):
    _, lines = carry_out(tmp_path / "run", experiment(data, SHORT, reward=reward_file(tmp_path)))
    assert all("accuracy" not in line for line in lines)
    assert "discriminator" not in spy[0].optimisers.state() or not spy[0].optimisers.state()["discriminator"]["state"]


def test_every_reward_call_is_counted(tmp_path, data, spy):
    body = "ASKED.append(len(texts)) or [1.0 * len(t) for t in texts]\nASKED = []"
    _, lines = carry_out(tmp_path / "run", experiment(data, SHORT, reward=reward_file(tmp_path, body)))
    asked = spy[0].judge.function.__globals__["ASKED"]
    finish = events(lines, "finish")[0]
    judged_at_the_end = 50 * len(finish["checkpoints"])  # run.final_samples each: measuring is no cost of learning
    assert finish["reward_calls"] == sum(asked) - judged_at_the_end > 2 * 16


def test_a_failing_reward_function_does_not_kill_the_run(tmp_path, data):
    body = "[1 / (len(t.split()) - 3) for t in texts]"
    _, lines = carry_out(tmp_path / "run", experiment(data, SHORT, reward=reward_file(tmp_path, body)))
    warnings = [line["text"] for line in events(lines, "warning")]
    assert any("ZeroDivisionError" in text and "for the sequence '" in text for text in warnings)
    assert len(warnings) <= 5 + 2, "five complaints, and the watch"
    assert events(lines, "finish")[0]["unscored_sequences"] > 5


def test_a_reward_function_that_is_not_there_is_refused_before_anything_is_written(tmp_path, data):
    with pytest.raises(ConfigError, match="nowhere"):
        carry_out(tmp_path / "run", experiment(data, SHORT, reward={"name": "function", "target": "nowhere.py:f"}))
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    "more",
    [
        {"baseline": "none", "normalise": "none"},
        {"mle_weight": 0.5, "g_steps": 2, "d_steps": 2},
        {"normalise": "tokens", "from_best": False, "d_steps": 0},
    ],
)
def test_every_choice_carries_through(tmp_path, data, more):
    _, lines = carry_out(tmp_path / "run", experiment(data, {**SHORT, "steps": 1, **more}))
    assert len(events(lines, "policy_gradient")) == more.get("g_steps", 1)
    assert events(lines, "comparison")


def test_mle_weight_pulls_toward_real_rows(tmp_path, data):
    """With a constant reward and the mean baseline the policy gradient is zero; only the real rows teach."""
    algorithm = {**SHORT, "pretrain_epochs": 0, "steps": 25, "batch": 64}
    reward = reward_file(tmp_path, "[1.0] * len(texts)")
    found = {}
    for weight in (0.0, 1.0):
        chosen = experiment(data, {**algorithm, "mle_weight": weight}, reward=reward, credit={"name": "sequence"})
        _, lines = carry_out(tmp_path / f"run{weight}", chosen)
        found[weight] = [line["valid_nll"] for line in events(lines, "adversarial")]
    assert max(found[0.0]) - min(found[0.0]) < 1e-3
    assert found[1.0][-1] < found[1.0][0] - 0.05


def test_the_users_function_is_named_at_the_start(tmp_path, data, monkeypatch):
    said = []
    monkeypatch.setattr(running.Session, "say", lambda session, text: said.append(text))
    carry_out(tmp_path / "run", experiment(data, {**SHORT, "steps": 0}, reward=reward_file(tmp_path)))
    assert "mine.py:score" in said[0]


def test_rows_are_learned_from_as_they_were_drawn_without_dropout(tmp_path, data, spy, monkeypatch):
    same, gradient = [], seqgan.policy_gradient

    def noticed(output, tokens, *rest):
        with evaluating(spy[-1].generator):
            drawn_from = spy[-1].generator(tokens).log_prob(tokens)
        same.append(torch.allclose(output.log_prob(tokens), drawn_from))
        return gradient(output, tokens, *rest)

    monkeypatch.setattr(seqgan, "policy_gradient", noticed)
    part = {"generator": {"dropout": 0.5}, "credit": {"name": "sequence"}, "reward": {"name": "constant"}}
    carry_out(tmp_path / "run", experiment(data, SHORT, **part))
    assert same == [True, True]
    assert spy[-1].generator.training
