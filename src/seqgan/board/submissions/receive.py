"""Takes a submission in: reads it within the limits, refuses what is wrong, stores the rest whole or not at all."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO

from seqgan.board import benchmarks, events
from seqgan.board.keys import digest
from seqgan.board.scoring import jobs
from seqgan.board.session import Session
from seqgan.board.store import Store
from seqgan.board.submissions import quota, states
from seqgan.board.submissions.manifest import Manifest, seed_of
from seqgan.board.submissions.samples import Budget, Read, read_samples
from seqgan.board.tokens import Caller
from seqgan.errors import BoardError


@dataclass(frozen=True)
class Upload:
    """A file that somebody sends: its name and its bytes."""

    name: str
    stream: IO[bytes]


def receive(
    store: Store, caller: Caller, manifest: Manifest, uploads: Sequence[Upload], limits: quota.Quota | None = None
) -> str:
    """Store a submission as ``parsed``, to be scored, and return its permalink.

    Raises BoardError for everything that is not as it must be; then nothing is stored. QuotaError is one of them.
    """
    if not caller.may("submit"):
        raise BoardError("This token may not submit.", "Use one with the scope submit.")
    chosen = limits or quota.Quota()
    with store.read() as session:
        quota.check(session, caller.account, chosen)
        benchmark = benchmarks.find(session, manifest.benchmark)
    _check_claims(manifest, benchmark.contract)
    named = by_seed(uploads, manifest.seeds)
    budget = Budget()
    read = {seed: read_samples(one.stream, one.name, benchmark.contract, budget) for seed, one in named.items()}
    with store.write() as session:
        quota.check(session, caller.account, chosen)  # again: others may have come in meanwhile
        return _store(session, caller, manifest, benchmark, read)


def by_seed(uploads: Sequence[Upload], seeds: Sequence[int]) -> dict[int, Upload]:
    """Return the file of every seed of the manifest; raises BoardError where one is missing or too many are there."""
    found: dict[int, Upload] = {}
    for upload in uploads:
        seed = seed_of(upload.name)
        if seed is None:
            raise BoardError(
                f"'{upload.name[:80]}' is no file of samples.", "Name it samples.<seed>.jsonl or .jsonl.gz."
            )
        if seed in found:
            raise BoardError(f"There are two files for seed {seed}.", "Send one.")
        found[seed] = upload
    missing, strange = sorted(set(seeds) - set(found)), sorted(set(found) - set(seeds))
    if missing or strange:
        text = f"missing: {missing}" if missing else f"not in the manifest: {strange}"
        raise BoardError(f"Files and seeds of the manifest differ ({text}).", "One file for each seed.")
    return {seed: found[seed] for seed in seeds}


def _check_claims(manifest: Manifest, contract: benchmarks.Contract) -> None:
    unknown = [name for name in manifest.claimed if contract.score(name) is None]
    if unknown:
        known = ", ".join(score.name for score in contract.scores)
        raise BoardError(f"{contract.id} has no score '{unknown[0][:60]}'.", f"Claims can be of {known}.")


def _store(
    session: Session, caller: Caller, manifest: Manifest, benchmark: benchmarks.Installed, read: dict[int, Read]
) -> str:
    text, moment = manifest.to_json(), events.now()
    number = session.insert(
        "submission",
        permalink=digest(secrets.token_hex(16))[:12],
        benchmark_id=benchmark.id,
        submitter_id=caller.account,
        state="received",
        manifest=text,
        manifest_sha256=hashlib.sha256(text.encode()).hexdigest(),
        supersedes=_superseded(session, caller, manifest, benchmark),
        created_at=moment,
        changed_at=moment,
    )
    for seed, file in read.items():
        _store_file(session, number, seed, file)
    files = {str(seed): {"sha256": file.sha256, "lines": file.lines} for seed, file in read.items()}
    events.append(
        session,
        caller.name,
        "received",
        "submission",
        number,
        change=(None, "received"),
        details={"benchmark": manifest.benchmark, "model": manifest.model, "files": files},
    )
    states.move(session, number, "parsed", "board", details={"bytes": sum(file.size for file in read.values())})
    jobs.enqueue(session, "score", number)
    return str(session.value("SELECT permalink FROM submission WHERE id = :id", id=number))


def _store_file(session: Session, submission: int, seed: int, file: Read) -> None:
    session.insert(
        "sample_file",
        submission_id=submission,
        seed=seed,
        name=f"samples.{seed}.jsonl",
        sha256=file.sha256,
        lines=file.lines,
        bytes=file.size,
        sketch=json.dumps(file.sketch),
        marks=json.dumps(file.marks),
        content=file.content,
    )


def _superseded(session: Session, caller: Caller, manifest: Manifest, benchmark: benchmarks.Installed) -> int | None:
    """Return the submission that this one is to replace; raises BoardError where the caller may not replace it."""
    if manifest.supersedes is None:
        return None
    old = states.get(session, manifest.supersedes)
    if old["submitter_id"] != caller.account and not caller.may("admin"):
        raise BoardError("Only who sent a submission can send its successor.", "Leave out 'supersedes'.")
    if old["state"] != "published" or old["board_slug"] != _slug(session, benchmark):
        raise BoardError(
            f"The submission {manifest.supersedes} is {old['state']}.",
            "Only a published one of this board is replaced.",
        )
    return int(old["id"])


def _slug(session: Session, benchmark: benchmarks.Installed) -> str:
    return str(session.value("SELECT slug FROM board WHERE id = :id", id=benchmark.board))
