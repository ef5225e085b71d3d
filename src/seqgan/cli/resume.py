"""Go on with a run exactly where it stopped."""

from __future__ import annotations

from seqgan.cli._options import Run


def command(run: Run) -> None:
    """Go on with an interrupted or killed run; the result is that of a run that was never stopped.

    Example: seqgan resume runs/oracle_grammar-seqgan-seed1
    """
    from seqgan import api
    from seqgan.cli import _training

    _training.conclude(api.resume(run))
