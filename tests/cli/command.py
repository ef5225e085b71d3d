"""Running a command in this process, as a person would type it, and what it said."""

from __future__ import annotations

import io
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass

from seqgan.cli.main import run


@dataclass(frozen=True)
class Said:
    """The exit code, the results and the messages of a command."""

    code: int
    out: str
    err: str


def seqgan(*arguments: object) -> Said:
    """Run ``seqgan ARGUMENTS`` and return what it said."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = run([str(argument) for argument in arguments])
    return Said(code, out.getvalue(), err.getvalue())
