"""The toy algorithm as an installed plugin, runs in this process, and runs in processes that can be killed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from runs.rig import TINY
from seqgan.config import parse_overrides, resolve
from seqgan.progress import Progress
from seqgan.runs import build
from seqgan.runs.folder import RunFolder
from seqgan.runs.journal import Journal
from seqgan.runs.session import Session
from seqgan.runs.signals import Stop
from seqgan.runs.surroundings import Surroundings
from seqgan.runs.train import load_task

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def plugins(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that, on the import path, makes ``toy`` an algorithm, the way an installed package would."""
    folder = tmp_path_factory.mktemp("plugins")
    (folder / "toy_algorithm.py").write_text((HERE / "toy_algorithm.py").read_text())
    info = folder / "toy-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: toy\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[seqgan.algorithms]\ntoy = toy_algorithm\n")
    return folder


@pytest.fixture
def toy(plugins: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Return a function from overrides to a resolved experiment with the toy algorithm."""
    monkeypatch.syspath_prepend(str(plugins))
    return lambda *overrides: resolve(("test", parse_overrides([*TINY, *overrides])))


@pytest.fixture
def begin(tmp_path: Path, toy: Callable[..., Any]) -> Iterator[Callable[..., Session]]:
    """Return a function from overrides to a session of the toy experiment that has begun, in ``tmp_path``."""
    logs = []

    def begun(*overrides: str) -> Session:
        experiment, quiet, folder = toy(*overrides), Progress(quiet=True), RunFolder(tmp_path)
        built = build.build(experiment, load_task(experiment, quiet), torch.device("cpu"))
        logs.append(Journal(folder.journal))
        session = Session(experiment, built, Surroundings(folder, logs[-1], quiet, Stop()))
        session.begin(None)
        return session

    yield begun
    for log in logs:
        log.close()


@pytest.fixture
def start(plugins: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Return a function that starts ``runner.py`` with arguments; what still runs at the end is killed."""
    path = os.pathsep.join([str(plugins), str(HERE.parent.parent / "src")])
    environment = {**os.environ, "PYTHONPATH": path, "OMP_NUM_THREADS": "1"}
    begun: list[subprocess.Popen[str]] = []

    def launch(*arguments: str) -> subprocess.Popen[str]:
        command = [sys.executable, str(HERE / "runner.py"), *arguments]
        begun.append(subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True))
        return begun[-1]

    yield launch
    for process in begun:
        process.kill()
        process.communicate()
