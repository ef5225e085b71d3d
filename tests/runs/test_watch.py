"""The collapse watch: what raises an alarm, how often, and what is done about it."""

from __future__ import annotations

import json

import pytest
import torch

from runs.rig import Impatient, SinglePrecision, journal, results
from seqgan.config import RunSettings
from seqgan.errors import CollapseError
from seqgan.progress import Progress
from seqgan.runs.signals import Interrupted
from seqgan.runs.train import resume, train
from seqgan.runs.watch import PATIENCE, Watch, distinct_share

QUIET = Progress(quiet=True)


def usual() -> Watch:
    return Watch(0.2, RunSettings().collapse_causes)


def causes(watch: Watch) -> list[str]:
    return [alarm.cause for alarm in watch.take_alarms()]


def test_repeating_rows_raise_one_alarm_after_some_patience():
    watch = usual()
    for _ in range(PATIENCE - 1):
        watch.samples(0.1, 1.0)
        assert causes(watch) == []
        assert not watch.healthy
    watch.samples(0.1, 1.0)
    assert causes(watch) == ["uniqueness"]
    for _ in range(5):
        watch.samples(0.1, 1.0)
    assert causes(watch) == []


def test_the_causes_that_end_a_run_can_be_chosen():
    watch = Watch(0.2, fatal=("discriminator_guesses",))
    for _ in range(3):
        assert watch.healthy
        watch.samples(0.1, 1.0)
    assert [(alarm.cause, alarm.fatal) for alarm in watch.take_alarms()] == [("uniqueness", False)]
    watch.accuracy(0.5)
    assert not watch.healthy
    watch.accuracy(0.5)
    watch.accuracy(0.5)
    assert [(alarm.cause, alarm.fatal) for alarm in watch.take_alarms()] == [("discriminator_guesses", True)]


def test_one_good_batch_ends_the_suspicion():
    watch = usual()
    for share in (0.1, 0.1, 0.9, 0.1, 0.1):
        watch.samples(share, 1.0)
    assert causes(watch) == []


def test_where_real_rows_repeat_samples_may_too():
    watch = usual()
    for _ in range(5):
        watch.samples(0.1, 0.3)
    assert causes(watch) == []


@pytest.mark.parametrize(
    ("train", "new", "alarm"),
    [(1.0, 0.05, True), (0.8, 0.2, True), (0.7, 0.3, False), (1.0, 1.0, False), (0.1, 0.1, False), (0.2, 0.9, False)],
)
def test_a_discriminator_that_knows_its_training_rows_by_heart_is_named(train, new, alarm):
    watch = usual()
    for _ in range(PATIENCE):
        assert watch.healthy
        watch.memory(train, new)
    alarms = watch.take_alarms()
    assert [(one.cause, one.fatal) for one in alarms] == ([("discriminator_memorises", False)] if alarm else [])
    assert all(f"takes {train:.0%} of them".replace("%", " %") in one.text for one in alarms)


@pytest.mark.parametrize(("accuracy", "alarm"), [(0.4, True), (0.5, True), (0.515, True), (0.6, False), (0.99, False)])
def test_a_guessing_discriminator_is_named(accuracy, alarm):
    watch = usual()
    for _ in range(5):
        watch.accuracy(accuracy)
    assert causes(watch) == (["discriminator_guesses"] if alarm else [])


@pytest.mark.parametrize(
    ("rewards", "scale", "alarm"),
    [
        ([0.5] * 8, 1.0, True),
        ([1e-6, 2e-6], 1.0, True),  # of a reward in [0, 1]
        ([1e-6, 2e-6], 1e-5, False),
        ([1e-6, 2e-6], None, False),  # of a reward of any unit
        ([0.4, 0.6], 1.0, False),
        ([1000.0, 1000.1], None, False),
        ([1000.0, 1000.0001], None, True),  # float32 hardly holds the difference
        ([0.0] * 8, None, True),
    ],
)
def test_a_flat_reward_is_named_by_its_scale(rewards, scale, alarm):
    watch = usual()
    for _ in range(5):
        watch.rewards(torch.tensor(rewards), scale)
    assert causes(watch) == (["reward_flat"] if alarm else [])


def test_a_single_reward_is_no_flat_one():
    watch = usual()
    for _ in range(2 * PATIENCE):
        watch.rewards(torch.tensor([0.5]), 1.0)
    assert causes(watch) == []


def test_an_infinite_reward_does_not_hide_flat_ones():
    watch, spread = usual(), torch.tensor([0.0, 1.0])
    for rewards in (spread, torch.tensor([0.0, torch.inf]), torch.tensor([0.0, torch.inf])):
        watch.rewards(rewards)
    for _ in range(PATIENCE):
        watch.rewards(1e-6 * spread)
    assert causes(watch) == ["reward_flat"]


def test_rewards_of_a_device_without_float64_are_looked_at_on_the_cpu():
    watch = usual()
    for _ in range(PATIENCE):
        watch.rewards(torch.full((8,), 0.5).as_subclass(SinglePrecision), 1.0)
    assert causes(watch) == ["reward_flat"]


