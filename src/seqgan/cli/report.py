"""Write report.html for a run: learning curves, the comparison with plain likelihood training, samples, cost."""

from __future__ import annotations

from seqgan.cli._options import Run
from seqgan.cli._output import say


def command(run: Run) -> None:
    """Write the run's report.html, one file without scripts or links to elsewhere, also while it is still training.

    Example: seqgan report runs/oracle_grammar-seqgan-seed1
    """
    from seqgan import api

    say(str(api.report(run)))
