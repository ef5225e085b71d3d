"""Cooperative training: a mediator learns the mixture of real and generated rows, the generator follows the mediator.

Source: Lu, Yu, Feng, Zhu, Zhang, Yu: CoT (ICML 2019, arXiv 1804.03782), Algorithm 1. In place of a discriminator that
only tells real from generated, a model M of the mixture (p_data + G) / 2 is trained by likelihood; at its optimum the
generator's objective is the Jensen-Shannon divergence between G and the data. Nothing is sampled to carry the reward
back: at every position the whole distribution of the next token is compared.

Not stated in the paper, or different here:

- The generator may start from maximum likelihood (``pretrain_epochs``; the paper starts from nothing), and the
  mediator from a copy of it. Both have the same form. Dropout is on while a model learns from rows, and off while the
  mediator judges and the generator follows it.
- There may be several mediators (``mediators``; the paper: one), each from initial weights of its own. The generator
  follows the geometric mean of their distributions, which generalises better than any one of them. With ``m_steps = 0``
  they learn from real rows alone, before: then the generator is distilled from an ensemble, and nothing is adversarial.
- ``own_weight`` below 1 makes the generator sharper than what it follows, as in ``rewards/likelihood_ratio``, whose
  expected gradient (with a discount of 0) this then is, up to its length.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from pydantic import Field
from torch import Tensor

from seqgan.algorithms._mediators import copy_of_generator, declare_pretraining, learn_data
from seqgan.algorithms.mle import PretrainSettings, is_due, validate
from seqgan.functional.dropout import without_dropout
from seqgan.functional.losses import next_token_divergence, sequence_nll
from seqgan.functional.outputs import Output
from seqgan.functional.sampling import evaluating
from seqgan.generators import Generator
from seqgan.records import Samples
from seqgan.runs.session import Session

PARTS = {"generator": "lstm"}


class Settings(PretrainSettings):
    """Settings of cooperative training; "paper" is Lu et al. 2019, which starts from nothing (pretrain_epochs = 0)."""

    mediators: int = Field(1, ge=1, description="models that the generator follows together (paper: 1)")
    steps: int = Field(300, ge=0, description="rounds of both players")
    g_steps: int = Field(1, ge=1, description="updates of the generator a round (paper: 1)")
    m_steps: int = Field(1, ge=0, description="updates of every mediator a round (paper: 1)")
    batch: int = Field(64, ge=2, description="rows of an update; the mediator's are half real, half generated")
    learning_rate: float = Field(0.002, gt=0, description="Adam of the generator")
    m_learning_rate: float = Field(0.002, gt=0, description="Adam of the mediator")
    own_weight: float = Field(
        1.0, gt=0, le=1, description="of the generator's own log-probability; below 1 it gets sharper (paper: 1)"
    )


def run(s: Session, settings: Settings) -> None:
    """Run Algorithm 1 with ``s.generator`` (G) and copies of it as mediators (M)."""
    mediators = [add_mediator(s, number, settings) for number in range(settings.mediators)]
    s.optimizer("generator", settings.learning_rate, clip=settings.clip)
    for number in reversed(range(settings.mediators)):  # the generator itself comes last
        learn_data(s, number, mediators[number], settings)

    for step in s.phase("adversarial", settings.steps):
        for _ in s.phase("mediator", settings.m_steps):
            for number, mediator in enumerate(mediators):
                train_mediator(s, number, mediator, settings)
        for _ in s.phase("generator", settings.g_steps):
            train_generator(s, mediators, settings)
        if is_due(s, step, settings.steps):
            validate(s, "adversarial")
            s.evaluate("adversarial")


def add_mediator(s: Session, number: int, settings: Settings) -> Generator:
    """Return a mediator with its optimisers; its weights come with :func:`learn_data`."""
    declare_pretraining(s, number, settings)
    mediator = copy_of_generator(s, number).requires_grad_()
    s.optimizer(f"mediator_{number}", settings.m_learning_rate, clip=settings.clip)
    return mediator


def train_mediator(s: Session, number: int, mediator: Generator, settings: Settings) -> None:
    """Take one step towards the likelihood of as many real as generated rows."""
    half = settings.batch // 2
    loss = joint_nll(mediator, [s.real(half), s.sample(half)])
    s.log("mediator", number=number, loss=s.step(f"mediator_{number}", loss))


def joint_nll(model: Generator, sets: Sequence[Samples]) -> Tensor:
    """Return the NLL in nats a token of several sets of rows (B, T), of any widths, as if they were one batch.

    Total nats / total tokens: every row counts alike, so with as many real as generated ones the minimum is the mixture
    of their distributions. In a mean of the sets' own means the rows of the set with the shorter ones would weigh more.
    """
    tokens = torch.stack([rows.mask.sum() for rows in sets])
    nats = torch.stack([sequence_nll(model(rows.ids), rows.ids, rows.mask) for rows in sets])
    return (nats * (tokens / tokens.sum())).sum()


def train_generator(s: Session, mediators: Sequence[Generator], settings: Settings) -> None:
    """Take one step down the divergence from the mediators along the generator's own rows.

    As in the paper, how the choice of a token changes the divergence of later positions is left out.
    """
    drawn = s.sample(settings.batch)
    with evaluating(*mediators):
        judged = Output.geometric_mean(mediator(drawn.ids) for mediator in mediators)
    with without_dropout(s.generator):
        own = s.generator(drawn.ids)
    divergence = next_token_divergence(own, judged, drawn.mask, settings.own_weight)
    s.log("cooperative", divergence=s.step("generator", divergence))
