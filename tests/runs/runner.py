"""Run or resume in a process of its own: ``runner.py train FOLDER OVERRIDE...`` or ``runner.py resume FOLDER``."""

from __future__ import annotations

import resource
import sys
from pathlib import Path

from seqgan.config import parse_overrides, resolve
from seqgan.errors import SeqganError
from seqgan.runs.train import resume, train


def main(arguments: list[str]) -> int:
    """Do what the arguments say and return the exit code of the command line."""
    if arguments[0].startswith("limit="):
        size = int(arguments.pop(0).removeprefix("limit="))
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    command, folder, *overrides = arguments
    try:
        if command == "train":
            train(resolve(("test", parse_overrides(overrides))), Path(folder))
        else:
            resume(Path(folder))
    except SeqganError as error:
        sys.stderr.write(f"error: {error}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
