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
    assert found.step == 2.0 * 8  # search and likelihood, a second a row


@pytest.mark.parametrize("reward", ["constant", "random_discriminator", "bleu"])
def test_a_reward_without_a_trained_discriminator_costs_its_rollouts_alone(reward, monkeypatch) -> None:
    searched, search = [], _Trial.search
    monkeypatch.setattr(_Trial, "search", lambda trial, rows: searched.append(rows) or search(trial, rows))
    experiment, built = _built(reward__name=reward, algorithm__steps=2)
    found = estimate(experiment, built)
    assert found is not None
    assert searched
    assert (found.before, found.own) == (0, False)


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
