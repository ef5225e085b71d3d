"""SeqGAN: a policy gradient whose reward is a discriminator that is trained along.

Source: Yu, Zhang, Wang, Yu: SeqGAN (AAAI 2017, arXiv 1609.05473), Algorithm 1; "line" and "Eq." in this file are
its lines and equations. "Authors" is their code (LantaoYu/SeqGAN, ``sequence_gan.py`` and ``rollout.py``) on the
synthetic task; ``experiments/oracle-seqgan-paper.toml`` sets all of its values at once. The defaults here are chosen
for a first run of minutes on two processor cores, and every one that differs says so.

With a reward that needs no discriminator (``reward.name = "function"`` or ``"constant"``) lines 4, 5 and 14 to 17
are left out.
"""

from __future__ import annotations

from typing import Literal, cast

import torch
from pydantic import Field
from torch import Tensor

from seqgan.algorithms.mle import Plan, PretrainSettings, is_due, maximum_likelihood, validate
from seqgan.functional.dropout import without_dropout
from seqgan.functional.losses import Normalise, binary_cross_entropy, policy_gradient, sequence_nll
from seqgan.functional.masks import trim
from seqgan.functional.returns import advantages, fill_missing
from seqgan.functional.sampling import evaluating, sample
from seqgan.generators import Generator
from seqgan.records import Samples
from seqgan.rewards import uses
from seqgan.rng import stream
from seqgan.runs.session import Session
from seqgan.runs.watch import distinct_share

PARTS = {"generator": "lstm", "discriminator": "cnn_highway", "reward": "discriminator", "credit": "monte_carlo"}


class PolicySettings(PretrainSettings):
    """Settings of the generator's side; the paper's symbol or the authors' value stands beside each default."""

    from_best: bool = Field(True, description="go on from the best MLE epoch, not the last one (authors: the last)")

    steps: int = Field(40, ge=0, description="rounds of lines 6 to 19 (authors: 200)")
    g_steps: int = Field(1, ge=1, description="line 7 (paper Fig. 3d and authors: 1)")
    batch: int = Field(64, ge=1, description="sequences a generator update (authors: 64)")
    learning_rate: float = Field(0.001, gt=0, description="Adam in line 12 (authors: 0.01)")
    normalise: Normalise = Field("rows", description="the policy gradient's divisor (authors: none, a sum)")
    baseline: Literal["none", "mean"] = Field("mean", description="subtracted from the action values (authors: none)")
    mle_weight: float = Field(0.0, ge=0, description="adds so much NLL of real rows to line 12 (authors: 0)")
    rollout_policy: Literal["current", "lagged"] = Field("current", description="G_beta (authors' code: current)")
    update_rate: float = Field(0.8, ge=0, lt=1, description="share that a lagged G_beta keeps, line 18 (authors: 0.8)")


class Settings(PolicySettings):
    """Settings of SeqGAN: those of the generator's side, and the discriminator's."""

    pretrain_discriminator_steps: int = Field(10, ge=0, description="sets of negatives in line 5 (authors: 50)")
    d_steps: int = Field(1, ge=0, description="line 14 (paper Fig. 3d and authors: 5)")
    epochs: int = Field(1, ge=1, description="k, epochs over each set of negatives, line 16 (authors: 3)")
    negatives: int = Field(2000, ge=1, description="generated rows in a set, line 15 (authors: 10,000)")
    d_batch: int = Field(64, ge=2, description="rows of a discriminator update, both kinds (authors: 64)")
    d_learning_rate: float = Field(3e-4, gt=0, description="Adam in line 16 (authors: 1e-4)")


def run(s: Session, settings: Settings) -> None:
    """Run Algorithm 1 with ``s.generator`` (G_theta) and ``s.discriminator`` (D_phi), which line 1 initialised."""
    search(s, settings, adversary=settings if uses(s.judge, "discriminator") else None)


def search(s: Session, settings: PolicySettings, adversary: Settings | None) -> None:
    """Run Algorithm 1; without ``adversary``, the discriminator's settings, lines 4, 5 and 14 to 17 are left out."""
    s.optimizer("pretrain", settings.pretrain_learning_rate, network="generator", clip=settings.clip)
    s.optimizer("generator", settings.learning_rate, clip=settings.clip)
    if adversary:
        s.optimizer("discriminator", adversary.d_learning_rate)
    lagged = settings.rollout_policy == "lagged"
    rollout = cast("Generator", s.copy_network("rollout", of="generator")) if lagged else s.generator
    looks_back = uses(s.judge, "start")
    start = cast("Generator", s.copy_network("start", of="generator")) if looks_back else s.generator

    plan = Plan(settings.pretrain_epochs, settings.pretrain_batch, settings.patience, settings.pretrain_decay)
    maximum_likelihood(s, "pretrain", plan)  # line 2
    for _ in s.phase("hand_over", 1):
        if settings.from_best and settings.pretrain_epochs > 0:
            s.use_best("mle")
        follow(rollout, s.generator, rate=0.0)  # line 3: beta <- theta
        follow(start, s.generator, rate=0.0)  # from here on it stays as it is
    if adversary:
        train_discriminator(
            s, adversary, "pretrain_discriminator", adversary.pretrain_discriminator_steps
        )  # lines 4, 5

    for step in s.phase("adversarial", settings.steps):  # lines 6 and 19
        for _ in s.phase("generator", settings.g_steps):  # line 7
            train_generator(s, settings, rollout)  # lines 8 to 12
        if adversary:
            train_discriminator(s, adversary, "discriminator", adversary.d_steps)  # lines 14 to 17
        follow(rollout, s.generator, settings.update_rate)  # line 18
        report(s, step, settings, adversary is not None)


