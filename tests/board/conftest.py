"""Boards for the tests: empty, with the invented archive, with the demonstration."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from board.submitting import Place, make_place, write_data
from board.world import archive_board
from seqgan.board.demo.fill import fill
from seqgan.board.store import Store, open_store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty board of its own."""
    made = open_store(tmp_path / "board.sqlite")
    yield made
    made.close()


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A board with the invented archive; tests only read it."""
    made = archive_board(tmp_path_factory.mktemp("archive"))
    yield made
    made.close()


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A board with the demonstration; tests only read it."""
    made = open_store(tmp_path_factory.mktemp("demo") / "board.sqlite")
    fill(made)
    yield made
    made.close()


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """A board with the tiny benchmark and three people, for the tests of submitting."""
    write_data(tmp_path / "mirror")
    monkeypatch.setenv("SEQGAN_MIRROR", str(tmp_path / "mirror"))
    made = make_place(tmp_path)
    yield made
    made.store.close()
