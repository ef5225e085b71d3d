"""The queue's journal: attempts are counted by job, a retry forgives, an unfinished line is skipped."""

from __future__ import annotations

from pathlib import Path

from seqgan.bench import queue


def test_a_job_is_given_up_after_two_failures_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "runs" / "queue.jsonl"
    assert queue.events(path) == []
    queue.note(path, "failed", "a/seed-1", error="first")
    queue.note(path, "failed", "b/seed-1", error="other")
    assert not queue.is_given_up(queue.events(path), "a/seed-1")
    queue.note(path, "failed", "a/seed-1", error="second")
    assert queue.is_given_up(queue.events(path), "a/seed-1")
    assert not queue.is_given_up(queue.events(path), "b/seed-1")
    assert [(f.attempt, f.error) for f in queue.failures(queue.events(path), "a/seed-1")] == [
        (1, "first"),
        (2, "second"),
    ]


def test_a_retry_grants_two_new_attempts(tmp_path: Path) -> None:
    path = tmp_path / "queue.jsonl"
    for event in ("failed", "failed", "retry", "failed"):
        queue.note(path, event, "a/seed-1", error="x")
    assert not queue.is_given_up(queue.events(path), "a/seed-1")
    queue.note(path, "failed", "a/seed-1", error="x")
    assert queue.is_given_up(queue.events(path), "a/seed-1")
    assert len(queue.failures(queue.events(path), "a/seed-1")) == 4


def test_half_a_line_of_a_killed_runner_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "queue.jsonl"
    queue.note(path, "start", "a/seed-1")
    with path.open("a") as file:
        file.write('{"event": "fai')
    queue.note(path, "finished", "a/seed-1")
    assert [event["event"] for event in queue.events(path)] == ["start", "finished"]
