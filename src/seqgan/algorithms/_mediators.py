"""Mediators: models of the generator's form that learn the data by likelihood, each from initial weights of its own."""

from __future__ import annotations

from typing import cast

from seqgan.algorithms.mle import Plan, PretrainSettings, maximum_likelihood
from seqgan.generators import Generator
from seqgan.runs.session import Session


def declare_pretraining(s: Session, number: int, settings: PretrainSettings) -> None:
    """Declare the optimiser of a mediator's likelihood training."""
    s.optimizer(f"pretrain_{number}", settings.pretrain_learning_rate, network="generator", clip=settings.clip)


def copy_of_generator(s: Session, number: int) -> Generator:
    """Return the network of a mediator; its weights come with :func:`learn_data`."""
    return cast("Generator", s.copy_network(f"mediator_{number}", of="generator"))


def learn_data(s: Session, number: int, mediator: Generator, settings: PretrainSettings) -> None:
    """Train the generator by likelihood from the initial weights ``number`` and copy its best epoch to a mediator.

    Number 0 are the weights that the run began with; its training is the stage "mle" of the run.
    """
    stage, phase = ("mle", "pretrain_generator") if number == 0 else (f"mediator_{number}", f"pretrain_{number}")
    begin_with(s, number)
    epochs, batch = settings.pretrain_epochs, settings.pretrain_batch
    own = number == 0  # a mediator's scores would stand in the curves as if they were the run's
    plan = Plan(epochs, batch, settings.patience, settings.pretrain_decay, phase=phase, stage=stage, evaluated=own)
    maximum_likelihood(s, f"pretrain_{number}", plan)
    for _ in s.phase(f"hand_over_{number}", 1):
        if epochs > 0:
            s.use_best(stage)
        mediator.load_state_dict(s.generator.state_dict())


def begin_with(s: Session, number: int) -> None:
    """Give the generator the initial weights and random streams ``number``."""
    for _ in s.phase(f"begin_{number}", 1):
        s.start_over(number)
