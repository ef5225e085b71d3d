"""Tiny experiments that really train, a launcher that carries jobs out in this process, and one that only pretends."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from seqgan import api
from seqgan.bench.jobs import BUSY, Job, Places
from seqgan.bench.runner import Grid, Outcome, Runner
from seqgan.bench.seed import carry_out
from seqgan.errors import SeqganError
from seqgan.progress import Progress
from seqgan.results.record import Record, RecordedScore, Swept
from seqgan.results.record import write as write_record

QUIET = Progress(quiet=True)
TASK = '[task]\nname = "oracle_grammar"\ntrain_rows = 60\nvalid_rows = 20\ntest_rows = 20\n'
MLE = (
    TASK + '[generator]\nname = "lstm"\nembedding = 4\nhidden = 8\n'
    '[algorithm]\nname = "mle"\nepochs = 2\nbatch = 16\n'
    "[run]\nevaluate_samples = 10\nfinal_samples = 20\nevaluate_every = 1\ncheckpoint_minutes = 0\n"
)
SEQGAN = (
    TASK + '[generator]\nname = "lstm"\nembedding = 4\nhidden = 8\n'
    '[discriminator]\nname = "cnn_highway"\nscale = 0.02\n[credit]\nname = "sequence"\n'
    '[algorithm]\nname = "seqgan"\npretrain_epochs = 2\npretrain_discriminator_steps = 1\nsteps = 2\n'
    "negatives = 16\nbatch = 8\nd_batch = 16\n"
    "[run]\nevaluate_samples = 10\nfinal_samples = 20\nevaluate_every = 1\ncheckpoint_minutes = 0\n"
)


def write(folder: Path, **texts: str) -> dict[str, Path]:
    """Write experiment files and return name -> path."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = {name: folder / f"{name}.toml" for name in texts}
    for name, path in paths.items():
        path.write_text(texts[name], encoding="utf-8")
    return paths


def job(file: Path, seed: int = 1) -> Job:
    """Return the job of an experiment file."""
    return Job(file, api.experiment(file, seed=seed))


def places(folder: Path) -> Places:
    """Return runs/ and results/ below a folder."""
    return Places(folder / "runs", folder / "results")


class Inline:
    """Carries jobs out at once in this process, as a job's process would; counts them."""

    def __init__(self, where: Places, temperatures: tuple[float, ...] = ()) -> None:
        self.where, self.temperatures = where, temperatures
        self.started: list[str] = []

    def start(self, job: Job, slot: int) -> Any:
        self.started.append(job.key)
        log = self.where.log(job)
        log.parent.mkdir(parents=True, exist_ok=True)
        try:
            carry_out(job, self.where, self.temperatures, QUIET)
        except SeqganError as error:
            log.write_text(f"error: {error}\n", encoding="utf-8")
            return Over(error.exit_code)
        return Over(0)


class Over:
    """A job that has ended."""

    def __init__(self, code: int) -> None:
        self.code = code

    def poll(self) -> int | None:
        return self.code

    def stop(self) -> None:
        pass


class Pretending:
    """Trains nothing: a job says a line and writes a record in a thread, unless there is a code for it to end with."""

    def __init__(self, where: Places, codes: Sequence[int] = (), lines: Sequence[str] = ()) -> None:
        self.where, self.codes, self.lines = where, list(codes), list(lines)
        self.started: list[str] = []

    def start(self, job: Job, slot: int) -> Any:
        self.started.append(job.key)
        if self.lines:
            with self.where.log(job).open("a", encoding="utf-8") as log:
                log.write(self.lines.pop(0) + "\n")
        if self.codes:
            return Over(self.codes.pop(0))
        pretence = Pretence(self.where, job)
        pretence.start()
        return pretence


class Pretence(threading.Thread):
    """A job that claims itself only after a while, as a process does that has PyTorch to import first."""

    def __init__(self, where: Places, job: Job) -> None:
        super().__init__()
        self.where, self.job, self.code = where, job, BUSY

    def run(self) -> None:
        time.sleep(0.1)
        with self.where.claimed(self.job) as mine:
            if mine:
                time.sleep(0.1)
                write_record(self.where.record_path(self.job), record(self.job.name, self.job.seed))
                self.code = 0

    def poll(self) -> int | None:
        return None if self.is_alive() else self.code

    def stop(self) -> None:
        pass


def run(jobs: list[Job], where: Places, temperatures: tuple[float, ...] = ()) -> tuple[Outcome, list[str]]:
    """Run a grid in this process; return its outcome and the keys of the jobs that were started."""
    launcher = Inline(where, temperatures)
    return Runner(Grid(jobs, where, temperatures), launcher, QUIET).run(), launcher.started


def score(name: str, value: float | None, direction: str = "lower", signature: str = "") -> RecordedScore:
    """Return a recorded score."""
    made = signature or f"{name}|hypotheses:10|temperature:1.0|data:abc|version:1"
    return RecordedScore(name=name, value=value, signature=made, direction=direction, n=10)  # type: ignore[arg-type]


def record(experiment: str, seed: int, **more: Any) -> Record:
    """Return a finished record with what is given."""
    values: dict[str, Any] = {"experiment": experiment, "seed": seed, "status": "finished", "config": {"seed": seed}}
    return Record.model_validate(values | more)


def swept(checkpoint: str, *points: tuple[float, float, float]) -> list[Swept]:
    """Return a sweep: (temperature, nll_oracle, nll_gen) a point."""
    return [
        Swept(checkpoint=checkpoint, temperature=t, scores=[score("nll_oracle", q), score("nll_gen", d)])
        for t, q, d in points
    ]
