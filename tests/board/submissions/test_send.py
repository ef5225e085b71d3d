"""Sending over the network to a board that really listens."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
import uvicorn

from board.submitting import Place, manifest, samples, state
from seqgan.board.submissions.draw import Drawn
from seqgan.board.submissions.samples import to_jsonl
from seqgan.board.submissions.send import Website, wait
from seqgan.board.web.app import create_app
from seqgan.board.web.serve import listen
from seqgan.errors import BoardError

pytestmark = pytest.mark.thorough


@pytest.fixture
def url(place: Place) -> Iterator[str]:
    with listen(0) as listening:
        server = uvicorn.Server(uvicorn.Config(create_app(place.store), log_level="error", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join(timeout=30)


def test_a_submission_over_the_network(place: Place, url: str) -> None:
    from board.submitting import score

    target = Website(url, place.secrets["ann"])
    assert target.contract("tiny@1").sha256 == target.contract("tiny").sha256
    permalink = target.send(manifest(), [Drawn(1, to_jsonl(samples()))])
    assert state(place, permalink) == "parsed"
    assert target.look(permalink)["moving"]
    with pytest.raises(BoardError, match="not scored yet"):
        wait(target, permalink, seconds=0, pause=0)
    score(place)
    assert {one["metric"] for one in wait(target, permalink)["values"]} == {"BLEU-2 (tiny)", "Uniqueness (tiny)"}
    assert target.address(permalink) == f"{url}/submission/{permalink}"


def test_what_the_board_refuses_is_said(place: Place, url: str) -> None:
    drawn = [Drawn(1, to_jsonl(samples(n=3)))]
    with pytest.raises(BoardError, match=r"The board says: .*has 3 lines"):
        Website(url, place.secrets["ann"]).send(manifest(), drawn)
    with pytest.raises(BoardError, match="Sign in first"):
        Website(url, "nonsense").send(manifest(), drawn)
    with pytest.raises(BoardError, match="There is no benchmark"):
        Website(url, "").contract("none@1")
    with pytest.raises(BoardError, match="No board answers"):
        Website("http://127.0.0.1:9", "x").contract("tiny@1")
