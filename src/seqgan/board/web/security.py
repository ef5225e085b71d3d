"""What stands before every page: who may call (Host, Origin), how much they may send, what a browser may load.

The board trusts nobody's text, and it listens on this machine only; but any web page that a person visits can send
requests to this machine. So requests for another host name are refused (DNS rebinding), and so is every change that
another origin sends; forms carry a token besides.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from hashlib import sha256
from time import perf_counter
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from starlette.requests import Request

    from seqgan.board.store import Store

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
LOCAL_HOSTS = ("127.0.0.1", "localhost", "[::1]")
BODY_LIMIT = 256 * 2**20  # bytes of a whole request; a submission's own limits are far below
COOKIE = "board_visitor"
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class TooLargeError(Exception):
    """A request is larger than the board takes."""


class Guard:
    """The outermost layer of the application: refuses strangers' requests and adds the headers to every answer."""

    def __init__(self, app: Any, hosts: Iterable[str] = LOCAL_HOSTS) -> None:
        """Let through requests for the names in ``hosts``, on any port."""
        self.app, self.hosts = app, frozenset(host.lower() for host in hosts)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Check a request, pass it on, and complete the headers of the answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = {key.decode("latin-1").lower(): value.decode("latin-1") for key, value in scope["headers"]}
        refusal = self.refusal(scope["method"], headers)
        if refusal:
            await _refuse(send, *refusal)
            return
        await self.app(scope, _counted(receive), _with_headers(send))

    def refusal(self, method: str, headers: dict[str, str]) -> tuple[int, str] | None:
        """Return the status and the reason for which a request is refused, or None."""
        host = headers.get("host", "").lower()
        if _name(host) not in self.hosts:
            return 421, "This board does not answer for that host name. Start it with --host-name to allow one."
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > BODY_LIMIT:
            return 413, "The request is too large."
        if method not in SAFE and not _same_origin(headers, host):
            return 403, "A change must come from the board's own pages."
        return None


def _name(host: str) -> str:
    """Return a host without its port."""
    return host[: host.index("]") + 1] if host.startswith("[") and "]" in host else host.partition(":")[0]


def _same_origin(headers: dict[str, str], host: str) -> bool:
    """Tell whether a change comes from our own page, or from a program that is no browser and names no origin."""
    if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = headers.get("origin") or headers.get("referer")
    return origin is None or urlsplit(origin).netloc.lower() == host


def _counted(receive: Receive) -> Receive:
    """Stop a body that is longer than it may be, whatever its headers said."""
    total = 0

    async def counted() -> Message:
        nonlocal total
        message = await receive()
        total += len(message.get("body", b""))
        if total > BODY_LIMIT:
            raise TooLargeError
        return message

    return counted


def _with_headers(send: Send) -> Send:
    begun = perf_counter()

    async def complete(message: Message) -> None:
        if message["type"] == "http.response.start":
            taken = 1000 * (perf_counter() - begun)
            message["headers"] = [*message["headers"], _pair("server-timing", f"app;dur={taken:.1f}")]
            present = {key.lower() for key, _ in message["headers"]}
            message["headers"] = [
                *message["headers"],
                *(_pair(key, value) for key, value in HEADERS.items() if key.lower().encode() not in present),
            ]
        await send(message)

    return complete


def _pair(key: str, value: str) -> tuple[bytes, bytes]:
    return key.encode("latin-1"), value.encode("latin-1")


async def _refuse(send: Send, status: int, reason: str) -> None:
    headers = [_pair("content-type", "text/plain; charset=utf-8"), *(_pair(k, v) for k, v in HEADERS.items())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": reason.encode()})


def secret(store: Store) -> bytes:
    """Return the database's own secret, made at first use; form tokens are signed with it."""
    with store.write() as session:
        found = session.value("SELECT value FROM setting WHERE name = 'secret'")
        if found is None:
            found = secrets.token_hex(32)
            session.run("INSERT INTO setting (name, value) VALUES ('secret', :value)", value=found)
    return bytes.fromhex(found)


def visitor(request: Request) -> str:
    """Return the visitor's random mark from the cookie, or a new one."""
    mark = request.cookies.get(COOKIE, "")
    return mark if len(mark) == 32 and mark.isalnum() else secrets.token_hex(16)


def form_token(key: bytes, mark: str) -> str:
    """Return what a form must carry: it belongs to one visitor and cannot be guessed by another page."""
    return hmac.new(key, mark.encode(), sha256).hexdigest()


def valid_form_token(key: bytes, request: Request, token: str) -> bool:
    """Tell whether a form's token belongs to the visitor who sends it."""
    mark = request.cookies.get(COOKIE, "")
    return bool(mark) and hmac.compare_digest(form_token(key, mark), token)
