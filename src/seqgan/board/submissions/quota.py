"""How much one account may send, counted from the database, so that every process sees the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from seqgan.board.session import Session
from seqgan.errors import BoardError


class QuotaError(BoardError):
    """An account has used up what it may send for now."""


@dataclass(frozen=True)
class Quota:
    """Submissions a minute and a day, submissions waiting at once, and stored bytes, of one account."""

    minute: int = 6
    day: int = 50
    waiting: int = 20
    stored: int = 2 * 2**30


def check(session: Session, account: int, quota: Quota) -> None:
    """Raise QuotaError where an account has sent as much as it may."""
    for span, most in (("minute", quota.minute), ("day", quota.day)):
        since = datetime.now(UTC) - timedelta(**{f"{span}s": 1})
        sent = session.value(
            "SELECT count(*) FROM submission WHERE submitter_id = :account AND rescored_from IS NULL "
            "AND created_at > :since",
            account=account,
            since=since.isoformat(timespec="seconds"),
        )
        if sent >= most:
            raise QuotaError(f"This account has sent {sent} submissions within a {span}.", f"At most {most} are taken.")
    waiting = session.value(
        "SELECT count(*) FROM submission WHERE submitter_id = :account AND state IN ('received', 'parsed')",
        account=account,
    )
    if waiting >= quota.waiting:
        raise QuotaError(f"{waiting} submissions of this account wait to be scored.", "Send more when they are done.")
    stored = session.value(
        "SELECT coalesce(sum(length(sample_file.content)), 0) FROM sample_file "
        "JOIN submission ON submission.id = sample_file.submission_id WHERE submission.submitter_id = :account",
        account=account,
    )
    if stored >= quota.stored:
        raise QuotaError(f"This account has stored {stored:,} bytes.", f"At most {quota.stored:,} are kept.")
