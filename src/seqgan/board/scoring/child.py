"""The process that scores one submission: JSON in on the standard input, one JSON out on the standard output.

It has no database, no token and no address of the board; it reads the samples from a folder, the benchmark's data from
this machine, and it ends at once when the worker that started it is gone.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any, TextIO

from seqgan.board.scoring import limits
from seqgan.errors import SeqganError

GONE = 9


def main() -> int:
    """Score what the standard input names; returns the exit code."""
    job = json.loads(sys.stdin.readline())
    limits.apply(limits.Limits(**job["limits"]))
    threading.Thread(target=_leave_with, args=(sys.stdin,), daemon=True).start()
    begun = time.monotonic()
    try:
        answer = {"ok": True, **_score(job)}
    except SeqganError as error:
        answer = {"ok": False, "problem": error.problem, "remedy": error.remedy}
    except MemoryError:
        answer = {"ok": False, "problem": "The memory limit does not suffice.", "remedy": "Raise it: --memory."}
    answer |= {"seconds": round(time.monotonic() - begun, 2), "peak_bytes": limits.peak_bytes()}
    sys.stdout.write(json.dumps(answer, allow_nan=False) + "\n")
    sys.stdout.flush()
    return 0


def _leave_with(stream: TextIO) -> None:
    """End this process when the other end of the pipe closes: nobody waits for the answer any more."""
    while stream.readline():
        continue
    os._exit(GONE)


def _score(job: dict[str, Any]) -> dict[str, Any]:
    from seqgan.board.benchmarks import Contract
    from seqgan.board.scoring.measure import Decoding, measure

    contract = Contract.model_validate(job["contract"])
    seeds = {int(seed): _rows(Path(path)) for seed, path in job["files"].items()}
    return measure(contract, seeds, Decoding(**job["decoding"])).as_dict()


def _rows(path: Path) -> list[Any]:
    """Return the texts or ids of a file that was checked when it came in."""
    with path.open(encoding="utf-8", newline="\n") as lines:
        samples = [json.loads(line) for line in lines]
    return [sample["text"] if "text" in sample else sample["ids"] for sample in samples]


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    os._exit(code)  # without waiting for the thread that watches the pipe
