"""How long a run will take: its own parts are tried on a few rows, and the settings say how often.

What is counted begins where the trial ends: training, rewards with the decoding that a user's function needs,
measuring on the way and at the end. A user's function itself is not called.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

from seqgan.bench.measuring import measuring, seconds_of

if TYPE_CHECKING:
    from seqgan.config import Experiment
    from seqgan.runs.build import Built

_SECONDS = 1.0  # a trial may take; costlier ones are scaled up from fewer rows
_FEW = 4
_TIMES = 3  # so often is a whole batch timed: the first of a size pays for what is set up for it


@dataclass(frozen=True)
class Estimate:
    """Seconds of the parts of a run, and how often they are done.

    ``measuring`` is that of all evaluations; ``own`` says that a user's function comes on top.
    """

    epoch: float
    epochs: int
    step: float
    steps: int
    before: float
    measuring: float
    own: bool

    @property
    def total(self) -> float:
        """Return the seconds of the whole training."""
        return self.epochs * self.epoch + self.before + self.steps * self.step + self.measuring


def estimate(experiment: Experiment, built: Built) -> Estimate | None:
    """Return the estimate, or None for an algorithm whose settings count no epochs and steps by these names.

    The networks are left as they are and no random stream of the run is used.
    """
    import torch

    from seqgan.functional.precision import matrix_precision
    from seqgan.rewards import own_functions

    settings = experiment.parts["algorithm"]
    epochs = _count(settings, "pretrain_epochs") or (0 if _count(settings, "steps") else _count(settings, "epochs"))
    steps = _count(settings, "steps")
    if not epochs and not steps:
        return None
    own = own_functions(built.reward)
    with torch.random.fork_rng(devices=[]), matrix_precision(experiment.run.dtype), _stand_ins(own):
        parts = _tried(_Trial(experiment, built), settings)
    several = learners(_count(settings, "mediators"), built.reward)
    epoch = len(built.task.train) * (parts.row + (parts.drawn if hasattr(settings, "omega") else 0.0))
    followed = built.reward is None and several * steps > 0
    step = parts.followed(settings, several) if followed else parts.rewarded(settings, several)
    before = parts.labelled(settings) * _count(settings, "pretrain_discriminator_steps")
    measured = measuring(experiment, built, epochs, steps)
    return Estimate(epoch, epochs * several, step, steps, before, measured, bool(own))


def _count(settings: Any, name: str) -> int:
    return int(getattr(settings, name, 0))


@dataclass(frozen=True)
class _Parts:
    """Seconds a row: learned from, drawn, read without a gradient, weighed by the credit rule, judged and learned."""

    row: float
    drawn: float
    read: float
    searched: float
    pair: float

    def labelled(self, settings: Any) -> float:
        """Return the seconds of a set of negatives, drawn and learned from beside as many real rows."""
        if not self.pair:  # no discriminator learns
            return 0.0
        return _count(settings, "negatives") * (self.drawn + self.pair * 2 * _count(settings, "epochs"))

    def rewarded(self, settings: Any, several: int) -> float:
        """Return the seconds of a round whose generator learns from rewards."""
        real = self.row * (getattr(settings, "mle_weight", 0) > 0)
        generator = (self.drawn + self.searched + self.row + real) * _count(settings, "g_steps")
        mediators = self.row * _count(settings, "m_steps") * several
        trained = self.labelled(settings) * _count(settings, "d_steps")
        return (generator + mediators) * _count(settings, "batch") + trained

    def followed(self, settings: Any, mediators: int) -> float:
        """Return the seconds of a round of cooperative training: a mediator draws half of the rows it learns from."""
        generator = (self.drawn + self.read * mediators + self.row) * _count(settings, "g_steps")
        own = (self.drawn / 2 + self.row) * mediators * _count(settings, "m_steps")
        return (generator + own) * _count(settings, "batch")


def _tried(trial: _Trial, settings: Any) -> _Parts:
    """Return the seconds of the parts that the settings use, 0 for the others."""
    batch, rounds = _count(settings, "batch"), _count(settings, "steps") > 0
    searched, trained = rounds and trial.reward is not None, "discriminator" in trial.networks
    return _Parts(
        row=trial.seconds(trial.likelihood, batch),
        drawn=trial.seconds(trial.draw, batch) if rounds or hasattr(settings, "omega") else 0.0,
        read=trial.seconds(trial.read, batch) if rounds and not searched else 0.0,
        searched=trial.seconds(trial.search, batch) if searched else 0.0,
        pair=trial.seconds(trial.judge, _count(settings, "d_batch")) if trained and trial.by_discriminator else 0.0,
    )


def learners(mediators: int, reward: Any) -> int:
    """Return how many networks learn by likelihood: the mediators, of which the generator is one without a reward."""
    if reward is None:
        return max(mediators, 1)
    return 1 + mediators * bool(getattr(reward, "uses_mediators", False))


@contextmanager
def _stand_ins(functions: tuple[Any, ...]) -> Iterator[None]:
    """Let a constant answer in place of the user's functions: nobody calls those before the run."""
    real = [function.function for function in functions]
    try:
        for function in functions:
            function.function = lambda rows: [0.0] * len(rows)
        yield
    finally:
        for function, kept in zip(functions, real, strict=True):
            function.function = kept


