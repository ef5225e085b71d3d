"""Going back to the last good state: which one that is, what it holds, and that measuring has no part in it."""

from __future__ import annotations

import pytest
import torch

from runs.rig import journal
from seqgan.errors import CollapseError
from seqgan.progress import Progress
from seqgan.runs.train import train

ROLLBACK = "run.on_collapse=rollback"


def fill(session, value: float) -> None:
    with torch.no_grad():
        for parameter in session.generator.parameters():
            parameter.fill_(value)


def held(session) -> set[float]:
    return {number for tensor in session.generator.state_dict().values() for number in tensor.unique().tolist()}


@pytest.mark.parametrize(("bad", "value"), [(1, 5.0), (2, 11.0), (3, 12.0)])
def test_it_goes_back_to_the_last_boundary_of_the_phase_or_to_its_begin(begin, bad, value):
    session = begin(ROLLBACK, "run.evaluate_every=100")
    for number in session.phase("first", 3):
        fill(session, number)
    fill(session, 5.0)  # between the phases, as a stage hands over
    for number in session.phase("second", bad):
        fill(session, 11.0 + number)
        if number + 1 == bad:
            session.watch.not_finite("generator")
    assert held(session) == {value}


def test_a_state_under_suspicion_is_not_gone_back_to(begin):
    session = begin(ROLLBACK)
    for number in session.phase("only", 3):
        fill(session, number)
        session.watch.samples(0.9 if number == 0 else 0.1, 1.0)
        if number == 2:
            session.watch.not_finite("generator")
    assert held(session) == {0.0}


def test_where_a_phase_had_no_good_state_the_run_ends_and_says_so(begin):
    session = begin(ROLLBACK)
    for _ in session.phase("first", 1):
        session.watch.samples(0.1, 1.0)
    phase = session.phase("second", 1)
    next(phase)
    session.watch.not_finite("generator")
    with pytest.raises(CollapseError, match="no good state yet"):
        next(phase)


def test_an_optimiser_declared_since_the_good_state_starts_anew(begin):
    session = begin(ROLLBACK)
    for _ in session.phase("only", 1):
        session.optimizer("generator", 0.25)
        ids = session.task.train.ids[:4].long()
        session.step("generator", session.generator(ids).log_prob(ids).mean())
        session.slow_down("generator", 0.5)
        session.watch.not_finite("generator")
    state = session.optimisers.state()["generator"]
    assert state["state"] == {}
    assert state["param_groups"][0]["lr"] == 0.25


def test_the_kept_weights_are_those_of_the_state_it_goes_back_to(begin):
    session = begin(ROLLBACK)
    for number in session.phase("adversarial", 2):
        fill(session, number)
        session.keep_best("adversarial", -number)
        if number == 1:
            session.watch.not_finite("generator")
    for name in ("adversarial_last", "adversarial_best"):
        weights = session.kept.weights(name)
        assert all(torch.equal(weights[key], tensor) for key, tensor in session.generator.state_dict().items())
    assert session.keep_best("adversarial", -0.5)


def test_without_a_rollback_nothing_is_remembered(begin):
    session = begin()
    for _ in session.phase("only", 2):
        fill(session, 1.0)
    assert session.state()["guard"]["healthy"] is None


def test_a_checkpoint_of_older_versions_loads_without_its_good_state(begin):
    session = begin(ROLLBACK)
    state = session.state()
    older = {name: state[name] for name in ("networks", "optimisers")}
    state["guard"] = {"healthy": older, "rollbacks": 2}
    session.restore(state)
    fill(session, 7.0)
    for _ in session.phase("adversarial", 1):
        fill(session, 8.0)
        session.watch.not_finite("generator")
    assert held(session) == {7.0}
    assert session.state()["guard"]["rollbacks"] == 3


def test_evaluating_more_often_changes_nothing_in_a_run_that_rolls_back(tmp_path, toy):
    runs = []
    for every in (1, 100):
        settings = toy("algorithm.spoil=[3]", "algorithm.steps=4", ROLLBACK, f"run.evaluate_every={every}")
        runs.append(train(settings, tmp_path / str(every), Progress(quiet=True)))
    assert any("go back" in line for line in journal(runs[0]))
    assert (runs[0] / "model.safetensors").read_bytes() == (runs[1] / "model.safetensors").read_bytes()
    assert journal(runs[0]) == journal(runs[1])
