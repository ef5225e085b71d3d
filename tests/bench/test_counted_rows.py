"""The row that is added to an older record is the one that a run of today has."""

from __future__ import annotations

from pathlib import Path

from bench.grids import MLE, QUIET, job, places, write
from house.source import ROOT, script_at
from seqgan.bench.seed import carry_out
from seqgan.records import NGRAM
from seqgan.results import record


def test_an_older_record_gets_the_very_row_that_its_run_would_have(tmp_path: Path) -> None:
    path = carry_out(job(write(tmp_path, tiny=MLE)["tiny"]), places(tmp_path), (), QUIET)
    today = record.read(path)
    older = today.model_copy(update={"scores": {k: v for k, v in today.scores.items() if k != NGRAM}})
    assert today.scores[NGRAM]
    found = script_at(ROOT / "benchmarks" / "counted_rows.py").with_row(older)
    assert found.scores == today.scores
