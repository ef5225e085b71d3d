"""Maximum likelihood by teacher forcing, to the minimum of the validation loss: the baseline of every table.

Source: Yu et al. 2017, Alg. 1, line 2, and the authors' code (LantaoYu/SeqGAN, ``sequence_gan.py``), whose values
are given with each setting.
"""

from __future__ import annotations

import torch
from pydantic import Field

from seqgan import config
from seqgan.data.task import Split
from seqgan.functional.losses import sequence_nll
from seqgan.functional.precision import matrix_precision
from seqgan.functional.sampling import evaluating
from seqgan.generators import Generator
from seqgan.runs.session import Session

PARTS = {"generator": "lstm"}


class Settings(config.Settings):
    """Settings of maximum likelihood; "authors" is what the authors' code uses on the synthetic task."""

    epochs: int = Field(30, ge=1, description="passes over the training data at most (authors: 120)")
    patience: int = Field(3, ge=0, description="epochs without a better validation loss before it stops; 0: never")
    batch: int = Field(64, ge=1, description="sequences an update (authors: 64)")
    learning_rate: float = Field(0.01, gt=0, description="of Adam (authors: 0.01)")
    clip: float = Field(5.0, gt=0, description="largest norm of the gradient (authors: 5)")


def run(session: Session, settings: Settings) -> None:
    """Train ``session.generator`` on the training split."""
    session.optimizer("generator", settings.learning_rate, clip=settings.clip)
    maximum_likelihood(session, "generator", settings.epochs, settings.batch, settings.patience)


def maximum_likelihood(s: Session, optimizer: str, epochs: int, batch: int, patience: int) -> None:
    """Minimise the NLL (nats a token) of the training split in the phase ``pretrain_generator``.

    The weights of the best epoch are kept as ``mle``; training stops ``patience`` epochs after it.
    Deviations from the authors' code: every epoch draws its batches anew (there they are always the same), and
    training stops after the validation minimum (there after 120 epochs).
    """
    generator, train = s.generator, s.task.train
    for epoch in s.phase("pretrain_generator", epochs):
        for (rows,) in s.batches("batches", (torch.arange(len(train)),), batch):
            real = train.samples(rows.cpu(), s.device)
            s.step(optimizer, sequence_nll(generator(real.ids), real.ids, real.mask))
        nll = held_out_nll(generator, s.task.valid, s.device)
        s.log("mle", valid_nll=nll, best=s.keep_best("mle", nll))
        stop = 0 < patience <= s.since_best("mle")
        if stop:
            s.end_phase()
        if stop or is_due(s, epoch, epochs):
            s.evaluate("mle")


def held_out_nll(generator: Generator, split: Split, device: torch.device, rows: int = 1024) -> float:
    """Return the NLL of a split in nats a token (total nats / total tokens), without dropout; ``rows`` at a time."""
    nats, tokens = 0.0, 0
    with evaluating(generator), matrix_precision("fp32"):
        for start in range(0, len(split), rows):
            real = split.samples(slice(start, start + rows), device)
            count = int(real.mask.sum())
            nats += count * float(sequence_nll(generator(real.ids), real.ids, real.mask))
            tokens += count
    return nats / max(tokens, 1)


def is_due(s: Session, index: int, count: int) -> bool:
    """Tell whether iteration ``index`` (from 0) of ``count`` is to be evaluated: every so many, and the last."""
    return (index + 1) % s.experiment.run.evaluate_every == 0 or index + 1 == count
