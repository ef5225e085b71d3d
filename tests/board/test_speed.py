"""The measurement of the board's speed: only what the server keeps is asked for again as kept."""

from __future__ import annotations

import importlib.util
import io
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from seqgan.board.web.app import routes

KINDS = {"search": "/search", "suggestions": "/suggest", "explore": "/"}


class Server:
    """Stands for the process that serves."""

    def __init__(self, *_: Any, **__: Any) -> None:
        self.stdout = io.StringIO("http://127.0.0.1:8080 is ready\n")

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def terminate(self) -> None:
        """End nothing."""


def test_only_pages_are_measured_as_kept(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(root / "benchmarks"))
    spec = importlib.util.spec_from_file_location("speed_of_the_board", root / "benchmarks" / "board.py")
    assert spec is not None
    assert spec.loader is not None
    speed = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(speed)
    monkeypatch.setattr(speed, "addresses", lambda _: {kind: [path] for kind, path in KINDS.items()})
    monkeypatch.setattr(speed, "read", lambda *_: [(1.0, 1.0), (2.0, 2.0)])
    monkeypatch.setattr(speed, "subprocess", SimpleNamespace(Popen=Server, PIPE=None))
    kept = {one["kind"] for one in speed.latencies(Path("x.sqlite"), 2) if one["kept"]}
    pages = {route.path for route in routes() if route.kind == "page"}
    assert kept == {kind for kind, path in KINDS.items() if path in pages} == {"search", "explore"}
    told = json.loads((root / "results" / "speed" / "board-2-cores.json").read_text(encoding="utf-8"))
    assert "suggestions" not in {one["kind"] for one in told["latencies"] if one["kept"]}
