"""What speaks for and against a submission: copies, duplicates, impossible values, claims that do not hold.

Each check is plain data: ``name``, ``state`` (good, note, warning, fault) and a sentence. A fault does not end a
submission by itself, but whoever publishes it all the same must say why.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from seqgan.board.benchmarks.contract import Contract
from seqgan.board.columns import left_out
from seqgan.board.session import Row, Session
from seqgan.board.submissions.manifest import Manifest
from seqgan.board.submissions.samples import overlap
from seqgan.board.submissions.values import Scores, over, within

Check = dict[str, str]
ALIKE = 0.5  # share of rows in common that makes two files the same work
_FIXED = 0.05  # more copies than by chance
_MANY = 0.5
_IMPOSSIBLE = 0.05  # of the rows; a value over the others alone must be looked at


def check(name: str, state: str, text: str) -> Check:
    """Return one finding."""
    return {"name": name, "state": state, "text": text}


def all_checks(
    session: Session,
    submission: Row,
    manifest: Manifest,
    contract: Contract,
    scores: Scores,
    likeness: Mapping[str, Any],
) -> list[Check]:
    """Return every finding about a scored submission, each check at least once."""
    files = session.rows(
        "SELECT seed, sha256, sketch, marks FROM sample_file WHERE submission_id = :id ORDER BY seed",
        id=submission["id"],
    )
    return [
        *copies(likeness),
        *_duplicates(session, submission, manifest, files),
        *bounds(contract, scores),
        *possible(contract, scores),
        *claims(contract, manifest, scores),
        *_seeds(contract, files),
        *_texts(likeness, files),
    ]


def copies(found: Mapping[str, Any]) -> list[Check]:
    """Return what the shares of copies of training and test rows say, beside what real text has by chance."""
    rows = []
    for what, share, usual in (
        ("training rows", found["train_copies"], found["usual_train_copies"]),
        ("test rows", found["test_copies"], found["usual_test_copies"]),
        ("training rows but for a word", found["near_copies"], found["usual_near_copies"]),
    ):
        if share is not None:
            text = f"{share:.1%} of the samples are {what}; of real text {usual or 0:.1%} are."
            rows.append(check("copies", _copied(share, usual or 0.0), text))
    return rows


def _copied(share: float, usual: float) -> str:
    extra = share - usual
    return "fault" if extra > _MANY else "warning" if extra > _FIXED and share > 2 * usual else "good"


def _duplicates(session: Session, submission: Row, manifest: Manifest, files: Iterable[Row]) -> list[Check]:
    """Compare the files with each other and with those of every other submission to the same kind of benchmark."""
    own, found = list(files), []
    if len({file["sha256"] for file in own}) < len(own):
        found.append(check("duplicates", "fault", "Two seeds have the same samples."))
    others = _others(session, submission)
    for other in others:
        same = any(file["sha256"] == other["sha256"] for file in own)
        share = 1.0 if same else max(overlap(json.loads(file["sketch"]), json.loads(other["sketch"])) for file in own)
        if share > ALIKE:
            found.append(_alike(other, manifest.model, same, share))
    return found or [
        check("duplicates", "good", f"No file is like one of the {len(others)} files of other submissions.")
    ]


def _others(session: Session, submission: Row) -> list[Row]:
    """Return the files of other submissions; one that was scored again is the same submission."""
    return session.rows(
        "SELECT sample_file.sha256, sample_file.sketch, sample_file.seed, submission.permalink, submission.manifest "
        "FROM sample_file JOIN submission ON submission.id = sample_file.submission_id "
        "WHERE submission.id != :id AND submission.id != :before AND submission.id != :old "
        "AND submission.id < :id ORDER BY sample_file.id DESC LIMIT 2000",
        id=submission["id"],
        before=submission["rescored_from"] or 0,
        old=submission["supersedes"] or 0,
    )


def _alike(other: Row, model: str, same: bool, share: float) -> Check:
    there = json.loads(other["manifest"])
    how = "The same file" if same else f"A file with about {share:.0%} of its rows"
    own = there["model"] == model
    whose = "" if own else f" under another model's name, {there['model']},"
    where = f"was sent{whose} as seed {other['seed']} of {other['permalink']} ({there['benchmark']})."
    return check("duplicates", "note" if own else "fault", f"{how} {where}")


def bounds(contract: Contract, scores: Scores) -> list[Check]:
    """Return the values that cannot be, and those better than real text."""
    found = []
    for score in contract.scores:
        for seed, values in scores.items():
            number = values[score.name]["value"]
            if not within(number, score.low, score.high):
                value = "not given" if number is None else number
                text = f"{score.title} of seed {seed} is {value}, outside [{score.low:g}, {score.high:g}]."
                found.append(check("bounds", "fault", text))
        mean = over(values[score.name] for values in scores.values())
        if score.real is not None and _better(mean, score.real, score.direction):
            text = f"{score.title} is {mean['value']:.4g}, better than real text ({score.real:.4g})."
            found.append(check("bounds", "note", text))
    return found or [check("bounds", "good", "Every value is within its bounds and not better than real text.")]


def possible(contract: Contract, scores: Scores) -> list[Check]:
    """Return the values that leave rows out as impossible: they say nothing of these, however many they are."""
    found = []
    for score in contract.scores:
        for seed, values in scores.items():
            one = values[score.name]
            left = left_out(one["signature"])
            if left:
                share = left / (one["n"] + left)
                text = f"{score.title} of seed {seed} is over {one['n']:,} rows; {left:,} ({share:.1%}) are impossible."
                found.append(check("possible", "fault" if share > _IMPOSSIBLE else "warning", text))
    return found


def _better(mean: Mapping[str, Any], real: float, direction: str) -> bool:
    """Tell whether a value, with its whole interval, is better than that of real text by more than a hundredth."""
    if mean["value"] is None:
        return False
    low, high = mean["interval"] or (mean["value"], mean["value"])
    margin = 0.01 * abs(real)
    return bool(low > real + margin if direction == "higher" else high < real - margin)


def claims(contract: Contract, manifest: Manifest, scores: Scores) -> list[Check]:
    """Set the claimed values beside the computed ones."""
    found = []
    for name, claimed in manifest.claimed.items():
        score = contract.score(name)
        computed = over(values[name] for values in scores.values())
        if score is None or computed["value"] is None:
            continue
        low, high = computed["interval"] or (computed["value"], computed["value"])
        margin = 0.005 * max(abs(computed["value"]), 0.1)
        state = "good" if low - margin <= claimed <= high + margin else "warning"
        text = f"{score.title}: claimed {claimed:.4g}, computed {computed['value']:.4g} ({low:.4g} to {high:.4g})."
        found.append(check("claims", state, text))
    return found or [check("claims", "good", "Nothing is claimed.")]


def _seeds(contract: Contract, files: list[Row]) -> list[Check]:
    few = len(files) < contract.seeds
    text = f"{len(files)} of the {contract.seeds} seeds that the benchmark asks for."
    return [check("seeds", "note" if few else "good", text)]


def _texts(likeness: Mapping[str, Any], files: Iterable[Row]) -> list[Check]:
    """Say what is odd about the samples as text."""
    marks = [json.loads(file["marks"]) for file in files]
    counts = {name: sum(mark.get(name, 0) for mark in marks) for name in ("directions", "controls", "blank")}
    words = {"directions": "turn the direction of text", "controls": "hold control characters", "blank": "are blank"}
    found = [check("text", "warning", f"{count:,} samples {words[name]}.") for name, count in counts.items() if count]
    if likeness["repeats"] > _MANY:
        found.append(check("text", "warning", f"{likeness['repeats']:.0%} of the samples repeat another one."))
    return found or [check("text", "good", "No blank sample, no control or direction characters.")]


def worst(checks: Iterable[Mapping[str, str]]) -> str:
    """Return the gravest state among checks."""
    order = ("good", "note", "warning", "fault")
    return max((one["state"] for one in checks), key=order.index, default="good")
