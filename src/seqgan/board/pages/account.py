"""Signing in with a token, so that a browser can submit and review; signing out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seqgan.board import tokens
from seqgan.board.web import writing
from seqgan.board.web.page import Page, Route, Visit
from seqgan.errors import BoardError

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from seqgan.board.web.app import Board


def show(visit: Visit) -> Page:
    """Who has signed in with this browser, and the form to do so."""
    found = writing.reader(visit)
    account = None if found is None else {"name": found.name, "scopes": sorted(found.scopes), "token": found.token}
    data = {"account": account, "hours": tokens.SESSION_HOURS, "back": _inside(visit.text("back"))}
    return Page("account.html", "Sign in" if found is None else found.name, data, section="submit")


def _inside(address: str) -> str:
    """Return an address of this board, else that of the submit page."""
    return address if address.startswith("/") and not address.startswith(("//", "/\\")) else "/submit"


async def post(request: Request, board: Board) -> Response:
    """Sign in with a token, or out."""
    from starlette.concurrency import run_in_threadpool
    from starlette.responses import RedirectResponse

    try:
        async with writing.form(board, request) as form:
            action, secret, back = (writing.word(form, name, 300) for name in ("action", "token", "back"))
        if action == "out":
            await run_in_threadpool(_out, board, request.cookies.get(writing.COOKIE, ""))
            response = RedirectResponse("/account", 303)
            response.delete_cookie(writing.COOKIE)
            return response
        cookie = await run_in_threadpool(_in, board, secret)
        if cookie is None:
            writing.check_failures(request)
            raise writing.RefusedError(401, "The board does not know this token, or it is expired or revoked.")
    except writing.RefusedError as error:
        return board.failure(request, error.status, error.text)
    except BoardError as error:
        return board.failure(request, 400, str(error))
    response = RedirectResponse(_inside(back), 303)
    secure = request.url.scheme == "https"
    response.set_cookie(
        writing.COOKIE, cookie, max_age=tokens.SESSION_HOURS * 3600, httponly=True, samesite="strict", secure=secure
    )
    return response


def _in(board: Board, secret: str) -> str | None:
    with board.store.read() as session:  # a guess must not make those who write wait
        if tokens.caller(session, secret) is None:
            return None
    with board.store.write() as session:
        return tokens.sign_in(session, secret)


def _out(board: Board, cookie: str) -> None:
    with board.store.write() as session:
        tokens.sign_out(session, cookie)


ROUTES = (Route("/account", show, filters=("back",)), Route("/account", post, kind="raw", methods=("POST",)))
