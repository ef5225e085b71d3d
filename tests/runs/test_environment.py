"""The facts of environment.json, and the choice of the device."""

from __future__ import annotations

import json

import pytest
import torch

from seqgan.errors import ConfigError
from seqgan.progress import Progress
from seqgan.runs import environment
from seqgan.runs.folder import RunFolder
from seqgan.runs.train import train


def test_the_facts_are_plain_and_complete():
    facts = json.loads(json.dumps(environment.describe(torch.device("cpu"))))
    assert torch.__version__.startswith(facts["versions"]["torch"])  # some builds add what they were built for
    assert facts["threads"] == torch.get_num_threads()
    assert facts["device"] == "cpu"
    assert facts["processor"]
    assert {"command", "python", "platform", "commit", "time"} <= facts.keys()


def test_processors_of_one_name_that_can_do_different_things_are_told_apart(monkeypatch):
    told = {"model name": "A processor", "flags": "avx avx2"}
    monkeypatch.setattr(environment, "_told", lambda what: told.get(what, ""))
    assert environment.processor() == "A processor"
    first = environment.instructions()
    told["flags"] = "avx avx2 avx512_bf16"
    assert len(first) == 12
    assert environment.instructions() not in ("", first)
    del told["flags"]
    assert environment.instructions() == ""


@pytest.mark.parametrize(
    ("cuda", "mps", "taken"), [(True, True, "cuda"), (True, False, "cuda"), (False, True, "mps"), (False, False, "cpu")]
)
def test_auto_takes_the_fastest_that_there_is(monkeypatch, cuda, mps, taken):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: int(cuda))
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)
    assert environment.choose_device("auto").type == taken


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has CUDA")
def test_an_absent_device_is_named():
    with pytest.raises(ConfigError, match=r"no device 'cuda:1'.*auto"):
        environment.choose_device("cuda:1")


def test_threads_are_set_for_the_run_only(tmp_path, toy):
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(2)
        train(toy("run.threads=1"), tmp_path / "run", Progress(quiet=True))
        assert RunFolder(tmp_path / "run").read_environment()["threads"] == 1
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)
