"""PyTorch's own random streams: a run seeds and restores the CPU's and its device's, and no other's."""

from __future__ import annotations

import pytest
import torch

from seqgan.fit import seeded as fit_seeded
from seqgan.progress import Progress
from seqgan.runs import build
from seqgan.runs.global_streams import restore, seeded, state, state_of
from seqgan.runs.train import load_task

CPU = torch.device("cpu")


def test_the_stream_starts_from_the_seed_and_is_set_back():
    torch.manual_seed(1)
    before = torch.get_rng_state()
    drawn = []
    for seed in (5, 5, 6):
        with seeded(seed, CPU):
            drawn.append(torch.rand(3).tolist())
    assert drawn[0] == drawn[1] != drawn[2]
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("what", ["run", "networks", "fit"])
def test_other_devices_are_left_alone(what, toy, monkeypatch):
    experiment = toy()
    task = load_task(experiment, Progress(quiet=True))
    heard: list[int] = []
    monkeypatch.setattr(torch.cuda, "manual_seed_all", heard.append)
    if what == "run":
        with seeded(5, CPU):
            pass
    elif what == "networks":
        build.networks(experiment, task, CPU)
    else:
        with fit_seeded(5, "weights"):
            pass
    assert heard == []


def test_only_the_runs_own_device_is_saved():
    assert list(state(CPU)) == ["cpu"]


def test_a_restored_stream_goes_on_where_it_was():
    saved = state(CPU)
    first = torch.rand(3)
    assert restore(saved, CPU) == []
    assert torch.equal(torch.rand(3), first)


@pytest.mark.parametrize("name", ["cuda:1", "mps"])
def test_a_device_whose_stream_was_not_saved_is_named(name):
    (note,) = restore({"cpu": torch.get_rng_state(), "cuda": [torch.zeros(16)]}, torch.device(name))
    assert f"lacks the random stream of {name}" in note


def test_of_the_list_that_older_versions_saved_the_own_one_is_taken():
    first, second = torch.zeros(16), torch.ones(16)
    saved = {"cuda": [first, second], "mps": first}
    assert state_of(saved, torch.device("cuda")) is first
    assert state_of(saved, torch.device("cuda:1")) is second
    assert state_of(saved, torch.device("cuda:2")) is None
    assert state_of(saved, torch.device("mps")) is first
    assert state_of({"cuda": second}, torch.device("cuda:1")) is second
