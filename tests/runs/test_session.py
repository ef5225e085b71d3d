"""What an algorithm sees: phases, batches, values, measures, and misuse that is refused at once."""

from __future__ import annotations

import json
import random
from collections.abc import Callable

import pytest
import torch

from runs.rig import journal
from seqgan.errors import CheckpointError, RunError
from seqgan.progress import Progress
from seqgan.runs import build
from seqgan.runs.session import Session
from seqgan.runs.train import load_task

QUIET = Progress(quiet=True)


@pytest.fixture
def session(begin: Callable[..., Session]) -> Session:
    """A session of the toy experiment that has begun."""
    return begin()


def test_a_pass_of_batches_holds_every_row_once_with_its_partner(session):
    ids, twice = torch.arange(10, dtype=torch.int32), torch.arange(10.0) * 2
    batches = list(session.batches("pass", (ids, twice), 4))
    assert [len(a) for a, _ in batches] == [4, 4, 2]
    assert all(torch.equal(a * 2, b.long()) for a, b in batches)
    assert sorted(torch.cat([a for a, _ in batches]).tolist()) == list(range(10))
    assert batches[0][0].dtype == torch.int64
    again = list(session.batches("second pass", (ids, twice), 4))
    assert torch.cat([a for a, _ in again]).tolist() != torch.cat([a for a, _ in batches]).tolist()


def test_journal_lines_say_where_they_come_from(session, tmp_path):
    for _ in session.phase("outer", 2):
        for _ in session.phase("inner", 1):
            session.log("deep", value=1)
        session.log("shallow")
    lines = [json.loads(line) for line in journal(tmp_path)]
    assert lines[0]["event"] == "start"
    assert [(e["event"], e["phase"], e["step"], e.get("inner")) for e in lines[1:]] == [
        ("deep", "outer", 1, "inner 1"),
        ("shallow", "outer", 1, None),
        ("deep", "outer", 2, "inner 1"),
        ("shallow", "outer", 2, None),
    ]


def test_logging_before_a_phase_in_one_body_is_refused(session):
    for _ in session.phase("outer", 1):
        session.log("early")
        with pytest.raises(RunError, match="resumed run would do that twice"):
            next(session.phase("inner", 1))


def test_a_value_that_cannot_be_saved_is_refused_when_it_is_made(session):
    with pytest.raises(CheckpointError, match="type Random"):
        session.once("value", random.Random)


def test_measuring_changes_no_random_stream(session):
    before = session.rng.state()
    first, second = session.evaluate(), session.evaluate()
    assert first == second
    assert all(torch.equal(before[name], state) for name, state in session.rng.state().items())


def test_the_best_and_the_last_weights_of_a_stage_are_kept(session):
    def fill(value: float) -> None:
        with torch.no_grad():
            for parameter in session.generator.parameters():
                parameter.fill_(value)

    kept = []
    for weight, value in ((1.0, 5.0), (2.0, 4.0), (3.0, float("nan")), (4.0, 4.5)):
        fill(weight)
        kept.append(session.keep_best("mle", value))
    assert kept == [True, True, False, False]
    assert session.since_best("mle") == 2
    assert {float(t.max()) for t in session.kept.weights("mle_last").values()} == {4.0}
    session.use_best("mle")
    assert {float(t.max()) for t in session.generator.state_dict().values()} == {2.0}
    with pytest.raises(RunError, match="No weights are kept"):
        session.use_best("adversarial")


def test_costs_are_counted(session):
    drawn = session.sample(16)
    session.credit(drawn)
    assert (session.generated, session.scored) == (16, 16)


def test_real_rows_come_from_the_training_split(session):
    train = {tuple(row) for row in session.task.train.ids.tolist()}
    assert {tuple(row) for row in session.real(50).ids.tolist()} <= train


def test_a_copied_network_gets_no_gradients_and_is_copied_once(session):
    copy = session.copy_network("rollout", of="generator")
    assert session.copy_network("rollout", of="generator") is copy
    assert not any(p.requires_grad for p in copy.parameters())
    assert all(torch.equal(a, b) for a, b in zip(copy.parameters(), session.generator.parameters(), strict=True))


def test_what_is_not_there_is_named_with_what_is(session):
    with pytest.raises(RunError, match=r"no network 'generatr' to copy\. There are: generator, discriminator"):
        session.copy_network("rollout", of="generatr")
    with pytest.raises(RunError, match=r"no network 'critic' to optimise\. There are: generator, discriminator"):
        session.optimizer("critic", 0.1)
    with pytest.raises(RunError, match=r"no optimiser 'generator'\. Declare it"):
        session.slow_down("generator", 0.5)


def test_a_random_stream_that_cannot_be_restored_is_named(session):
    saved = session.state()
    assert session.restore(saved) == []
    session.device = torch.device("cuda:1")
    (note,) = session.restore(saved)
    assert "lacks the random stream of cuda:1" in note


def test_a_network_starts_from_the_seed_and_not_from_what_else_is_built(session, toy):
    alone = build.networks(toy(), session.task, torch.device("cpu"))
    torch.manual_seed(99)
    again = build.networks(toy(), session.task, torch.device("cpu"))
    other = build.networks(toy("seed=2"), session.task, torch.device("cpu"))
    flat = [torch.cat([p.flatten() for p in made["generator"].parameters()]) for made in (alone, again, other)]
    assert torch.equal(flat[0], flat[1])
    assert not torch.equal(flat[0], flat[2])


def test_a_state_fits_only_its_own_settings_data_and_device(session, toy):
    own = build.identity(session.experiment, session.task, torch.device("cpu"))
    build.check_identity(own, own)
    for key, words in (
        ("config", "other settings"),
        ("data", "data are not"),
        ("device", "was made on"),
        ("format", "version"),
    ):
        with pytest.raises(CheckpointError, match=words):
            build.check_identity({**own, key: "other"}, own)
    more = load_task(toy("task.train_rows=41"), QUIET)
    assert build.data_digest(more) != own["data"]
