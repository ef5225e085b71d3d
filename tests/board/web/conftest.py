"""The board of the tests of submitting."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from board.submitting import Place, make_place, write_data


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """Return a board with the tiny benchmark and three people."""
    write_data(tmp_path / "mirror")
    monkeypatch.setenv("SEQGAN_MIRROR", str(tmp_path / "mirror"))
    made = make_place(tmp_path)
    yield made
    made.store.close()
