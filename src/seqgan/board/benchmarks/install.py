"""Puts contracts into a board's database, with the leaderboard that each belongs to and the metrics it brings."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from seqgan.board import catalogue, events
from seqgan.board.benchmarks.contract import Contract, canonical, packaged
from seqgan.board.session import Row, Session
from seqgan.errors import BoardError, nearest

_COLUMNS = "SELECT id, name, version, board_id, contract FROM benchmark"


@dataclass(frozen=True)
class Installed:
    """A benchmark of a board: its row, its leaderboard and its contract."""

    id: int
    board: int
    contract: Contract


def install(session: Session, contracts: Iterable[Contract] | None = None, actor: str = "board") -> list[Installed]:
    """Add the contracts (default: the packaged ones) that the board lacks and return those added.

    Raises BoardError where one differs from the same version in the database, or gives the title of a known metric
    another meaning.
    """
    wanted = packaged().values() if contracts is None else contracts
    return [added for contract in wanted if (added := _install(session, contract, actor)) is not None]


def _install(session: Session, contract: Contract, actor: str) -> Installed | None:
    known = session.value(
        "SELECT sha256 FROM benchmark WHERE name = :name AND version = :version",
        name=contract.name,
        version=contract.version,
    )
    if known == contract.sha256:
        return None
    if known is not None:
        raise BoardError(
            f"The board knows {contract.id} with another content.",
            "It is frozen: give the change a new version.",
        )
    board = _board(session, contract)
    for score in contract.scores:
        _metric(session, board, contract, score.name)
    number = session.insert(
        "benchmark",
        name=contract.name,
        version=contract.version,
        board_id=board,
        contract=canonical(contract.model_dump(mode="json")),
        sha256=contract.sha256,
        created_at=events.now(),
    )
    details = {"benchmark": contract.id, "sha256": contract.sha256}
    events.append(session, actor, "benchmark added", "benchmark", number, details=details)
    return Installed(number, board, contract)


def _board(session: Session, contract: Contract) -> int:
    task = catalogue.ensure_task(session, contract.task, "own", contract.area)
    dataset = catalogue.ensure_dataset(session, contract.dataset, "own")
    return catalogue.ensure_board(session, task, dataset, "own")


def _metric(session: Session, board: int, contract: Contract, name: str) -> None:
    score = contract.score(name)
    if score is None:
        return
    meaning = contract.meaning(score)
    number = catalogue.ensure_metric(
        session,
        board,
        score.title,
        direction=score.direction,
        direction_from="contract",
        definition=meaning,
        unit=score.unit,
        low=score.low,
        high=score.high,
    )
    known = session.value("SELECT definition FROM board_metric WHERE id = :id", id=number)
    if known != meaning:
        raise BoardError(
            f"The metric '{score.title}' of {contract.id} is known with another meaning: {known or 'none stated'}.",
            "Give it another title: two definitions never share a column.",
        )


def metric_ids(session: Session, installed: Installed) -> dict[str, int]:
    """Return the board's metric for each score of a benchmark by the score's name."""
    ids = session.pairs("SELECT name, id FROM board_metric WHERE board_id = :board", board=installed.board)
    return {score.name: ids[score.title] for score in installed.contract.scores}


def find(session: Session, name: str) -> Installed:
    """Return a benchmark by ``name@version``, or a name's newest version; raises BoardError for an unknown one."""
    base, _, version = name.partition("@")
    rows = session.rows(f"{_COLUMNS} WHERE name = :name ORDER BY version DESC", name=base)
    row = next((row for row in rows if version in ("", str(row["version"]))), None)
    if row is None:
        known = [f"{one['name']}@{one['version']}" for one in session.rows(_COLUMNS)]
        raise BoardError(f"There is no benchmark '{name[:80]}'.", nearest(name[:80], known))
    return _installed(row)


def by_id(session: Session, number: int) -> Installed:
    """Return a benchmark by its row; raises BoardError where there is none."""
    row = session.row(f"{_COLUMNS} WHERE id = :id", id=number)
    if row is None:
        raise BoardError(f"There is no benchmark {number}.", "The database is incomplete.")
    return _installed(row)


def listed(session: Session) -> list[Installed]:
    """Return every benchmark, by name, the newest version first."""
    return [_installed(row) for row in session.rows(f"{_COLUMNS} ORDER BY name, version DESC")]


def _installed(row: Row) -> Installed:
    return Installed(row["id"], row["board_id"], Contract.model_validate(json.loads(row["contract"])))