@pytest.mark.parametrize("unit", [1e-9, 1.0, 1e9])
def test_a_reward_that_becomes_flat_is_named_in_any_unit(unit):
    watch, spread = usual(), torch.tensor([0.0, 1.0, 2.0])
    for scale in (1.0, 0.5, 2.0, 50_000.0, 0.01, 0.001):  # an outlier and a slow decline
        watch.rewards(unit * scale * spread)
    assert causes(watch) == []
    for _ in range(PATIENCE):
        watch.rewards(unit * 1e-6 * spread)
    assert causes(watch) == ["reward_flat"]


def test_the_scale_that_was_seen_outlives_a_resume():
    watch, other, spread = usual(), usual(), torch.tensor([0.0, 1.0])
    watch.rewards(spread)
    other.restore(json.loads(json.dumps(watch.state())))
    for _ in range(PATIENCE):
        other.rewards(1e-6 * spread)
    assert causes(other) == ["reward_flat"]


def test_a_step_that_is_not_finite_is_fatal_at_once():
    watch = usual()
    watch.not_finite("generator")
    alarms = watch.take_alarms()
    assert [(alarm.cause, alarm.fatal) for alarm in alarms] == [("not_finite", True)]


def test_a_restored_watch_remembers():
    watch, other = usual(), usual()
    watch.samples(0.1, 1.0)
    watch.samples(0.1, 1.0)
    watch.not_finite("generator")
    other.restore(json.loads(json.dumps(watch.state())))
    other.samples(0.1, 1.0)
    assert sorted(causes(other)) == ["not_finite", "uniqueness"]


def test_the_share_of_distinct_rows():
    assert distinct_share(torch.tensor([[1, 2], [1, 2], [2, 1], [0, 0]])) == 0.75
    assert distinct_share(torch.empty(0, 3, dtype=torch.int64)) == 0.0


def events(folder, name: str) -> list[dict]:
    return [event for line in journal(folder) if (event := json.loads(line))["event"] == name]


def test_warning_lets_the_run_end(tmp_path, toy):
    run = train(toy("algorithm.spoil=[2]"), tmp_path / "run", QUIET)
    assert [event["optimiser"] for event in events(run, "not_finite")] == ["generator"]
    assert [event["cause"] for event in events(run, "warning") if event.get("cause") == "not_finite"] == ["not_finite"]
    assert events(run, "finish")


def test_stopping_saves_and_can_be_gone_on_with(tmp_path, toy):
    run = tmp_path / "run"
    with pytest.raises(CollapseError, match=r"not finite.*seqgan resume") as stopped:
        train(toy("algorithm.spoil=[2]", "run.on_collapse=stop"), run, QUIET)
    assert stopped.value.exit_code == 3
    assert [event["step"] for event in events(run, "collapse")] == [2]
    resume(run, QUIET)
    assert events(run, "finish")


def test_a_run_goes_on_after_a_cause_that_was_not_chosen(tmp_path, toy):
    settings = ("algorithm.spoil=[2]", "run.on_collapse=stop", 'run.collapse_causes=["uniqueness"]')
    run = train(toy(*settings), tmp_path / "run", QUIET)
    assert any("not finite" in event["text"] for event in events(run, "warning"))
    assert events(run, "finish")


def test_a_rollback_restores_the_last_good_state_and_random_streams_go_on(tmp_path, toy):
    settings = ("algorithm.spoil=[3]", "run.on_collapse=rollback", "algorithm.steps=4")
    run = train(toy(*settings), tmp_path / "run", QUIET)
    assert [event["rollback"] for event in events(run, "warning") if "rollback" in event] == [1]
    by_step = {event["step"]: event["nll_gen"] for event in events(run, "evaluate") if event["label"] == "adversarial"}
    assert len(by_step) == 4
    assert by_step[3] == by_step[2]  # the spoilt step was not taken, so G stood still until it went back
    assert by_step[4] != by_step[3]


def test_after_three_rollbacks_the_run_ends(tmp_path, toy):
    settings = ("algorithm.spoil=[2,3,4,5,6]", "run.on_collapse=rollback", "algorithm.steps=6")
    with pytest.raises(CollapseError, match="rolled back 3 times"):
        train(toy(*settings), tmp_path / "run", QUIET)
    assert len([event for event in events(tmp_path / "run", "warning") if "rollback" in event]) == 3


@pytest.mark.thorough
@pytest.mark.parametrize("spoil", [[1], [3], [3, 4]])
def test_a_run_that_rolls_back_is_resumed_exactly(tmp_path, toy, spoil):
    settings = (f"algorithm.spoil={spoil}", "run.on_collapse=rollback", "algorithm.steps=4")
    whole, run = train(toy(*settings), tmp_path / "whole", QUIET), tmp_path / "run"
    with pytest.raises(Interrupted):
        train(toy(*settings), run, Impatient(quiet=True))
    for _ in range(200):
        try:
            resume(run, Impatient(quiet=True))
        except Interrupted:
            continue
        break
    assert journal(run) == journal(whole)
    assert results(run) == results(whole)
