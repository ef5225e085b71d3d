"""The application: every file of ``pages/`` with its routes, and for each page its JSON twin and its CSV tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from http import HTTPStatus
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seqgan.board.store import Store
from seqgan.board.web import security
from seqgan.board.web.memory import Memory
from seqgan.board.web.page import NotFoundError, Page, Route, Visit
from seqgan.board.web.render import FOLDER, render, to_json
from seqgan.board.web.tables import to_csv
from seqgan.board.web.writing import COOKIE as ACCOUNT
from seqgan.errors import MissingExtraError, SeqganError

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.requests import Request
    from starlette.responses import Response

KEEP = {"Cache-Control": "public, max-age=31536000, immutable"}
FRESH = {"Cache-Control": "no-cache", "Vary": "Accept"}
SUFFIXES = (".json", ".csv", "")


class Board:
    """What request handlers share: the store, the secret of the form tokens, and how a page becomes a response."""

    def __init__(self, store: Store) -> None:
        """Serve a store."""
        self.store = store
        self.secret = security.secret(store)
        self.memory = Memory()

    def page(self, function: Callable[[Visit], Page], request: Request) -> Page:
        """Return what a page function answers; who is signed in may see more, so that is never kept."""
        with self.store.read() as session:
            visit = self._visit(request, session)
            if visit.account:
                return function(visit)
            key = (function, tuple(visit.path.items()), tuple(visit.query))
            return self.memory.page(session, key, lambda: function(visit))

    def _visit(self, request: Request, session: Any) -> Visit:
        return Visit(
            session=session,
            path=request.path_params,
            query=list(request.query_params.multi_items()),
            account=request.cookies.get(ACCOUNT, ""),
        )

    def html(self, page: Page, request: Request) -> Response:
        """Return a page as HTML; the visitor's cookie makes the tokens in its forms valid."""
        from starlette.responses import HTMLResponse

        mark = security.visitor(request)
        text = render(
            page.template,
            page=page,
            url=request.url.path,
            address=f"{request.url.scheme}://{request.url.netloc}",
            query=request.url.query,
            csrf=security.form_token(self.secret, mark),
            **page.data,
        )
        response = HTMLResponse(text, page.status, FRESH)
        if request.cookies.get(security.COOKIE) != mark:
            response.set_cookie(
                security.COOKIE, mark, httponly=True, samesite="strict", secure=request.url.scheme == "https"
            )
        return response

    def answer(self, page: Page, request: Request, suffix: str) -> Response:
        """Return a page in the form that was asked for: HTML, JSON, or one of its tables as CSV."""
        from starlette.responses import Response

        if suffix == ".csv":
            name = request.query_params.get("table", next(iter(page.tables), ""))
            if name not in page.tables:
                raise NotFoundError(f"a table '{name[:80]}' on this page")
            return Response(to_csv(page.tables[name]), page.status, FRESH, "text/csv; charset=utf-8")
        if suffix == ".json" or wants_json(request):
            return Response(to_json(page.data), page.status, FRESH, "application/json")
        return self.html(page, request)

    def failure(self, request: Request, status: int, text: str) -> Response:
        """Return an error as a page, or as JSON where JSON was asked for."""
        title = HTTPStatus(status).phrase
        page = Page("error.html", title, {"error": title, "status": status, "detail": text}, status=status)
        return self.answer(page, request, ".json" if request.url.path.endswith((".json", ".csv")) else "")


def wants_json(request: Request) -> bool:
    """Tell whether a program asks for JSON: it accepts that and does not accept HTML."""
    accepted = request.headers.get("accept", "")
    return "application/json" in accepted and "text/html" not in accepted


@cache
def routes() -> tuple[Route, ...]:
    """Return the routes of all page files, in the order of their names."""
    names = sorted(path.stem for path in (FOLDER / "pages").glob("*.py") if not path.stem.startswith("_"))
    return tuple(route for name in names for route in import_module(f"seqgan.board.pages.{name}").ROUTES)


