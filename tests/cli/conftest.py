"""A finished tiny run that the tests of the commands share."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.command import Said, seqgan
from cli.files import GRAMMAR, flags


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Said]:
    """A run folder that ``seqgan train oracle_grammar`` made, and what the command said."""
    run = tmp_path_factory.mktemp("trained") / "run"
    return run, seqgan("train", "oracle_grammar", "--out", run, *flags(**GRAMMAR))


@pytest.fixture(scope="session")
def run_folder(trained: tuple[Path, Said]) -> Path:
    """The finished run folder."""
    assert trained[1].code == 0, trained[1].err
    return trained[0]
