"""Keeps the data of pages until something changes that they can show: what many read at once is read once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import BoundedSemaphore, Lock

from seqgan.board.session import Session
from seqgan.board.store import state
from seqgan.board.web.page import Page

MOST = 128
AT_ONCE = 2  # Python runs one thread at a time: many that read a database in turn take longer than one after another


class Memory:
    """The pages asked for last, of one state of the database."""

    def __init__(self, most: int = MOST, at_once: int = AT_ONCE) -> None:
        """Keep at most so many pages, make at most so many at once."""
        self._most = most
        self._state = ""
        self._pages: OrderedDict[Hashable, Page] = OrderedDict()
        self._lock = Lock()
        self._making = BoundedSemaphore(at_once)

    def page(self, session: Session, key: Hashable, make: Callable[[], Page]) -> Page:
        """Return the page of a key, made anew where it is not known or the database has changed since."""
        now = state(session)
        known = self._known(now, key)
        if known is not None:
            return known
        with self._making:
            known = self._known(now, key)  # another reader may have made it meanwhile
            return known if known is not None else self._keep(now, key, make())

    def _known(self, now: str, key: Hashable) -> Page | None:
        with self._lock:
            if now != self._state:
                self._pages.clear()
                self._state = now
            if key in self._pages:
                self._pages.move_to_end(key)
            return self._pages.get(key)

    def _keep(self, now: str, key: Hashable, made: Page) -> Page:
        with self._lock:
            if now == self._state:
                self._pages[key] = made
                while len(self._pages) > self._most:
                    self._pages.popitem(last=False)
        return made
