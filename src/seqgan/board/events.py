"""The log of everything that ever happened to results: append-only, each event bound to the one before by its hash.

Whoever changes, removes or inserts an event breaks the chain from there on. Cutting off the end cannot be seen from
inside: note the head elsewhere now and then and give it to :func:`verify`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from seqgan.board.session import Row, Session

START = "0" * 64
_LOCK = 7_205_759  # PostgreSQL: who appends waits for the one who appends
_COLUMNS = ("at", "actor", "action", "subject", "subject_id", "before", "after", "reason", "details", "previous_hash")


@dataclass(frozen=True)
class Verdict:
    """What a check of the log found: number of events, the last hash, and every fault in words."""

    count: int
    head: str
    faults: tuple[str, ...]


def now() -> str:
    """Return the time in UTC as every table holds it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def append(
    session: Session,
    actor: str,
    action: str,
    subject: str,
    subject_id: int | None = None,
    *,
    change: tuple[str | None, str | None] = (None, None),
    reason: str = "",
    details: Mapping[str, Any] | None = None,
) -> str:
    """Add an event in the session's transaction and return its hash; ``change`` is the state before and after."""
    if session.dialect == "postgresql":
        session.value("SELECT pg_advisory_xact_lock(:key)", key=_LOCK)
    event = {
        "at": now(),
        "actor": actor,
        "action": action,
        "subject": subject,
        "subject_id": subject_id,
        "before": change[0],
        "after": change[1],
        "reason": reason,
        "details": json.dumps(details or {}, sort_keys=True, ensure_ascii=False),
        "previous_hash": head(session),
    }
    own = digest(event)
    session.insert("event", **event, hash=own)
    return own


def head(session: Session) -> str:
    """Return the hash of the last event."""
    found = session.value("SELECT hash FROM event ORDER BY id DESC LIMIT 1")
    return START if found is None else str(found)


def digest(event: Mapping[str, Any]) -> str:
    """Return the SHA-256 of an event: of its fields as JSON with sorted keys, the hash before it among them."""
    fields = {name: event[name] for name in _COLUMNS}
    return hashlib.sha256(json.dumps(fields, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def verify(session: Session, expected: str = "") -> Verdict:
    """Recompute the whole chain; ``expected`` is a hash noted earlier, which must be in it."""
    faults, previous, seen, count = [], START, not expected, 0
    for event in session.rows("SELECT * FROM event ORDER BY id"):
        count += 1
        if event["previous_hash"] != previous:
            faults.append(f"Event {event['id']} does not follow the one before it.")
        if digest(event) != event["hash"]:
            faults.append(f"Event {event['id']} was changed: its hash is another.")
        previous = event["hash"]
        seen = seen or previous == expected
    if not seen:
        faults.append(f"The noted hash {expected} is not in the log: its end was cut off, or it is another board's.")
    return Verdict(count, previous, tuple(faults))


def of(session: Session, subject: str, subject_id: int) -> list[Row]:
    """Return the events of one thing, the oldest first, ``details`` as plain data."""
    rows = session.rows(
        "SELECT id, at, actor, action, before, after, reason, details, hash FROM event "
        "WHERE subject = :subject AND subject_id = :number ORDER BY id",
        subject=subject,
        number=subject_id,
    )
    return [{**row, "details": json.loads(row["details"])} for row in rows]