class _Trial:
    """A few rows through each part of a run, timed."""

    def __init__(self, experiment: Experiment, built: Built) -> None:
        import torch

        self.experiment, self.task = experiment, built.task
        self.networks: Mapping[str, Any] = built.networks
        self.rng = torch.Generator(device=built.device).manual_seed(0)
        self.reward: Any = built.reward
        self.by_discriminator = getattr(self.reward, "uses_discriminator", True)

    def seconds(self, part: Callable[[int], None], rows: int) -> float:
        """Return the seconds a row that ``part`` takes with ``rows`` rows; a costly part is tried on fewer.

        The first call is not counted: it pays for what is set up once. What every call costs, however few its rows,
        is taken off before the time is scaled up.
        """
        first = seconds_of(part, 1)
        if first > 2 * _SECONDS:
            return first
        few = min(_FEW, rows)
        spent = seconds_of(part, few)
        if spent * rows / few < _SECONDS:
            return median(seconds_of(part, rows) for _ in range(_TIMES)) / rows
        more = min(rows, 3 * _FEW)
        longer = seconds_of(part, more) if more > few else spent
        slope = (longer - spent) / (more - few) if longer > spent else longer / more
        return (spent + slope * (rows - few)) / rows

    def likelihood(self, rows: int) -> None:
        """Take one step of maximum likelihood, without the optimiser."""
        from seqgan.functional.losses import sequence_nll

        generator = self.networks["generator"]
        ids, mask = self._real(rows)
        sequence_nll(generator(ids), ids, mask).backward()  # type: ignore[no-untyped-call]
        generator.zero_grad(set_to_none=True)

    def draw(self, rows: int) -> None:
        """Draw rows of the mean length: an untrained generator hardly ever ends one."""
        from seqgan.functional.sampling import sample

        sample(self.networks["generator"], rows, self._width(self._real(rows)[1]), None, self.rng)

    def read(self, rows: int) -> None:
        """Read real rows as a mediator does, without a gradient."""
        import torch

        from seqgan.functional.sampling import evaluating

        generator = self.networks["generator"]
        with torch.no_grad(), evaluating(generator):
            generator(self._real(rows)[0])

    def search(self, rows: int) -> None:
        """Weigh real rows by the credit rule, all cut to the mean length and without an end symbol.

        An untrained generator hardly ever ends a row: its own rows and rollouts would be far too long.
        """
        from seqgan import registry
        from seqgan.records import Samples

        rule = registry.load("credit", self.experiment.names["credit"])
        ids, mask = self._real(rows)
        width = self._width(mask)
        drawn = Samples(ids[:, :width], mask[:, :width] | True)
        rule.credit(drawn, self.networks["generator"], self.reward, self.experiment.parts["credit"], self.rng, end=None)

    def judge(self, rows: int) -> None:
        """Take one step of the discriminator, without the optimiser."""
        discriminator = self.networks["discriminator"]
        discriminator(*self._real(rows))[0].sum().backward()
        discriminator.zero_grad(set_to_none=True)

    @staticmethod
    def _width(mask: Any) -> int:
        return max(2, round(float(mask.sum(dim=1).float().mean())))

    def _real(self, rows: int) -> tuple[Any, Any]:
        from seqgan.functional.masks import trim

        real = self.task.train.samples(slice(0, rows), self.networks["generator"].device)
        return trim(real.ids, real.mask)
