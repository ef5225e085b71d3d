"""The measurement of the board's speed: no fault is lost in a thread, what is new and what is kept are told apart."""

from __future__ import annotations

import importlib.util
import io
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from seqgan.board.web.app import routes

KINDS = {"search": "/search", "suggestions": "/suggest", "explore": "/"}


@pytest.fixture
def speed(root: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script benchmarks/board.py as a module."""
    monkeypatch.syspath_prepend(str(root / "benchmarks"))
    spec = importlib.util.spec_from_file_location("readers_of_the_board", root / "benchmarks" / "board.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Pages(BaseHTTPRequestHandler):
    """Answers every page but those that begin with /bad."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer with a page of no bytes."""
        self.send_response(500 if self.path.startswith("/bad") else 200)
        self.send_header("Server-Timing", "total;dur=1.5")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def port() -> Iterator[int]:
    """Where a server of such pages listens."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Pages) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def test_every_answer_is_timed(speed: ModuleType, port: int) -> None:
    times = speed.read(port, ["/a", "/b"], 3, 4)
    assert [server for _, server in times] == [1.5] * 12
    assert min(reader for reader, _ in times) > 0


def test_a_page_that_fails_ends_the_measurement_and_is_named(speed: ModuleType, port: int) -> None:
    with pytest.raises(SystemExit, match="/bad: the server answered 500"):
        speed.read(port, ["/a", "/b", "/bad", "/c"], 2, 2)


def test_a_server_that_is_gone_ends_the_measurement(speed: ModuleType, port: int) -> None:
    with pytest.raises(SystemExit, match="/a: "):
        speed.read(1, ["/a"], 1, 1)


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


@pytest.mark.parametrize("requests", [24, 120])
def test_no_page_that_counts_as_new_is_asked_for_twice(
    speed: ModuleType, monkeypatch: pytest.MonkeyPatch, requests: int
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(speed, "addresses", lambda _: {"task": ["/task/a", "/task/b"]})
    monkeypatch.setattr(speed, "answered", lambda _, path: asked.append(path) or (1.0, 1.0))
    monkeypatch.setattr(speed, "subprocess", SimpleNamespace(Popen=Server, PIPE=None))
    speed.latencies(Path("x.sqlite"), requests)
    new = [path for path in asked if "benchmark=" in path]
    assert len(new) == len(set(new)) >= 3 * sum(speed.READERS)


def test_only_pages_are_measured_as_kept(speed: ModuleType, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speed, "addresses", lambda _: {kind: [path] for kind, path in KINDS.items()})
    monkeypatch.setattr(speed, "read", lambda *_: [(1.0, 1.0), (2.0, 2.0)])
    monkeypatch.setattr(speed, "subprocess", SimpleNamespace(Popen=Server, PIPE=None))
    kept = {one["kind"] for one in speed.latencies(Path("x.sqlite"), 2) if one["kept"]}
    pages = {route.path for route in routes() if route.kind == "page"}
    assert kept == {kind for kind, path in KINDS.items() if path in pages} == {"search", "explore"}
    told = json.loads((root / "results" / "speed" / "board-2-cores.json").read_text(encoding="utf-8"))
    assert "suggestions" not in {one["kind"] for one in told["latencies"] if one["kept"]}
