"""The queue: each job has one worker at a time, and none is forgotten."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from board.submitting import Place
from seqgan.board.scoring import jobs


def claim(place: Place, worker: str, lease: float = 60) -> jobs.Job | None:
    with place.store.write() as session:
        return jobs.claim(session, worker, lease)


def add(place: Place, count: int = 1) -> None:
    with place.store.write() as session:
        number = session.insert(
            "submission",
            permalink="p",
            benchmark_id=1,
            submitter_id=1,
            state="parsed",
            manifest="{}",
            manifest_sha256="",
            created_at="",
            changed_at="",
        )
        for _ in range(count):
            jobs.enqueue(session, "score", number)


def test_every_job_is_taken_once(place: Place) -> None:
    add(place, 20)
    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(lambda number: claim(place, f"w{number}"), range(25)))
    ids = [job.id for job in taken if job is not None]
    assert sorted(ids) == list(range(1, 21))


def test_a_lease_that_ended_lets_another_go_on_and_the_first_keeps_nothing(place: Place) -> None:
    add(place)
    first = claim(place, "one", lease=-1)
    second = claim(place, "two")
    assert first is not None
    assert second is not None
    assert (second.id, second.attempts) == (first.id, 2)
    with place.store.write() as session:
        assert not jobs.renew(session, first, "one")
        assert not jobs.done(session, first, "one")
        assert jobs.renew(session, second, "two")
        assert jobs.done(session, second, "two")
    assert claim(place, "three") is None


def test_a_job_that_kills_its_workers_is_given_up(place: Place) -> None:
    add(place)
    for number in range(jobs.ATTEMPTS):
        assert claim(place, f"w{number}", lease=-1) is not None
    assert claim(place, "last") is None
    with place.store.read() as session:
        found = jobs.of(session, 1)
    assert found is not None
    assert found["state"] == "failed"
    assert "died three times" in found["error"]
