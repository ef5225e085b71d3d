"""Proves that a board's record is whole: the log's chain, the contracts, manifests and samples against their hashes."""

from __future__ import annotations

import hashlib
import json

from seqgan.board import events
from seqgan.board.benchmarks import Contract
from seqgan.board.events import Verdict
from seqgan.board.session import Session
from seqgan.board.submissions.samples import unpack


def verify(session: Session, expected: str = "") -> Verdict:
    """Return every fault in the record; ``expected`` is a head of the log that was noted earlier."""
    chain = events.verify(session, expected)
    faults = [*chain.faults, *_contracts(session), *_manifests(session), *_samples(session), *_states(session)]
    return Verdict(chain.count, chain.head, tuple(faults))


def _contracts(session: Session) -> list[str]:
    rows = session.rows("SELECT name, version, contract, sha256 FROM benchmark")
    wrong = [row for row in rows if Contract.model_validate(json.loads(row["contract"])).sha256 != row["sha256"]]
    return [f"The benchmark {row['name']}@{row['version']} was changed." for row in wrong]


def _manifests(session: Session) -> list[str]:
    rows = session.rows("SELECT permalink, manifest, manifest_sha256 FROM submission")
    wrong = [row for row in rows if hashlib.sha256(row["manifest"].encode()).hexdigest() != row["manifest_sha256"]]
    return [f"The manifest of {row['permalink']} was changed." for row in wrong]


def _samples(session: Session) -> list[str]:
    """Return the files whose samples are others than when they came in; the log holds their hashes too."""
    faults = []
    for number in session.column("SELECT id FROM sample_file ORDER BY id"):
        row = session.row(
            "SELECT sample_file.sha256, sample_file.seed, sample_file.content, submission.permalink FROM sample_file "
            "JOIN submission ON submission.id = sample_file.submission_id WHERE sample_file.id = :id",
            id=number,
        )
        if row is not None and hashlib.sha256(unpack(bytes(row["content"]))).hexdigest() != row["sha256"]:
            faults.append(f"The samples of {row['permalink']}, seed {row['seed']}, were changed.")
    return faults + _logged(session)


def _logged(session: Session) -> list[str]:
    """Compare the hashes of files with those in the event of their arrival."""
    now: dict[int, dict[str, str]] = {}
    for row in session.rows("SELECT submission_id, seed, sha256 FROM sample_file"):
        now.setdefault(row["submission_id"], {})[str(row["seed"])] = row["sha256"]
    faults = []
    for event in session.rows(
        "SELECT subject_id, details FROM event WHERE subject = 'submission' AND action = 'received'"
    ):
        then = json.loads(event["details"]).get("files")
        if then is not None and {seed: one["sha256"] for seed, one in then.items()} != now.get(event["subject_id"], {}):
            faults.append(f"The files of submission {event['subject_id']} are not those that came in.")
    return faults


def _states(session: Session) -> list[str]:
    """Return the submissions whose state is not the one that the log ends with."""
    last = session.pairs(
        "SELECT subject_id, after FROM event WHERE subject = 'submission' AND after IS NOT NULL ORDER BY id"
    )
    rows = session.rows("SELECT id, permalink, state FROM submission")
    return [
        f"{row['permalink']} is {row['state']}, the log says {last.get(row['id'])}."
        for row in rows
        if last.get(row["id"]) != row["state"]
    ]
