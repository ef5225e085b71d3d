"""How long the measuring of a run will take: a few real rows are measured as its samples will be."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from seqgan.records import REFERENCES

if TYPE_CHECKING:
    from seqgan.config import Experiment
    from seqgan.runs.build import Built

_ROWS = (8, 64)  # the time of two sizes says what a row costs, and what every call costs
_ACCURACY = 256  # rows drawn for the discriminator's accuracy after every step


def measuring(experiment: Experiment, built: Built, epochs: int, steps: int) -> float:
    """Return the seconds of all evaluations: validation losses, tables on the way, the final table of every checkpoint.

    The networks are left as they are and no random stream of the run is used. A metric that cannot judge so few rows
    leaves all of them out of account.
    """
    from seqgan.runs.evaluation import VALID_ROWS

    run, task, trial = experiment.run, built.task, _Trial(built)
    held_out, drawn = trial.held_out(), trial.drawn()
    rows = min(VALID_ROWS, len(task.valid))
    each, row = trial.table(rows)
    tables = -(-epochs // run.evaluate_every) - (-steps // run.evaluate_every)
    table = each + (row + drawn) * run.evaluate_samples + held_out * rows
    losses = (epochs + steps) * held_out * len(task.valid) + steps * drawn * _ACCURACY
    checkpoints = 2 * (bool(epochs) + bool(steps))  # the last and the best of each stage
    final = (checkpoints + len(REFERENCES)) * (each * len(task.test) / max(1, rows) + row * run.final_samples)
    final += checkpoints * (drawn * run.final_samples + 2 * held_out * len(task.test))
    return tables * table + losses + final


class _Trial:
    """The parts of an evaluation, timed on real rows, whose lengths are those of a trained generator's."""

    def __init__(self, built: Built) -> None:
        import torch

        self.task, self.device = built.task, built.device
        self.generator: Any = built.networks["generator"]
        self.rng = torch.Generator(device=built.device).manual_seed(0)

    def held_out(self) -> float:
        """Return the seconds a row of a likelihood."""
        from seqgan.runs.evaluation import log_prob

        real = self.task.valid.samples(slice(0, _ROWS[1]), self.device)
        return _linear(lambda n: log_prob(self.generator, real.ids[:n], real.mask[:n]), len(real))[1]

    def drawn(self) -> float:
        """Return the seconds a sample; an untrained generator seldom ends, so rows count by the real mean length."""
        from seqgan.functional.sampling import sample

        def draw(n: int) -> None:
            sample(self.generator, n, self.task.max_len, None, self.rng)

        share: float = self.task.train.lengths.float().mean().item() / self.task.max_len
        return share * _linear(draw, _ROWS[1])[1]

    def table(self, rows: int) -> tuple[float, float]:
        """Return the seconds of a table with ``rows`` references, and what a sample adds, decoding included."""
        from seqgan.errors import SeqganError
        from seqgan.records import Samples
        from seqgan.runs.evaluation import Evaluator

        evaluator = Evaluator(self.task, self.device)
        real = self.task.train.samples(slice(0, _ROWS[1]), self.device)

        def measure(n: int) -> None:
            evaluator.measure(None, evaluator.decoded(Samples(real.ids[:n], real.mask[:n])), "valid", rows)

        try:
            return _linear(measure, len(real))
        except SeqganError:
            return 0.0, 0.0


def _linear(part: Callable[[int], Any], most: int) -> tuple[float, float]:
    """Return the seconds that every call of ``part`` takes, and those a row; the first call only prepares."""
    few, many = (min(rows, most) for rows in _ROWS)
    part(few)
    short, long = seconds_of(part, few), seconds_of(part, many)
    row = max(0.0, long - short) / (many - few) if many > few else long / max(1, many)
    return max(0.0, short - few * row), row


def seconds_of(part: Callable[[int], Any], rows: int) -> float:
    """Return the seconds that ``part`` takes with ``rows`` rows."""
    begin = time.perf_counter()
    part(rows)
    return time.perf_counter() - begin
