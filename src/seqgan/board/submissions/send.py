"""Sends a submission: to a board's address with a token, or straight into its database."""

from __future__ import annotations

import io
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import quote

from seqgan.board import benchmarks, tokens
from seqgan.board.benchmarks import Contract
from seqgan.board.pages.submission import show
from seqgan.board.scoring.worker import Worker
from seqgan.board.store import Store
from seqgan.board.submissions import draw
from seqgan.board.submissions.manifest import Manifest
from seqgan.board.submissions.receive import Upload, receive
from seqgan.board.web.page import Visit
from seqgan.errors import BoardError, MissingExtraError

_TIMEOUT = 300.0


class Target(Protocol):
    """Where a submission goes."""

    def contract(self, name: str) -> Contract:
        """Return a benchmark of the board by ``name@version``; raises BoardError for an unknown one."""
        ...

    def send(self, manifest: Manifest, files: Sequence[draw.Drawn]) -> str:
        """Send a submission and return its permalink; raises BoardError where it is refused."""
        ...

    def look(self, permalink: str) -> dict[str, Any]:
        """Return the data of a submission's page."""
        ...

    def address(self, permalink: str) -> str:
        """Return where a person finds a submission."""
        ...


@dataclass(frozen=True)
class Website:
    """A board that answers at an address."""

    url: str
    token: str

    def contract(self, name: str) -> Contract:
        """Return a benchmark of the board."""
        found = self._ask("GET", f"/benchmark/{quote(name, safe='@')}.json")
        return Contract.model_validate(found["contract"])

    def send(self, manifest: Manifest, files: Sequence[draw.Drawn]) -> str:
        """Send a submission and return its permalink."""
        parts = [("samples", (f"samples.{one.seed}.jsonl.gz", one.content, "application/gzip")) for one in files]
        found = self._ask("POST", "/submit", data={"manifest": manifest.to_json()}, files=parts)
        return str(found["permalink"])

    def look(self, permalink: str) -> dict[str, Any]:
        """Return the data of a submission's page."""
        return self._ask("GET", f"/submission/{permalink}.json")

    def address(self, permalink: str) -> str:
        """Return where a person finds a submission."""
        return f"{self.url.rstrip('/')}/submission/{permalink}"

    def _ask(self, method: str, path: str, **content: Any) -> dict[str, Any]:
        try:
            import httpx
        except ImportError as error:
            raise MissingExtraError("Sending needs httpx.", extra="board") from error
        headers = {"Accept": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        try:
            answer = httpx.request(
                method, self.url.rstrip("/") + path, headers=headers, timeout=_TIMEOUT, trust_env=False, **content
            )
            found = answer.json()
        except httpx.HTTPError as error:
            raise BoardError(
                f"No board answers at {self.url}: {error}.", "Start one: seqgan board, or give --url or --database."
            ) from None
        except ValueError:
            raise BoardError(f"What answers at {self.url} is no board.", "Check the address.") from None
        if answer.is_error:
            raise BoardError(f"The board says: {found.get('detail') or answer.reason_phrase}")
        return dict(found)


@dataclass(frozen=True)
class Database:
    """A board whose database is at hand; its queue is worked on here when somebody waits."""

    store: Store
    token: str

    def contract(self, name: str) -> Contract:
        """Return a benchmark of the board."""
        with self.store.write() as session:
            benchmarks.install(session)
            return benchmarks.find(session, name).contract

    def send(self, manifest: Manifest, files: Sequence[draw.Drawn]) -> str:
        """Store a submission and return its permalink."""
        with self.store.read() as session:
            caller = tokens.caller(session, self.token)
        if caller is None:
            raise BoardError("The board does not know this token, or it is expired.", "Make one: seqgan board token.")
        uploads = [Upload(f"samples.{one.seed}.jsonl.gz", io.BytesIO(one.content)) for one in files]
        return receive(self.store, caller, manifest, uploads)

    def look(self, permalink: str) -> dict[str, Any]:
        """Work on what waits, then return the data of the submission's page."""
        Worker(self.store).once()
        with self.store.read() as session:
            return dict(show(Visit(session, {"permalink": permalink}, ())).data)

    def address(self, permalink: str) -> str:
        """Return where a person finds a submission."""
        return f"/submission/{permalink} of the board"


def wait(target: Target, permalink: str, seconds: float = 3600.0, pause: float = 1.0) -> dict[str, Any]:
    """Return the data of a submission's page once it is scored; raises BoardError when that fails or takes too long."""
    end = time.monotonic() + seconds
    while True:
        found = target.look(permalink)
        if not found["moving"]:
            job = found["job"] or {}
            if job.get("state") == "failed":
                raise BoardError(f"It was not scored: {job.get('error')}", "See its page.")
            return found
        if time.monotonic() > end:
            raise BoardError("It is not scored yet.", f"Look at {target.address(permalink)}.")
        time.sleep(pause)
