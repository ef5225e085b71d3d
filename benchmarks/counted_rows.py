"""Add the row of a counted 4-gram model to finished records that were written before runs had it.

.venv/bin/python benchmarks/counted_rows.py results/*-mle/seed-*.json

It is measured as a run would at its end: the same task and seed, as many samples, the test split. Records that have the
row stay as they are; each that is changed is printed.
"""

from __future__ import annotations

import sys
from pathlib import Path

import torch

from seqgan.config import resolve
from seqgan.progress import Progress
from seqgan.records import NGRAM
from seqgan.results import record
from seqgan.results.record import Record, RecordedScore
from seqgan.runs.evaluation import Evaluator
from seqgan.runs.final import measure_counted
from seqgan.runs.journal import plain
from seqgan.runs.train import load_task


def with_row(found: Record) -> Record:
    """Return a record with the row, its task loaded anew."""
    experiment = resolve(("record", found.config))
    evaluator = Evaluator(load_task(experiment, Progress(quiet=True)), torch.device("cpu"))
    measured = measure_counted(evaluator, experiment.run.final_samples, experiment.seed)
    scores = [RecordedScore.model_validate(plain(score.as_dict())) for score in measured.scores.values()]
    return found.model_copy(update={"scores": {**found.scores, NGRAM: scores}})


def main() -> None:
    """Change what the arguments name."""
    for path in map(Path, sys.argv[1:]):
        found = record.read(path)
        if found.status == "finished" and NGRAM not in found.scores:
            record.write(path, with_row(found))
            print(path)


if __name__ == "__main__":
    main()
