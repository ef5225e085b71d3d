"""Maximum likelihood by teacher forcing, to the minimum of the validation loss: the baseline of every table.

Source: Yu et al. 2017, Alg. 1, line 2, and the authors' code (LantaoYu/SeqGAN, ``sequence_gan.py``), whose values
are given with each setting.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass

import torch
from pydantic import Field
from torch import Tensor

from seqgan import config
from seqgan.data.task import Split
from seqgan.functional.losses import sequence_nll
from seqgan.functional.masks import trim
from seqgan.functional.precision import matrix_precision
from seqgan.functional.sampling import evaluating
from seqgan.generators import Generator
from seqgan.runs.session import Session
from seqgan.runs.shelf import Training

PARTS = {"generator": "lstm"}


class Settings(config.Settings):
    """Settings of maximum likelihood; "authors" is what the authors' code uses on the synthetic task."""

    epochs: int = Field(30, ge=0, description="passes over the training data at most (authors: 120); 0: untrained")
    patience: int = Field(3, ge=0, description="epochs without a better validation loss before it stops; 0: never")
    batch: int = Field(64, ge=1, description="sequences an update (authors: 64)")
    learning_rate: float = Field(0.01, gt=0, description="of Adam (authors: 0.01)")
    decay: float = Field(
        0.3, gt=0, le=1, description="learning-rate factor after an epoch without a better validation loss (authors: 1)"
    )
    clip: float = Field(5.0, gt=0, description="largest norm of the gradient (authors: 5)")


class PretrainSettings(config.Settings):
    """Settings of the likelihood training before an adversarial stage; "authors" is SeqGAN's on the synthetic task."""

    pretrain_epochs: int = Field(30, ge=0, description="MLE epochs at most (authors: 120)")
    patience: int = Field(3, ge=0, description="MLE epochs without a better validation loss; 0: never stop (authors)")
    pretrain_batch: int = Field(64, ge=1, description="sequences an update of MLE (authors: 64)")
    pretrain_learning_rate: float = Field(0.01, gt=0, description="Adam in MLE (authors: 0.01)")
    pretrain_decay: float = Field(
        0.3, gt=0, le=1, description="learning-rate factor after an MLE epoch that is not the best (authors: 1)"
    )
    clip: float = Field(5.0, gt=0, description="largest norm of a generator's gradient (authors: 5)")


def run(session: Session, settings: Settings) -> None:
    """Train ``session.generator`` on the training split."""
    session.optimizer("generator", settings.learning_rate, clip=settings.clip)
    plan = Plan(settings.epochs, settings.batch, settings.patience, settings.decay)
    maximum_likelihood(session, "generator", plan)


@dataclass(frozen=True)
class Plan:
    """How long maximum likelihood goes on: epochs at most, rows of a batch, patience in epochs, learning-rate decay.

    ``phase`` names the phase, ``stage`` the kept weights and the events; ``evaluated`` says whether the task's
    metrics are measured on the way.
    """

    epochs: int
    batch: int
    patience: int
    decay: float
    phase: str = "pretrain_generator"
    stage: str = "mle"
    evaluated: bool = True


Loss = Callable[[Session, int, Tensor, Tensor], Tensor]
"""Maps the session, the epoch (from 0), real ids (B, T) and mask (B, T) to a loss in nats a token."""


def teacher_forcing(s: Session, epoch: int, ids: Tensor, mask: Tensor) -> Tensor:
    """Return the NLL in nats a token of real rows ids (B, T), mask (B, T), each token given the real ones before it."""
    return sequence_nll(s.generator(ids), ids, mask)


def maximum_likelihood(s: Session, optimizer: str, plan: Plan, loss: Loss = teacher_forcing) -> None:
    """Minimise ``loss`` on the training split, an epoch being one pass over its rows.

    The weights of the epoch with the best validation NLL are kept; after every epoch that is not the best so far the
    learning rate falls, and training stops ``patience`` epochs after the best. Without the decay the loss would stay
    above its minimum, and any later stage with a smaller learning rate would seem to help.
    Deviations from the authors' code: every epoch draws its batches anew (there they are always the same), the
    learning rate falls (there it is constant), and the validation loss ends the training (there 120 epochs).
    In a grid, a run that begins this with the same state as an earlier one takes it over (``runs/shelf``).
    """
    if loss is teacher_forcing:
        training = Training(plan.phase, plan.stage, optimizer, plan.epochs, plan.evaluated, asdict(plan))
        s.shelf.learn(training, lambda: _epochs(s, optimizer, plan, loss))
    else:
        _epochs(s, optimizer, plan, loss)


def _epochs(s: Session, optimizer: str, plan: Plan, loss: Loss) -> None:
    train = s.task.train
    for epoch in s.phase(plan.phase, plan.epochs):
        for (rows,) in s.batches("batches", (torch.arange(len(train)),), plan.batch):
            real = train.samples(rows.cpu(), s.device)
            ids, mask = trim(real.ids, real.mask)
            s.step(optimizer, loss(s, epoch, ids, mask))
        best = validate(s, plan.stage)
        if not best:
            s.slow_down(optimizer, plan.decay)
        stop = 0 < plan.patience <= s.since_best(plan.stage)
        if stop:
            s.end_phase()
        if plan.evaluated and (stop or is_due(s, epoch, plan.epochs)):
            s.evaluate(plan.stage)


def validate(s: Session, stage: str, **values: float) -> bool:
    """Measure the generator's validation loss, keep its weights for ``stage`` and log both with ``values``.

    Returns whether the loss (nats a token) is the lowest of the stage so far.
    """
    nll = held_out_nll(s.generator, s.task.valid, s.device, skip=s.task.untaught)
    best = s.keep_best(stage, nll)
    s.log(stage, valid_nll=nll, best=best, **values)
    return best


def held_out_nll(
    generator: Generator, split: Split, device: torch.device, rows: int = 1024, skip: int | None = None
) -> float:
    """Return the NLL of a split in nats a token (total nats / total tokens), without dropout.

    ``rows`` are taken at a time; positions that hold the id ``skip`` do not count.
    """
    nats, tokens = 0.0, 0
    with evaluating(generator), matrix_precision("fp32"):
        for start in range(0, len(split), rows):
            real = split.held_out(slice(start, start + rows), device, skip)
            ids, mask = trim(real.ids, real.mask)
            count = int(mask.sum())
            nats += count * float(sequence_nll(generator(ids), ids, mask))
            tokens += count
    return nats / max(tokens, 1)


def is_due(s: Session, index: int, count: int) -> bool:
    """Tell whether iteration ``index`` (from 0) of ``count`` is to be evaluated: every so many, and the last."""
    return (index + 1) % s.experiment.run.evaluate_every == 0 or index + 1 == count
