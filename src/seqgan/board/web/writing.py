"""What every page that writes needs: who calls, whether the form is our own, how often somebody may try."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from seqgan.board import tokens
from seqgan.board.session import Session
from seqgan.board.tokens import Caller
from seqgan.board.web import security
from seqgan.board.web.page import Visit
from seqgan.errors import BoardError

if TYPE_CHECKING:
    from starlette.requests import Request

    from seqgan.board.web.app import Board

COOKIE = "board_account"  # the application hands it to pages as Visit.account
_BEARER = "bearer "
FIELD_BYTES = 128 * 1024


class RefusedError(Exception):
    """A request to write that is refused: an HTTP status and a sentence."""

    def __init__(self, status: int, text: str) -> None:
        """Keep both."""
        self.status, self.text = status, text
        super().__init__(text)


class Attempts:
    """Counts what each key did within the last minute; one process, no clock but its own."""

    def __init__(self, most: int, seconds: float = 60.0) -> None:
        """Allow ``most`` in ``seconds``."""
        self.most, self.seconds = most, seconds
        self._seen: dict[str, deque[float]] = {}
        self._lock = threading.Lock()

    def count(self, key: str) -> bool:
        """Note one more and tell whether it is still allowed."""
        moment = time.monotonic()
        with self._lock:
            if len(self._seen) > 10_000:
                self._seen.clear()
            seen = self._seen.setdefault(key, deque())
            while seen and seen[0] < moment - self.seconds:
                seen.popleft()
            seen.append(moment)
            return len(seen) <= self.most


_WRITES = Attempts(60)
_FAILURES = Attempts(20)


def bearer(request: Request) -> str:
    """Return the token that a program sends in its header, else nothing."""
    header = request.headers.get("authorization", "")
    return header[len(_BEARER) :].strip() if header.lower().startswith(_BEARER) else ""


def caller(board: Board, request: Request) -> Caller:
    """Return who wants to write, by header or cookie; raises RefusedError for nobody, or too many requests."""
    secret = bearer(request)
    with board.store.read() as session:
        found = tokens.caller(session, secret) if secret else of_cookie(session, request.cookies.get(COOKIE, ""))
    if found is None:
        check_failures(request)
        raise RefusedError(401, "Sign in first, with a token: it is unknown, expired or revoked, or there is none.")
    if not _WRITES.count(str(found.token)):
        raise RefusedError(429, "That is too much within a minute. Wait a little.")
    with board.store.write() as session:
        tokens.used(session, found.token)
    return found


def check_failures(request: Request) -> None:
    """Count one failed attempt of a machine; raises RefusedError when there were too many."""
    if not _FAILURES.count(request.client.host if request.client else ""):
        raise RefusedError(429, "That was tried too often. Wait a minute.")


def of_cookie(session: Session, cookie: str) -> Caller | None:
    """Return who signed in with this browser, or None."""
    return tokens.signed_in(session, cookie)


def reader(visit: Visit) -> Caller | None:
    """Return who reads a page, or None for somebody who has not signed in."""
    return tokens.signed_in(visit.session, visit.account)


@asynccontextmanager
async def form(board: Board, request: Request) -> AsyncIterator[Any]:
    """Yield the fields and files of a form, which are closed afterwards; raises RefusedError where it is not our own.

    A program that shows its token in the header needs no form token: no other web page can make a browser send that.
    """
    from starlette.exceptions import HTTPException

    try:
        found = await request.form(max_files=21, max_fields=100, max_part_size=FIELD_BYTES)
    except HTTPException as error:
        raise RefusedError(400, f"The form cannot be read: {error.detail}") from None
    try:
        if not bearer(request) and not security.valid_form_token(board.secret, request, str(found.get("csrf", ""))):
            raise RefusedError(403, "The form is too old or not the board's own. Load the page again.")
        yield found
    finally:
        await found.close()


def word(form: Any, name: str, most: int = 4000) -> str:
    """Return a text field of a form without blanks around it; raises BoardError where it is too long or a file."""
    value = form.get(name, "")
    if not isinstance(value, str):
        raise BoardError(f"The field {name} is a file.", "Write a text.")
    text = value.replace("\r\n", "\n").strip()
    if len(text) > most:
        raise BoardError(f"The field {name} has more than {most:,} characters.", "Shorten it.")
    return text
