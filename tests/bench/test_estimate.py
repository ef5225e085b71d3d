"""The time told before a training: positive, scaled by the settings, and without a trace in the networks."""

from __future__ import annotations

import pytest
import torch

from cli import files
from seqgan import api
from seqgan.bench.estimate import _Trial, estimate
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
    assert found.total == 4 * found.epoch + found.before + 10 * found.step


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


@pytest.mark.parametrize("reward", ["constant", "random_discriminator", "bleu"])
def test_a_reward_without_a_trained_discriminator_costs_its_rollouts_alone(reward, monkeypatch) -> None:
    searched, search = [], _Trial.search
    monkeypatch.setattr(_Trial, "search", lambda trial, rows: searched.append(rows) or search(trial, rows))
    experiment, built = _built(reward__name=reward, algorithm__steps=2)
    found = estimate(experiment, built)
    assert found is not None
    assert searched
    assert (found.before, found.own) == (0, False)
