"""Where a run stands: nested phases that resume where they stopped, and values that are computed only once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from seqgan.errors import RunError


@dataclass
class Frame:
    """One open iteration: ``path`` of its phase, number of the iteration (from 0) and how many there are."""

    path: str
    index: int
    count: int
    touched: bool = False

    @property
    def name(self) -> str:
        """Return the phase's own name."""
        return self.path.rpartition("/")[2]


class Positions:
    """The finished iterations of every phase that is open or done, and the values computed in open iterations.

    The end of every iteration is a boundary: there, and only there, the state can be saved. What stands
    between two boundaries is done again by a resumed run, so a body holds either nested phases and values computed
    once, or is one piece. A body that changes something and then opens a phase is refused.
    """

    def __init__(self, boundary: Callable[[bool], None]) -> None:
        """Call ``boundary(is_top_level)`` after every finished iteration."""
        self._boundary = boundary
        self._finished: dict[str, int] = {}
        self._values: dict[str, dict[str, Any]] = {}
        self._ending: set[str] = set()
        self._entered: set[str] = set()
        self._stack = [Frame("", 0, 1)]
        self._computing = False
        self.stage_over = False  # at a boundary: has a top-level phase come to its end?

    def phase(self, name: str, count: int) -> Iterator[int]:
        """Yield the numbers of the iterations that are still to do, from 0 to ``count`` - 1.

        Raises RunError for a name with a slash, for a phase opened twice in one iteration, inside a value computed
        once, or after its body has changed something.
        """
        path = self._open(name)
        depth = len(self._stack)
        while self._finished.get(path, 0) < count:
            index = self._finished.get(path, 0)
            self._stack.append(Frame(path, index, count))
            try:
                yield index
            except GeneratorExit:  # left with `break`: the phase is over
                self._close(path, count, depth)
                raise
            self._close(path, count if path in self._ending else index + 1, depth)
            self.stage_over = depth == 1 and self._finished[path] >= count
            self._boundary(depth == 1)
        self._finished[path] = max(count, self._finished.get(path, 0))

    def _open(self, name: str) -> str:
        parent = self._stack[-1]
        path = f"{parent.path}/{name}".lstrip("/")
        if not name or "/" in name:
            raise RunError(f"'{name}' cannot name a phase.", "Use a word without a slash.")
        if self._computing:
            raise RunError(f"The phase '{path}' is opened inside a value computed once.", "Open it outside.")
        if path in self._entered:
            raise RunError(f"The phase '{path}' is opened twice in one iteration.", "Give each its own name.")
        if parent.touched:
            raise RunError(
                f"The phase '{path}' is opened after something was changed or logged in the same body.",
                "A resumed run would do that twice: put it into a phase of its own or into `once`.",
            )
        self._entered.add(path)
        return path

    def _close(self, path: str, finished: int, depth: int) -> None:
        """Forget everything inside the iteration that has ended."""
        del self._stack[depth:]
        self._finished[path] = finished
        inside = path + "/"
        self._values.pop(path, None)
        self._ending.discard(path)
        for store in (self._finished, self._values):
            for key in [key for key in store if key.startswith(inside)]:
                del store[key]
        for marks in (self._entered, self._ending):
            marks.difference_update([key for key in marks if key.startswith(inside)])

    def once(self, name: str, compute: Callable[[], Any]) -> Any:
        """Return ``compute()``, computed once in the open iteration, also when the run is resumed inside it."""
        values = self._values.setdefault(self._stack[-1].path, {})
        if name not in values:
            computing, self._computing = self._computing, True
            try:
                values[name] = compute()
            finally:
                self._computing = computing
        return values[name]

    def end_phase(self) -> None:
        """Let the innermost open phase end after this iteration; raises RunError where none is open."""
        if len(self._stack) == 1:
            raise RunError("No phase is open that could end.")
        self._ending.add(self._stack[-1].path)

    def has_begun(self, path: str) -> bool:
        """Tell whether something of the phase ``path`` is done already."""
        known = [*self._finished, *self._values]
        return any(key == path or key.startswith(f"{path}/") for key in known)

    def touch(self) -> None:
        """Note that the open iteration has changed something, so that no phase may follow in the same body."""
        if not self._computing:
            self._stack[-1].touched = True

    @property
    def frames(self) -> list[Frame]:
        """Return the open iterations, the outermost first."""
        return self._stack[1:]

    def place(self) -> tuple[str, int]:
        """Return the top-level phase and the number (from 1) of its iteration; between phases, the last one's end."""
        if len(self._stack) > 1:
            return self._stack[1].path, self._stack[1].index + 1
        done = [path for path in self._finished if "/" not in path]
        return (done[-1], self._finished[done[-1]]) if done else ("start", 0)

    def inner(self) -> str:
        """Return the nested phases in words, as the journal has them: ``epochs 2, batches 7``; empty at the top."""
        return ", ".join(f"{frame.name} {frame.index + 1}" for frame in self._stack[2:])

    def words(self) -> str:
        """Return the nested phases for a person, as in ``epochs: 2 of 3, batches: 7 of 63``."""
        return ", ".join(f"{frame.name}: {frame.index + 1:,} of {frame.count:,}" for frame in self._stack[2:])

    def state(self) -> dict[str, Any]:
        """Return everything a resumed run needs."""
        values = {path: dict(inside) for path, inside in self._values.items() if inside}
        return {"finished": dict(self._finished), "values": values, "ending": sorted(self._ending)}

    def restore(self, state: dict[str, Any]) -> None:
        """Take over what :meth:`state` returned."""
        self._finished = dict(state["finished"])
        self._values = {path: dict(inside) for path, inside in state["values"].items()}
        self._ending = set(state["ending"])
