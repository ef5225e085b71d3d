"""The tests' own surroundings: no connection leaves the machine, and with the mirror given no data test skips."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

from house.source import ROOT

SKIPPING = """
import pytest

@pytest.mark.skipif(True, reason="needs SEQGAN_MIRROR")
def test_by_mark():
    assert False

def test_by_fixture(mirror):
    assert mirror.name

def test_of_another_kind():
    pytest.skip("needs another system")
"""
SKIPPING_WHOLE = "import pytest\npytest.skip('the data mirror is absent', allow_module_level=True)\n"


def outcome(folder: Path, mirror: str) -> str:
    """Run the files of a folder under the house's conftest and return pytest's closing line."""
    shutil.copy(ROOT / "tests" / "conftest.py", folder / "conftest.py")
    environment = {**os.environ, "SEQGAN_MIRROR": mirror}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", os.devnull, "--rootdir", ".", "."]
    shown = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60)
    return shown.stdout.strip().splitlines()[-1]


@pytest.mark.thorough
def test_without_the_mirror_data_tests_skip(tmp_path: Path) -> None:
    (tmp_path / "test_data.py").write_text(SKIPPING, encoding="utf-8")
    assert "3 skipped" in outcome(tmp_path, "")


@pytest.mark.thorough
def test_with_the_mirror_a_data_test_that_skips_fails(tmp_path: Path) -> None:
    (tmp_path / "test_data.py").write_text(SKIPPING, encoding="utf-8")
    closing = outcome(tmp_path, str(tmp_path))
    assert "1 error" in closing
    assert "1 passed, 1 skipped" in closing


@pytest.mark.thorough
def test_with_the_mirror_a_file_that_skips_itself_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "test_whole.py").write_text(SKIPPING_WHOLE, encoding="utf-8")
    assert "1 error" in outcome(tmp_path, str(tmp_path))
    assert "1 skipped" in outcome(tmp_path, "")


def test_no_connection_leaves_the_machine() -> None:
    with socket.socket() as outside, pytest.raises(OSError, match="tests reach no network"):
        outside.connect(("192.0.2.1", 80))


def test_the_machine_itself_can_be_reached() -> None:
    with socket.socket() as server, socket.socket() as client:
        server.bind(("127.0.0.1", 0))
        server.listen()
        client.connect(server.getsockname())
        assert client.getpeername() == server.getsockname()


def test_a_warning_is_an_error() -> None:
    with pytest.raises(UserWarning, match="careful"):
        warnings.warn("careful", stacklevel=1)


def test_one_thread_a_test_process() -> None:
    import torch

    assert os.environ["OMP_NUM_THREADS"] == "1"
    assert torch.get_num_threads() == 1