def train_generator(s: Session, settings: PolicySettings, rollout: Generator) -> None:
    """Take one step along the policy gradient: lines 8 to 12.

    Deviations from the authors' code, each a setting: the loss is a mean over rows (``normalise``; there a sum over
    rows and positions), and the mean value of the other rows is subtracted from the action values (``baseline``;
    there nothing is; the expected gradient is the same). As there, the moments of Adam start anew in this stage.
    A value that the reward does not tell (NaN) has no gradient with a baseline, and is an average one without.
    """
    generator = s.generator
    drawn = s.sample(settings.batch)  # line 8: Y ~ G_theta
    values = s.credit(drawn, rollout)  # lines 9 to 11: Q(s, a), Eq. 4
    weigh = advantages if settings.baseline == "mean" else fill_missing
    weights = weigh(values, drawn.mask)
    with without_dropout(generator):  # as it drew them
        loss = policy_gradient(generator(drawn.ids), drawn.ids, weights, drawn.mask, settings.normalise)  # Eq. 7
    if settings.mle_weight > 0:
        real = s.real(settings.batch)
        loss = loss + settings.mle_weight * sequence_nll(generator(real.ids), real.ids, real.mask)
    value = s.step("generator", loss)  # line 12, Eq. 8
    s.log(
        "policy_gradient",
        loss=value,
        reward=float(s.earned.mean()),
        reward_variance=float(s.earned.var(unbiased=False)),
        uniqueness=distinct_share(drawn.ids),
    )


def train_discriminator(s: Session, settings: Settings, phase: str, steps: int) -> None:
    """Train D_phi on ``steps`` sets of real and generated rows, k epochs each: lines 4 and 5, and 14 to 17.

    A set has as many real rows as generated ones (the paper; the authors: all 10,000 beside 10,000): where the data
    has more or fewer rows than ``negatives``, they are drawn anew with replacement. With fewer real rows than
    generated ones a discriminator would call everything generated.
    """
    discriminator = s.discriminator
    for _ in s.phase(phase, steps):  # line 14
        ids, mask, is_real = s.once("rows", lambda: labelled_rows(s, settings.negatives))  # line 15
        for _ in s.phase("epochs", settings.epochs):  # line 16: k epochs
            for tokens, counts, real in s.batches("batches", (ids, mask, is_real), settings.d_batch):
                scores, _ = discriminator(*trim(tokens, counts))
                s.step("discriminator", binary_cross_entropy(scores, real) + discriminator.penalty())  # Eq. 5
        s.log("discriminator", rows=len(ids) * settings.epochs)


def labelled_rows(s: Session, negatives: int) -> tuple[Tensor, Tensor, Tensor]:
    """Return as many real as generated rows in one form: ids (B, T), mask (B, T), is_real (B,); B = 2 ``negatives``."""
    train = s.task.train
    real = train.samples(device=s.device) if negatives == len(train) else s.real(negatives)
    generated = s.sample(negatives)
    is_real = torch.arange(2 * negatives, device=s.device) < negatives
    return torch.cat([real.ids, generated.ids]).int(), torch.cat([real.mask, generated.mask]), is_real


@torch.no_grad()
def follow(lagging: Generator, leading: Generator, rate: float) -> None:
    """Set beta to ``rate * beta + (1 - rate) * theta``; a rate of 0 is line 18 of the paper.

    Nothing is to be done where both are one network. Deviations: the authors' code copies the embeddings at once,
    and its delayed weights never reach the rollouts.
    """
    if lagging is leading:
        return
    for behind, ahead in zip(lagging.parameters(), leading.parameters(), strict=True):
        behind.lerp_(ahead, 1 - rate)


def report(s: Session, step: int, settings: PolicySettings, adversary: bool) -> None:
    """Log how the round went, keep the weights of the best validation loss, evaluate when it is due.

    The discriminator's accuracy is measured on validation rows and as many fresh samples, which it never saw; beside
    it the shares of validation rows and of training rows that it takes for real: they differ where it learns by heart.
    """
    values: dict[str, float] = {}
    if adversary:
        values = judgement(s, stream(s.experiment.seed, "accuracy", step, device=s.device))
        s.observe(**values)
    validate(s, "adversarial", **values)
    if is_due(s, step, settings.steps):
        s.evaluate("adversarial")


def judgement(s: Session, rng: torch.Generator, rows: int = 256) -> dict[str, float]:
    """Return how the discriminator judges new rows, and how it judges rows that it has learned from.

    ``accuracy`` is the mean of the shares of validation rows and of fresh samples, ``rows`` of each, that it judges
    rightly; ``valid_real`` and ``train_real`` are the shares of validation and of training rows that it takes for real.
    """
    drawn = sample(s.generator, rows, s.task.max_len, s.task.vocab.end, rng)
    with evaluating(s.discriminator):
        some = [split.samples(slice(0, rows), s.device) for split in (s.task.valid, s.task.train)]
        valid, train, wrong = (taken_for_real(s, judged) for judged in (*some, drawn))
    return {"accuracy": (valid + 1 - wrong) / 2, "valid_real": valid, "train_real": train}


def taken_for_real(s: Session, rows: Samples) -> float:
    """Return the share of ``rows`` that the discriminator takes for real."""
    return float((s.discriminator(rows.ids, rows.mask)[0] > 0).float().mean())
