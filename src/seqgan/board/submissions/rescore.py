"""A new version of a benchmark scores again what was submitted to the older ones: that is why samples are kept."""

from __future__ import annotations

import hashlib
import json
import secrets

from seqgan.board import benchmarks, events
from seqgan.board.benchmarks import Contract, Installed
from seqgan.board.benchmarks.contract import canonical
from seqgan.board.benchmarks.install import by_id
from seqgan.board.keys import digest
from seqgan.board.scoring import jobs
from seqgan.board.session import Row, Session
from seqgan.board.submissions import states

_KEPT = ("checked", "reviewed", "published")


def install_and_rescore(session: Session, contracts: list[Contract] | None = None, actor: str = "board") -> int:
    """Add benchmarks that the board lacks and queue the stored samples of their older versions; return how many."""
    return sum(rescore(session, added, actor) for added in benchmarks.install(session, contracts, actor))


def rescore(session: Session, newest: Installed, actor: str) -> int:
    """Queue the samples of the version before this one under this one and return how many submissions these are."""
    count = 0
    for old in _before(session, newest.contract):
        for row in states.listed(session, _KEPT, most=100_000):
            if row["benchmark_id"] == old.id and _fits(old.contract, newest.contract):
                _again(session, row, newest, actor)
                count += 1
    return count


def follow(session: Session, number: int, actor: str = "board") -> int:
    """Queue the samples of a submission that was under way when a newer version came; return how many that are."""
    row = states.by_id(session, number)
    mine = by_id(session, row["benchmark_id"])
    newer = [
        one
        for one in benchmarks.listed(session)
        if one.contract.name == mine.contract.name and one.contract.version > mine.contract.version
    ]
    known = session.value("SELECT count(*) FROM submission WHERE rescored_from = :id", id=number)
    if known or not newer or not _fits(mine.contract, newer[0].contract):
        return 0
    _again(session, row, newer[0], actor)
    return 1


def _before(session: Session, contract: Contract) -> list[Installed]:
    """Return the newest older version, whose submissions include what was scored again from those before it."""
    older = [
        one
        for one in benchmarks.listed(session)
        if one.contract.name == contract.name and one.contract.version < contract.version
    ]
    return older[:1]


def _fits(old: Contract, new: Contract) -> bool:
    """Tell whether samples of one contract are samples of the other."""
    shape = ("content", "samples", "vocabulary", "length")
    return all(getattr(old, name) == getattr(new, name) for name in shape)


def _again(session: Session, row: Row, newest: Installed, actor: str) -> int:
    """Make a submission of the same samples to another version of the benchmark and queue it."""
    manifest = {**json.loads(row["manifest"]), "benchmark": newest.contract.id, "supersedes": None}
    manifest["claimed"] = {name: value for name, value in manifest["claimed"].items() if newest.contract.score(name)}
    text, moment = canonical(manifest), events.now()
    number = session.insert(
        "submission",
        permalink=digest(secrets.token_hex(16))[:12],
        benchmark_id=newest.id,
        submitter_id=row["submitter_id"],
        state="received",
        manifest=text,
        manifest_sha256=hashlib.sha256(text.encode()).hexdigest(),
        rescored_from=row["id"],
        created_at=moment,
        changed_at=moment,
    )
    session.run(
        "INSERT INTO sample_file (submission_id, seed, name, sha256, lines, bytes, sketch, marks, content) "
        "SELECT :new, seed, name, sha256, lines, bytes, sketch, marks, content FROM sample_file "
        "WHERE submission_id = :old",
        new=number,
        old=row["id"],
    )
    details = {"benchmark": newest.contract.id, "samples of": row["permalink"]}
    events.append(session, actor, "received", "submission", number, change=(None, "received"), details=details)
    states.move(session, number, "parsed", "board")
    jobs.enqueue(session, "score", number)
    return number
