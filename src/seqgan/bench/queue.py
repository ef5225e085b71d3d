"""The queue's journal: one JSON object a line, only appended, so that several runners may write to one file."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from seqgan.results import lines
from seqgan.results.record import Failure

ATTEMPTS = 2  # of a run before it is given up: a failed run is tried once more


def note(path: Path, event: str, job: str, **values: Any) -> None:
    """Append one event ("start", "failed", "finished", "stopped", "retry") of a job in one write."""
    lines.append(path, {"event": event, "job": job, **values, "time": moment()})


def moment() -> str:
    """Return the present time, UTC."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def events(path: Path) -> list[dict[str, Any]]:
    """Return every event, oldest first."""
    return lines.rows(path)


def failures(found: Sequence[dict[str, Any]], job: str) -> list[Failure]:
    """Return every failed attempt of a job."""
    own = [event for event in found if event["job"] == job and event["event"] == "failed"]
    return [Failure(attempt=n, error=event["error"], time=event["time"]) for n, event in enumerate(own, 1)]


def is_given_up(found: Sequence[dict[str, Any]], job: str) -> bool:
    """Return whether a job failed as often as is allowed since it was last granted new attempts ("retry")."""
    own = [event["event"] for event in found if event["job"] == job]
    fresh = own[len(own) - own[::-1].index("retry") :] if "retry" in own else own
    return fresh.count("failed") >= ATTEMPTS
