"""The decisions of people: publish, reject, retract; a reviewer is never the submitter."""

from __future__ import annotations

import json

from seqgan.board import catalogue, events
from seqgan.board.session import Row, Session
from seqgan.board.submissions import states
from seqgan.board.submissions.checks import worst
from seqgan.board.tokens import Caller
from seqgan.errors import BoardError

MOST_REASON = 1000


def accept(session: Session, permalink: str, reviewer: Caller, reason: str = "") -> None:
    """Publish a checked submission; where a check found a fault, ``reason`` must say why it is published all the same.

    Raises BoardError where the caller may not, is the submitter, or the submission is in another state.
    """
    submission = _reviewable(session, permalink, reviewer)
    if worst(json.loads(submission["checks"])) == "fault" and not reason.strip():
        raise BoardError("A check found a fault.", "Say in the reason why it is published all the same.")
    session.run("UPDATE submission SET reviewer_id = :who WHERE id = :id", who=reviewer.account, id=submission["id"])
    states.move(session, submission["id"], "reviewed", reviewer.name, reason[:MOST_REASON])
    publish(session, submission["id"], reviewer.name, reason[:MOST_REASON])


def publish(session: Session, number: int, actor: str, reason: str = "") -> None:
    """Show the row of a reviewed submission on its leaderboard; what it replaces is superseded."""
    states.move(session, number, "published", actor, reason)
    submission = states.by_id(session, number)
    _entry(session, submission, "published")
    for old in {submission["supersedes"], submission["rescored_from"]} - {None}:
        _supersede(session, int(old), submission, actor)
    catalogue.refresh(session)


def _supersede(session: Session, number: int, by: Row, actor: str) -> None:
    old = states.by_id(session, number)
    if old["state"] != "published":
        return
    session.run("UPDATE submission SET superseded_by = :new WHERE id = :id", new=by["id"], id=number)
    states.move(session, number, "superseded", actor, f"replaced by {by['permalink']}")
    _entry(session, old, "superseded")


def reject(session: Session, permalink: str, reviewer: Caller, reason: str) -> None:
    """Refuse a submission for a reason; raises BoardError as :func:`accept` does, and without a reason."""
    submission = _reviewable(session, permalink, reviewer, states.UNDER_WAY)
    _needs_reason(reason)
    session.run("UPDATE submission SET reviewer_id = :who WHERE id = :id", who=reviewer.account, id=submission["id"])
    states.move(session, submission["id"], "rejected", reviewer.name, reason[:MOST_REASON])
    _entry(session, submission, "rejected")


def retract(session: Session, permalink: str, caller: Caller, reason: str) -> None:
    """Take a published row off its leaderboard for a reason: by its submitter or an admin; its page stays."""
    submission = states.get(session, permalink)
    if submission["submitter_id"] != caller.account and not caller.may("admin"):
        raise BoardError("Only the submitter or an admin can retract a submission.", "Ask them.")
    _needs_reason(reason)
    states.move(session, submission["id"], "retracted", caller.name, reason[:MOST_REASON])
    _entry(session, submission, "retracted")
    catalogue.refresh(session)


def _reviewable(session: Session, permalink: str, reviewer: Caller, allowed: tuple[str, ...] = ("checked",)) -> Row:
    submission = states.get(session, permalink)
    if not reviewer.may("review"):
        raise BoardError("This token may not review.", "Use one with the scope review.")
    if submission["submitter_id"] == reviewer.account:
        raise BoardError("Nobody reviews a submission of their own.", "Ask somebody else of the group.")
    if submission["state"] not in allowed:
        raise BoardError(f"The submission is {submission['state']}.", f"It must be {' or '.join(allowed)}.")
    return submission


def _needs_reason(reason: str) -> None:
    if not reason.strip():
        raise BoardError("A reason is missing.", "Say why in a sentence: it stays in the log.")


def _entry(session: Session, submission: Row, state: str) -> None:
    if submission["entry_id"] is not None:
        session.run("UPDATE entry SET state = :state WHERE id = :id", state=state, id=submission["entry_id"])


def comment(session: Session, permalink: str, caller: Caller, text: str) -> None:
    """Add a remark to the log of a submission without changing its state."""
    if not caller.may("submit"):
        raise BoardError("This token may not write remarks.", "Use one with the scope submit.")
    _needs_reason(text)
    submission = states.get(session, permalink)
    events.append(session, caller.name, "remark", "submission", submission["id"], reason=text[:MOST_REASON])
