"""A shared board on PostgreSQL: the same code, the same pages, nothing lost, and a way to and from SQLite."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from board.postgresql import new_database, server
from board.submitting import Place, Visitor, make_place, manifest, samples, score, state, submit, uploads, write_data
from seqgan.board import backup, events
from seqgan.board.demo.fill import fill
from seqgan.board.scoring import jobs
from seqgan.board.store import open_store
from seqgan.board.submissions import review
from seqgan.board.submissions.quota import Quota
from seqgan.board.submissions.receive import receive
from seqgan.board.verify import verify

pytestmark = pytest.mark.thorough


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with server() as found:
        yield found


@pytest.fixture
def place(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[Place]:
    write_data(tmp_path / "mirror")
    monkeypatch.setenv("SEQGAN_MIRROR", str(tmp_path / "mirror"))
    made = make_place(tmp_path, database=new_database(address, request.node.originalname.lower()))
    yield made
    made.store.close()


def test_the_way_to_the_leaderboard(place: Place) -> None:
    assert place.store.dialect == "postgresql"
    permalink = submit(place, rows={1: samples(1), 2: samples(2)}, claimed={"bleu_2": 0.9}, claimed_from="Table 1")
    assert score(place) == 1
    with place.store.write() as session:
        review.accept(session, permalink, place.people["rob"])
    assert state(place, permalink) == "published"
    with place.store.read() as session:
        assert not verify(session).faults
    visitor = Visitor(place.store)
    data = visitor.get(f"/submission/{permalink}.json").json()
    assert samples()[0] in visitor.get(f"/result/{data['submission']['entry']}").text
    for path in ("/submit", "/submissions", "/review", "/log", "/benchmark/tiny@1", "/sota/text-generation-on-tiny"):
        assert visitor.get(path).status_code == 200


def test_many_at_once_lose_nothing(place: Place) -> None:
    roomy = Quota(minute=100, day=100, waiting=100)

    def send(number: int) -> str:
        return receive(place.store, place.people["ann"], manifest(), uploads({1: samples(number)}), roomy)

    second = open_store(str(place.store.engine.url.render_as_string(hide_password=False)))
    try:
        with ThreadPoolExecutor(6) as pool:
            assert len(set(pool.map(send, range(1, 13)))) == 12

        def claim(number: int) -> int | None:
            store = second if number % 2 else place.store
            with store.write() as session:
                job = jobs.claim(session, f"worker {number}")
            return None if job is None else job.id

        taken: list[int] = []
        while len(taken) < 12:
            with ThreadPoolExecutor(6) as pool:
                taken += [one for one in pool.map(claim, range(6)) if one is not None]
        assert sorted(taken) == list(range(1, 13))

        def write(number: int) -> None:
            store = second if number % 2 else place.store
            for turn in range(10):
                with store.write() as session:
                    events.append(session, f"thread {number}", "said", "thing", turn)

        threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        second.close()
    with place.store.read() as session:
        assert session.value("SELECT count(*) FROM event WHERE action = 'said'") == 40
        assert not verify(session).faults


def test_the_log_and_the_samples_cannot_be_changed(place: Place) -> None:
    submit(place)
    for statement in (
        "DELETE FROM event",
        "UPDATE event SET actor = 'x'",
        "DELETE FROM sample_file",
        "DELETE FROM submission",
    ):
        with pytest.raises(Exception, match="append-only"), place.store.write() as session:
            session.run(statement)


def test_a_board_moves_to_sqlite_and_back(place: Place, address: str, tmp_path: Path) -> None:
    permalink = submit(place)
    score(place)
    with place.store.write() as session:
        review.accept(session, permalink, place.people["rob"])
    successor = submit(place, rows={1: samples(4)}, supersedes=permalink)
    score(place)
    with place.store.write() as session:
        review.accept(session, successor, place.people["rob"])
    backup.backup(place.store, tmp_path / "copy")
    with open_store(tmp_path / "copy" / "board.sqlite").read() as session:
        assert not verify(session).faults
    other = new_database(address, "moved")
    backup.restore(tmp_path / "copy", other)
    moved = open_store(other)
    try:
        with moved.read() as session, place.store.read() as before:
            assert not verify(session).faults
            for table in ("submission", "value", "sample_file", "entry", "token"):
                order = f"SELECT * FROM {table} ORDER BY id"
                assert session.rows(order) == before.rows(order)
        new = Place(moved, place.path, place.people, place.secrets)
        assert state(new, submit(new, "rob", rows={1: samples(9)}, model="Model B")) == "parsed"
    finally:
        moved.close()


def test_every_page_of_the_demonstration(address: str) -> None:
    store = open_store(new_database(address, "demo"))
    try:
        fill(store)
        visitor = Visitor(store)
        paths = [
            "/",
            "/sota",
            "/tasks",
            "/datasets",
            "/papers",
            "/methods",
            "/submit",
            "/about",
            "/search?q=seqgan text",
        ]
        with store.read() as session:
            paths += [
                f"/sota/{slug}" for slug in session.column("SELECT slug FROM board WHERE entry_count > 0 ORDER BY slug")
            ]
            paths += [f"/paper/{slug}" for slug in session.column("SELECT slug FROM paper ORDER BY slug LIMIT 5")]
            paths += [f"/task/{slug}" for slug in session.column("SELECT slug FROM task ORDER BY slug LIMIT 5")]
        codes = {path: visitor.get(path).status_code for path in paths}
    finally:
        store.close()
    assert {path: code for path, code in codes.items() if code != 200} == {}
