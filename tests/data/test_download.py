"""Downloads over HTTP from a server in this process: progress, refusals, wrong content, connections that break."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from seqgan.data.source import RemoteFile, Source, fetch
from seqgan.errors import DataError

CONTENT = b"a caption that is sent in several blocks\n" * 9_000


class Upstream(BaseHTTPRequestHandler):
    """Serves CONTENT whole, in half, in chunks without a length, or not at all, as the path says."""

    def do_GET(self) -> None:
        """Answer one request."""
        if self.path == "/absent.txt":
            self.send_error(404)
            return
        chunked = self.path.startswith("/chunked")
        half = self.path.endswith("half.txt")
        self.protocol_version = "HTTP/1.1"
        self.send_response(200)
        self.send_header(*(("Transfer-Encoding", "chunked") if chunked else ("Content-Length", str(len(CONTENT)))))
        self.send_header("Connection", "close")
        self.end_headers()
        body = CONTENT[: len(CONTENT) // 2] if half else CONTENT
        if chunked:
            body = f"{len(body):x}\r\n".encode() + body + (b"\r\n" if half else b"\r\n0\r\n\r\n")
        self.wfile.write(body)
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The address of a server on this machine."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Upstream) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def remote(address: str) -> RemoteFile:
    return RemoteFile("set/file.txt", "set", address, "free", sha256=hashlib.sha256(CONTENT).hexdigest())


def left(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize(("name", "size"), [("whole.txt", len(CONTENT)), ("chunked/whole.txt", 0)])
def test_a_download_tells_how_far_it_is_and_is_kept(name: str, size: int, address: str, tmp_path: Path) -> None:
    seen: list[tuple[str, int, int]] = []
    (path,) = fetch([remote(f"{address}/{name}")], Source(None, tmp_path), lambda *step: seen.append(step))
    assert path.read_bytes() == CONTENT
    assert len(seen) > 3
    assert [done for _, done, _ in seen] == sorted(done for _, done, _ in seen)
    assert seen[-1] == ("set/file.txt", len(CONTENT), size)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("half.txt", rf"the connection broke after {len(CONTENT) // 2:,} of {len(CONTENT):,} bytes.*try again"),
        ("chunked/half.txt", r"cannot be downloaded.*try again"),
        ("absent.txt", r"absent\.txt cannot be downloaded: .*[Nn]ot [Ff]ound"),
    ],
)
def test_what_does_not_come_whole_is_said_and_not_kept(name: str, words: str, address: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=words):
        fetch([remote(f"{address}/{name}")], Source(None, tmp_path))
    assert left(tmp_path) == []


def test_other_content_than_promised_is_refused_and_not_kept(address: str, tmp_path: Path) -> None:
    wrong = replace(remote(f"{address}/whole.txt"), sha256="0" * 64)
    with pytest.raises(DataError, match=r"whole\.txt is not the genuine set/file\.txt"):
        fetch([wrong], Source(None, tmp_path))
    assert left(tmp_path) == []


def test_a_broken_download_leaves_the_file_that_was_there(address: str, tmp_path: Path) -> None:
    (path,) = fetch([remote(f"{address}/whole.txt")], Source(None, tmp_path))
    path.write_bytes(b"damaged")
    with pytest.raises(DataError, match="broke after"):
        fetch([remote(f"{address}/half.txt")], Source(None, tmp_path))
    assert left(tmp_path) == [path]


def test_a_server_that_is_not_there_is_named(tmp_path: Path) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), Upstream) as server:
        free = server.server_port
    with pytest.raises(DataError, match=rf"127\.0\.0\.1:{free}/x cannot be downloaded.*SEQGAN_MIRROR"):
        fetch([remote(f"http://127.0.0.1:{free}/x")], Source(None, tmp_path))
    assert left(tmp_path) == []
