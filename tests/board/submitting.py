"""A board with a tiny benchmark and three people, for the tests of submitting."""

from __future__ import annotations

import asyncio
import hashlib
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from seqgan.board import benchmarks, tokens
from seqgan.board.benchmarks import Contract
from seqgan.board.benchmarks.install import by_id
from seqgan.board.scoring import jobs, record
from seqgan.board.scoring.measure import Decoding, measure
from seqgan.board.scoring.worker import decoding_of
from seqgan.board.store import Store, open_store
from seqgan.board.submissions import states
from seqgan.board.submissions.manifest import Manifest, of
from seqgan.board.submissions.receive import Upload, receive
from seqgan.board.submissions.samples import rows_in, to_jsonl
from seqgan.board.tokens import Caller
from seqgan.board.web.app import create_app

N = 12
REFERENCES = [
    f"the {color} {thing} stands on a {place}"
    for color in ("red", "old")
    for thing in ("cup", "bus")
    for place in ("hill", "road", "mat")
]
TRAIN = [
    f"the {color} {thing} lies on a {place}"
    for color in ("red", "new")
    for thing in ("cup", "dog")
    for place in ("hill", "road", "mat")
]


def contract(**changes: Any) -> Contract:
    """Return the tiny benchmark: two files of invented sentences, twelve samples."""
    scores = [
        {"name": "bleu_2", "title": "BLEU-2 (tiny)", "direction": "higher", "low": 0, "high": 1, "real": 0.8},
        {"name": "uniqueness", "title": "Uniqueness (tiny)", "direction": "higher", "low": 0, "high": 1},
    ]
    plain = {
        "name": "tiny",
        "version": 1,
        "title": "Tiny sentences",
        "about": "Twelve sentences.",
        "area": "Natural Language Processing",
        "task": "Text Generation",
        "dataset": "Tiny",
        "samples": N,
        "seeds": 2,
        "metrics": ["bleu", "uniqueness"],
        "code": "0.1.0",
        "tokenizer": {"kind": "word", "lower": True},
        "references": _file("tiny/test.txt", REFERENCES),
        "train": _file("tiny/train.txt", TRAIN),
        "scores": scores,
        "probe": {"samples": ["a b"], "values": {}},
    }
    return Contract.model_validate({**plain, **changes})


def _file(name: str, lines: Sequence[str]) -> dict[str, Any]:
    text = "".join(f"{line}\n" for line in lines)
    return {"file": name, "sha256": hashlib.sha256(text.encode()).hexdigest(), "rows": len(lines)}


def write_data(mirror: Path) -> None:
    """Write the files of the tiny benchmark where a mirror has them."""
    (mirror / "tiny").mkdir(parents=True)
    for name, lines in (("test", REFERENCES), ("train", TRAIN)):
        (mirror / "tiny" / f"{name}.txt").write_text("".join(f"{line}\n" for line in lines))


def samples(seed: int = 1, n: int = N) -> list[str]:
    """Return sentences that differ between seeds."""
    words = ("cup", "bus", "dog", "hat", "key", "box", "fan")
    return [
        f"the red {words[(row * seed) % 7]} {words[(row + seed) % 7]} stands on road {seed * 100 + row}"
        for row in range(n)
    ]


@dataclass(frozen=True)
class Place:
    """An open board: its store, its file, and the people with their tokens."""

    store: Store
    path: Path
    people: Mapping[str, Caller]
    secrets: Mapping[str, str]


def make_place(folder: Path, *contracts: Contract, database: str = "") -> Place:
    """Return a board with the tiny benchmark, or others: ann submits, rob reviews, eve is the admin."""
    path = folder / "board.sqlite"
    store = open_store(database or path)
    scopes = {"ann": ["submit"], "rob": ["submit", "review"], "eve": list(tokens.SCOPES)}
    with store.write() as session:
        benchmarks.install(session, contracts or (contract(),))
        secrets = {name: tokens.create(session, name, found, "test") for name, found in scopes.items()}
        people = {name: tokens.caller(session, secret) for name, secret in secrets.items()}
    return Place(store, path, {name: one for name, one in people.items() if one is not None}, secrets)


def manifest(**changes: Any) -> Manifest:
    """Return a manifest for the tiny benchmark."""
    return of({"schema": "seqgan.submission/1", "benchmark": "tiny@1", "model": "Model A", "seeds": [1], **changes})


def uploads(rows: Mapping[int, Sequence[str]]) -> list[Upload]:
    """Return the files of a submission."""
    return [Upload(f"samples.{seed}.jsonl.gz", io.BytesIO(to_jsonl(list(found)))) for seed, found in rows.items()]


def submit(place: Place, who: str = "ann", rows: Mapping[int, Sequence[str]] | None = None, **changes: Any) -> str:
    """Submit samples and return the permalink."""
    found = {1: samples()} if rows is None else rows
    return receive(place.store, place.people[who], manifest(seeds=list(found), **changes), uploads(found))


def score(place: Place) -> int:
    """Score all that waits, in this process, and return how many that were."""
    count = 0
    while True:
        with place.store.write() as session:
            job = jobs.claim(session, "test")
        if job is None:
            return count
        with place.store.read() as session:
            row = states.by_id(session, job.submission)
            benchmark = by_id(session, row["benchmark_id"])
            files = session.pairs("SELECT seed, content FROM sample_file WHERE submission_id = :id", id=row["id"])
        plain = of_text(row["manifest"])
        seeds = {seed: rows_in(content) for seed, content in sorted(files.items())}
        answer = measure(benchmark.contract, seeds, Decoding(**decoding_of(plain.model_dump()))).as_dict()
        with place.store.write() as session:
            assert jobs.done(session, job, "test")
            record.keep(session, job.submission, answer)
        count += 1


def of_text(text: str) -> Manifest:
    """Return a stored manifest."""
    import json

    return of(json.loads(text))


def state(place: Place, permalink: str) -> str:
    """Return the state of a submission."""
    with place.store.read() as session:
        return str(states.get(session, permalink)["state"])


class Visitor:
    """Somebody with a browser, without a network: keeps cookies, knows the form token of the last page."""

    def __init__(self, store: Store, neighbour: Visitor | None = None) -> None:
        """Visit the board of a store, at the very server that a neighbour visits where one is given."""
        self._server = httpx.ASGITransport(create_app(store)) if neighbour is None else neighbour._server
        self._client = httpx.AsyncClient(transport=self._server, base_url="http://127.0.0.1:8080")
        self.csrf = ""

    def get(self, path: str, **options: Any) -> httpx.Response:
        """Load a page."""
        answer = self._ask("GET", path, **options)
        found = re.search(r'name="csrf" value="([0-9a-f]+)"', answer.text)
        self.csrf = found.group(1) if found else self.csrf
        return answer

    def post(self, path: str, data: Mapping[str, str] | None = None, **options: Any) -> httpx.Response:
        """Send a form with the token of the last page that had one."""
        headers = {"Origin": "http://127.0.0.1:8080", **options.pop("headers", {})}
        return self._ask("POST", path, data={"csrf": self.csrf, **(data or {})}, headers=headers, **options)

    def program(self, method: str, path: str, secret: str, **options: Any) -> httpx.Response:
        """Ask as a program with a token does."""
        headers = {"Authorization": f"Bearer {secret}", "Accept": "application/json"}
        return self._ask(method, path, headers=headers, **options)

    def sign_in(self, secret: str) -> None:
        """Sign in with a token."""
        self.get("/account")
        assert self.post("/account", {"token": secret}).status_code == 303

    def _ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        return asyncio.run(self._client.request(method, path, **options))