def create_app(store: Store, hosts: Iterable[str] = security.LOCAL_HOSTS) -> FastAPI:
    """Return the ASGI application of a board; ``hosts`` are the names that it answers for."""
    try:
        from fastapi import FastAPI
        from starlette.staticfiles import StaticFiles
    except ImportError as error:
        raise MissingExtraError("The board needs FastAPI.", extra="board") from error
    app = FastAPI(title="seqgan board", docs_url=None, redoc_url=None, openapi_url="/openapi.json")
    board = Board(store)
    for route in routes():
        _add(app, board, route)
    app.mount("/static", StaticFiles(directory=FOLDER / "static"))
    _add_failures(app, board)
    app.add_middleware(security.Guard, hosts=tuple(hosts))
    return app


def _add(app: FastAPI, board: Board, route: Route) -> None:
    """Register a route; a page is registered three times, the twins first, for their path is the more special."""
    for suffix in SUFFIXES if route.kind == "page" else ("",):
        path = f"/index{suffix}" if route.path == "/" and suffix else route.path + suffix
        handler = _raw(board, route.function) if route.kind == "raw" else _page(board, route.function, suffix)
        if "GET" in route.methods:  # whoever checks links or badges asks for the head alone
            app.add_api_route(path, handler, methods=["HEAD"], response_model=None, include_in_schema=False)
        app.add_api_route(
            path,
            handler,
            methods=list(route.methods),
            summary=(route.function.__doc__ or "").strip().partition("\n")[0],
            operation_id=f"{'_'.join(route.methods)} {path}",
            response_model=None,
            openapi_extra={"parameters": _parameters(route)},
            include_in_schema=suffix == ".json" or route.kind == "raw",
        )


def _parameters(route: Route) -> list[dict[str, Any]]:
    words = [piece.partition("}")[0] for piece in route.path.split("{")[1:]]
    place = [{"name": word, "in": "path", "required": True, "schema": {"type": "string"}} for word in words]
    return place + [{"name": word, "in": "query", "schema": {"type": "string"}} for word in route.filters]


def _page(board: Board, function: Callable[[Visit], Page], suffix: str) -> Callable[[Request], Response]:
    def handler(request: Request) -> Response:
        return board.answer(board.page(function, request), request, suffix)

    return _annotated(handler)


def _raw(board: Board, function: Callable[..., Any]) -> Callable[[Request], Any]:
    from inspect import iscoroutinefunction

    def handler(request: Request) -> Any:
        return function(request, board)

    async def waiting(request: Request) -> Any:
        return await function(request, board)

    return _annotated(waiting if iscoroutinefunction(function) else handler)


def _annotated(handler: Callable[[Request], Any]) -> Callable[[Request], Any]:
    """Give a handler the annotation that FastAPI reads, which is imported only here."""
    from starlette.requests import Request

    handler.__annotations__ = {"request": Request}
    return handler


def _add_failures(app: FastAPI, board: Board) -> None:
    from starlette.exceptions import HTTPException

    def missing(request: Request, error: Any) -> Response:
        sought = str(error).removeprefix("a ").removeprefix("an ")
        return board.failure(request, 404, f"There is no {sought}." if sought else "There is no such page.")

    def refused(request: Request, error: Any) -> Response:
        return board.failure(request, error.status_code, "There is no such page." if error.status_code == 404 else "")

    def mistaken(request: Request, error: Any) -> Response:
        return board.failure(request, 400, str(error))

    def too_large(request: Request, error: Any) -> Response:
        return board.failure(request, 413, "The request is too large.")

    app.add_exception_handler(NotFoundError, missing)
    app.add_exception_handler(HTTPException, refused)
    app.add_exception_handler(SeqganError, mistaken)
    app.add_exception_handler(security.TooLargeError, too_large)


def page_files() -> list[Path]:
    """Return the files that bring pages."""
    return sorted(path for path in (FOLDER / "pages").glob("*.py") if not path.stem.startswith("_"))
