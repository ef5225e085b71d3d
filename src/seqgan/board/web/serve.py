"""Runs the web server of a board on this machine until it is stopped."""

from __future__ import annotations

import socket
from collections.abc import Sequence

from seqgan.board.store import Store
from seqgan.board.web.app import create_app
from seqgan.board.web.security import LOCAL_HOSTS
from seqgan.errors import BoardError, MissingExtraError

ADDRESS = "127.0.0.1"


def listen(port: int, address: str = ADDRESS) -> socket.socket:
    """Return a listening socket on a port of this machine (0: any free one). Raises BoardError where it is taken."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    # asyncio switches the 40 ms wait for larger packets off only where the protocol is named.
    taken = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind((address, port))
        taken.listen(128)  # from now on whoever asks waits for the server instead of being refused
    except OSError as error:
        taken.close()
        raise BoardError(
            f"Port {port} cannot be used: {error.strerror}.", "Choose another one: --port 8081."
        ) from error
    return taken


def serve(store: Store, listening: socket.socket, hosts: Sequence[str] = ()) -> None:
    """Answer requests until the process is interrupted; ``hosts`` are further names that the board answers for."""
    try:
        import uvicorn
    except ImportError as error:
        raise MissingExtraError("The board needs uvicorn.", extra="board") from error
    app = create_app(store, (*LOCAL_HOSTS, *hosts))
    config = uvicorn.Config(app, log_level="warning", access_log=False, server_header=False, date_header=False)
    uvicorn.Server(config).run(sockets=[listening])
