"""The queue of what is to be scored: in the database, so it survives everything; a lease says who works on what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from seqgan.board import events
from seqgan.board.session import Row, Session

LEASE = 60  # seconds; a worker that lives renews it well before
ATTEMPTS = 3


@dataclass(frozen=True)
class Job:
    """A job that this worker has taken."""

    id: int
    kind: str
    submission: int
    attempts: int


def _later(seconds: float) -> str:
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat(timespec="seconds")


def enqueue(session: Session, kind: str, submission: int) -> int:
    """Add a job and return its number."""
    return session.insert("job", kind=kind, submission_id=submission, created_at=events.now())


def free(session: Session) -> bool:
    """Tell whether a worker could take a job: one waits, or the worker of one is gone."""
    found = session.value(
        "SELECT count(*) FROM job WHERE state = 'waiting' OR (state = 'running' AND lease_until < :now)",
        now=events.now(),
    )
    return bool(found)


def claim(session: Session, worker: str, lease: float = LEASE) -> Job | None:
    """Take the oldest job that waits, or whose worker is gone, and return it; None where there is none.

    A job that was begun three times and never ended is failed: it kills its workers.
    """
    moment = events.now()
    session.run(
        "UPDATE job SET state = 'failed', finished_at = :now, error = 'Its worker died three times.' "
        "WHERE state = 'running' AND lease_until < :now AND attempts >= :most",
        now=moment,
        most=ATTEMPTS,
    )
    row = session.row(
        "UPDATE job SET state = 'running', worker = :worker, lease_until = :until, attempts = attempts + 1 WHERE id = "
        "(SELECT id FROM job WHERE state = 'waiting' OR (state = 'running' AND lease_until < :now) "
        "ORDER BY id LIMIT 1) "
        "AND (state = 'waiting' OR lease_until < :now) RETURNING id, kind, submission_id, attempts",
        worker=worker,
        until=_later(lease),
        now=moment,
    )
    return None if row is None else Job(row["id"], row["kind"], row["submission_id"], row["attempts"])


def renew(session: Session, job: Job, worker: str, lease: float = LEASE) -> bool:
    """Keep a job for another lease; False where somebody else has it now."""
    changed = session.run(
        "UPDATE job SET lease_until = :until WHERE id = :id AND worker = :worker AND state = 'running'",
        until=_later(lease),
        id=job.id,
        worker=worker,
    )
    return changed == 1


def done(session: Session, job: Job, worker: str) -> bool:
    """Mark a job as done; False where somebody else has it now, and then nothing of it may be kept."""
    return _finish(session, job, worker, "done", None)


def failed(session: Session, job: Job, worker: str, error: str) -> bool:
    """Mark a job as failed with the reason; :func:`retry` lets it be tried again."""
    return _finish(session, job, worker, "failed", error)


def _finish(session: Session, job: Job, worker: str, state: str, error: str | None) -> bool:
    changed = session.run(
        "UPDATE job SET state = :state, error = :error, finished_at = :now "
        "WHERE id = :id AND worker = :worker AND state = 'running'",
        state=state,
        error=error,
        now=events.now(),
        id=job.id,
        worker=worker,
    )
    return changed == 1


def retry(session: Session) -> int:
    """Let every failed job be tried again and return how many there are."""
    return session.run("UPDATE job SET state = 'waiting', attempts = 0, error = NULL WHERE state = 'failed'")


def of(session: Session, submission: int) -> Row | None:
    """Return the last job of a submission: state, attempts, error."""
    return session.row(
        "SELECT id, kind, state, attempts, error, created_at, finished_at FROM job "
        "WHERE submission_id = :id ORDER BY id DESC",
        id=submission,
    )
