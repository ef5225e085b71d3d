"""Keeps the result of a scoring, all of it in one transaction: values, checks, the next states."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from seqgan.board.benchmarks.install import by_id
from seqgan.board.session import Session
from seqgan.board.submissions import rescore, review, states, values
from seqgan.board.submissions.checks import all_checks, worst
from seqgan.board.submissions.manifest import Manifest
from seqgan.errors import BoardError


def keep(session: Session, number: int, answer: Mapping[str, Any]) -> None:
    """Write the scores of a submission, what the checks say, and the states ``scored`` and ``checked``.

    What was scored again from a published submission is published without another review, unless a check found a fault.
    """
    submission = states.by_id(session, number)
    if submission["state"] != "parsed":
        return
    manifest = Manifest.model_validate(json.loads(submission["manifest"]))
    benchmark = by_id(session, submission["benchmark_id"])
    scores = values.withheld(read_scores(answer))
    values.make_entry(session, submission, manifest, benchmark, scores)
    cost = {"seconds": answer.get("seconds"), "peak_bytes": answer.get("peak_bytes")}
    states.move(session, number, "scored", "board", details=cost)
    found = all_checks(session, submission, manifest, benchmark.contract, scores, answer["likeness"])
    session.run("UPDATE submission SET checks = :checks WHERE id = :id", checks=json.dumps(found), id=number)
    states.move(session, number, "checked", "board", details={"worst": worst(found)})
    if submission["rescored_from"] is not None and worst(found) != "fault":
        _publish_again(session, number, submission["rescored_from"])
    rescore.follow(session, number)


def read_scores(answer: Mapping[str, Any]) -> dict[int, dict[str, dict[str, Any]]]:
    """Return the scores of every seed by name; raises BoardError where the answer is no such thing."""
    try:
        return {int(seed): {one["name"]: dict(one) for one in found} for seed, found in answer["scores"].items()}
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BoardError(f"The scoring process answered with something else: {error}.", "Look at its error.") from error


def _publish_again(session: Session, number: int, before: int) -> None:
    old = states.by_id(session, before)
    if old["state"] != "published":
        return
    session.run("UPDATE submission SET reviewer_id = :who WHERE id = :id", who=old["reviewer_id"], id=number)
    why = f"the samples of {old['permalink']}, which was reviewed, scored again"
    states.move(session, number, "reviewed", "board", why)
    review.publish(session, number, "board", why)
