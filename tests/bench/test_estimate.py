"""The time told before a training: positive, scaled by the settings, and without a trace in the networks."""

from __future__ import annotations

import pytest
import torch

from cli import files
from seqgan import api, config
from seqgan.bench.estimate import _Trial, estimate
from seqgan.bench.measuring import measuring
from seqgan.runs import build

SMALL = {**files.TINY, **{key.replace("__", "."): value for key, value in files.GRAMMAR.items()}}


def _built(**more: object) -> tuple[object, build.Built]:
    settings = {**SMALL, **{key.replace("__", "."): value for key, value in more.items()}}
    experiment = api.experiment("oracle_grammar", settings=settings)
    return experiment, build.build(experiment, api.load_task(experiment, quiet=True), torch.device("cpu"))


def test_every_part_has_a_time_and_the_total_counts_them() -> None:
    experiment, built = _built(algorithm__steps=10, algorithm__pretrain_epochs=4)
    found = estimate(experiment, built)
    assert found is not None
    assert min(found.epoch, found.step, found.before) > 0
    assert (found.epochs, found.steps, found.own) == (4, 10, False)
    assert found.total == 4 * found.epoch + found.before + 10 * found.step + found.measuring
    assert found.measuring > 0


def test_measuring_counts_every_table_and_every_held_out_row(monkeypatch) -> None:
    monkeypatch.setattr("seqgan.bench.measuring.seconds_of", lambda part, rows: 2.0 + 0.5 * rows)
    settings = {"run__evaluate_every": 2, "run__evaluate_samples": 100, "run__final_samples": 1_000}
    experiment, built = _built(algorithm__steps=10, algorithm__pretrain_epochs=3, **settings)
    share = float(built.task.train.lengths.float().mean()) / built.task.max_len
    drawn = 0.5 * share
    table = 2.0 + (0.5 + drawn) * 100 + 0.5 * 20  # fixed, decoded and drawn samples, held-out rows
    losses = (3 + 10) * 0.5 * 20 + 10 * drawn * 256
    final = 6 * (2.0 + 0.5 * 1_000) + 4 * (drawn * 1_000 + 2 * 0.5 * 20)
    expected = (2 + 5) * table + losses + final
    assert measuring(experiment, built, epochs=3, steps=10) == pytest.approx(expected)


def test_one_slow_batch_does_not_decide(monkeypatch) -> None:
    spent = iter([0.5, 0.01, 0.9, 0.1, 0.1])  # one row, four rows, then three times a whole batch
    monkeypatch.setattr("seqgan.bench.estimate.seconds_of", lambda part, rows: next(spent))
    experiment, built = _built()
    assert _Trial(experiment, built).seconds(lambda rows: None, 64) == pytest.approx(0.1 / 64)


def test_the_networks_and_the_random_streams_are_left_as_they_were() -> None:
    experiment, built = _built()
    before = {name: {k: v.clone() for k, v in net.state_dict().items()} for name, net in built.networks.items()}
    random = torch.get_rng_state()
    estimate(experiment, built)
    assert torch.equal(torch.get_rng_state(), random)
    for name, network in built.networks.items():
        assert all(torch.equal(value, before[name][key]) for key, value in network.state_dict().items())
        assert all(parameter.grad is None for parameter in network.parameters())


def test_a_reward_of_the_users_own_is_not_called_before_the_run(tmp_path) -> None:
    called = tmp_path / "called"
    (tmp_path / "own.py").write_text(
        f"from pathlib import Path\ndef judge(rows):\n    Path({str(called)!r}).touch()\n    return [1.0] * len(rows)\n"
    )
    experiment, built = _built(reward__name="function", reward__target=f"{tmp_path / 'own.py'}:judge")
    found = estimate(experiment, built)
    assert found is not None
    assert found.own
    assert not called.exists()
    assert built.reward.function(["a row"]) == [1.0]
    assert called.exists()


