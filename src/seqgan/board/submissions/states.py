"""The states of a submission and the one way to go from one to the next: together with an event in the log."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from seqgan.board import events
from seqgan.board.session import Row, Session
from seqgan.errors import BoardError

NEXT = {
    "received": ("parsed", "rejected"),
    "parsed": ("scored", "rejected"),
    "scored": ("checked", "rejected"),
    "checked": ("reviewed", "rejected"),
    "reviewed": ("published", "rejected"),
    "published": ("superseded", "retracted"),
    "rejected": (),
    "superseded": ("retracted",),
    "retracted": (),
}
"""What may follow a state; the last three end a submission, and nothing is ever deleted."""

STATES = tuple(NEXT)
UNDER_WAY = ("received", "parsed", "scored", "checked", "reviewed")
_COLUMNS = (
    "SELECT submission.*, benchmark.name || '@' || benchmark.version AS benchmark, account.name AS submitter, "
    "model.name AS model, entry.permalink AS entry_permalink, board.slug AS board_slug FROM submission "
    "JOIN benchmark ON benchmark.id = submission.benchmark_id JOIN account ON account.id = submission.submitter_id "
    "JOIN board ON board.id = benchmark.board_id LEFT JOIN model ON model.id = submission.model_id "
    "LEFT JOIN entry ON entry.id = submission.entry_id "
)


def move(
    session: Session,
    submission: int,
    to: str,
    actor: str,
    reason: str = "",
    details: Mapping[str, Any] | None = None,
) -> None:
    """Put a submission into its next state and log it; raises BoardError where that state may not follow."""
    before = session.value("SELECT state FROM submission WHERE id = :id", id=submission)
    if to not in NEXT.get(before or "", ()):
        raise BoardError(
            f"A submission that is {before} cannot become {to}.", f"Allowed: {', '.join(NEXT[before]) or 'nothing'}."
        )
    changed = session.run(
        "UPDATE submission SET state = :to, reason = :reason, changed_at = :now WHERE id = :id AND state = :before",
        to=to,
        reason=reason,
        now=events.now(),
        id=submission,
        before=before,
    )
    if changed != 1:
        raise BoardError("Somebody else changed the submission at the same time.", "Look at it again.")
    events.append(session, actor, to, "submission", submission, change=(before, to), reason=reason, details=details)


def get(session: Session, permalink: str) -> Row:
    """Return a submission with the names of what belongs to it; raises BoardError for an unknown one."""
    row = session.row(f"{_COLUMNS}WHERE submission.permalink = :permalink", permalink=permalink[:40])
    if row is None:
        raise BoardError(f"There is no submission '{permalink[:40]}'.", "Its page lists them: /submissions.")
    return row


def by_id(session: Session, number: int) -> Row:
    """Return a submission by its row; raises BoardError where there is none."""
    row = session.row(f"{_COLUMNS}WHERE submission.id = :id", id=number)
    if row is None:
        raise BoardError(f"There is no submission {number}.", "The database is incomplete.")
    return row


def listed(session: Session, states: tuple[str, ...] = STATES, most: int = 200, start: int = 0) -> list[Row]:
    """Return submissions in some states, the newest first."""
    return session.rows(
        f"{_COLUMNS}WHERE submission.state IN :states ORDER BY submission.id DESC LIMIT :most OFFSET :start",
        states=list(states),
        most=most,
        start=start,
    )