def test_the_decoding_and_the_rollouts_for_a_function_are_counted(tmp_path, monkeypatch) -> None:
    (tmp_path / "own.py").write_text("def judge(rows):\n    return [1.0] * len(rows)\n")
    experiment, built = _built(reward__name="function", reward__target=f"{tmp_path / 'own.py'}:judge")
    decoded, task = [], type(built.task)
    decode = task.decode
    monkeypatch.setattr(_Trial, "seconds", lambda trial, part, rows: part(rows) or 1.0)
    monkeypatch.setattr(task, "decode", lambda its, ids, mask: decoded.append(ids) or decode(its, ids, mask))
    monkeypatch.setattr("seqgan.bench.estimate.measuring", lambda *_: 0.0)
    found = estimate(experiment, built)
    assert found is not None
    assert sum(map(len, decoded)) > 8 * 2  # at least the 8 rows, and 2 rollouts of their prefixes
    assert found.step == 3.0 * 8  # drawing, search and likelihood, a second a row


@pytest.mark.parametrize("reward", ["constant", "random_discriminator", "bleu"])
def test_a_reward_without_a_trained_discriminator_costs_its_rollouts_alone(reward, monkeypatch) -> None:
    searched, search = [], _Trial.search
    monkeypatch.setattr(_Trial, "search", lambda trial, rows: searched.append(rows) or search(trial, rows))
    experiment, built = _built(reward__name=reward, algorithm__steps=2)
    found = estimate(experiment, built)
    assert found is not None
    assert searched
    assert (found.before, found.own) == (0, False)


@pytest.fixture
def a_second_a_row(monkeypatch) -> list[str]:
    tried: list[str] = []
    monkeypatch.setattr(_Trial, "seconds", lambda _, part, rows: part(rows) or tried.append(part.__name__) or 1.0)
    monkeypatch.setattr("seqgan.bench.estimate.measuring", lambda *_: 0.0)
    return tried


def _of(algorithm: dict[str, object]) -> float:
    task = {"name": "oracle_grammar", "train_rows": 200}
    experiment = config.resolve(("test", {"task": task, "algorithm": algorithm}))
    found = estimate(experiment, build.build(experiment, api.load_task(experiment, quiet=True), torch.device("cpu")))
    assert found is not None
    return found.total


def test_scheduled_sampling_draws_what_it_reads_beside_learning(a_second_a_row) -> None:
    assert _of({"name": "mle", "epochs": 3}) == 3 * 200
    assert _of({"name": "scheduled_sampling", "epochs": 3}) == 3 * 200 * 2
    assert a_second_a_row == ["likelihood", "likelihood", "draw"]


def test_cooperative_training_draws_judges_and_learns_with_every_mediator(a_second_a_row) -> None:
    """Two mediators, batches of 8: each draws 4 and learns from 8; then 8 are drawn, judged twice and learned."""
    small = {"name": "cooperative", "mediators": 2, "pretrain_epochs": 3, "steps": 5, "batch": 8}
    assert _of(small) == 3 * 2 * 200 + 5 * (2 * (4 + 8) + 8 * (1 + 2 + 1))
    assert _of({**small, "m_steps": 0}) == 3 * 2 * 200 + 5 * 8 * (1 + 2 + 1)


def test_a_round_of_seqgan_draws_its_rows_and_its_negatives(a_second_a_row) -> None:
    small = {"name": "seqgan", "pretrain_epochs": 1, "steps": 2, "batch": 8, "g_steps": 1, "d_steps": 1, "d_batch": 8}
    small |= {"negatives": 10, "epochs": 3, "pretrain_discriminator_steps": 1}
    labelled = 10 + 2 * 10 * 3
    assert _of(small) == 200 + labelled + 2 * (8 * (1 + 1 + 1) + labelled)
    assert _of({**small, "mle_weight": 0.5}) == 200 + labelled + 2 * (8 * (1 + 1 + 2) + labelled)


@pytest.mark.parametrize(("reward", "learning"), [("likelihood_ratio", 3), ("random_likelihood_ratio", 1)])
def test_mediators_learn_by_likelihood_only_where_the_reward_asks_them(reward, learning) -> None:
    algorithm = {"name": "likelihood_ratio", "mediators": 2, "steps": 2}
    task = {"name": "oracle_grammar", "train_rows": 200}
    experiment = config.resolve(("test", {"task": task, "algorithm": algorithm, "reward": {"name": reward}}))
    built = build.build(experiment, api.load_task(experiment, quiet=True), torch.device("cpu"))
    found = estimate(experiment, built)
    assert found is not None
    assert found.epochs == learning * experiment.parts["algorithm"].pretrain_epochs
    assert found.step > 0
    assert set(built.networks) == {"generator"}
