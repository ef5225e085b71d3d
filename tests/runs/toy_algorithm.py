"""A small algorithm with every way to nest that a real one has; installed as a plugin by the tests."""

from __future__ import annotations

import time

import torch
from pydantic import Field

from seqgan import config
from seqgan.functional.losses import binary_cross_entropy, policy_gradient, sequence_nll
from seqgan.runs.session import Session

PARTS = {"generator": "lstm", "discriminator": "rnn", "reward": "discriminator", "credit": "sequence"}


class Settings(config.Settings):
    """Sizes, and a step at which the loss is made NaN (0: never)."""

    epochs: int = 3
    steps: int = 3
    spoil: tuple[int, ...] = ()
    learning_rate: float = Field(0.01, gt=0)
    pause: float = 0.0


def run(s: Session, settings: Settings) -> None:
    """Train both networks a little."""
    s.optimizer("generator", settings.learning_rate, clip=5.0)
    s.optimizer("discriminator", settings.learning_rate)
    s.copy_network("rollout", of="generator")
    pretrain(s, settings)
    for step in s.phase("adversarial", settings.steps):
        for _ in s.phase("generator", 1):
            improve(s, step + 1 in settings.spoil)
        for _ in s.phase("discriminator", 2):
            rows = s.once("rows", lambda: labelled(s))
            for _ in s.phase("epochs", 2):
                for ids, mask, real in s.batches("batches", rows, 16):
                    s.step("discriminator", binary_cross_entropy(s.discriminator(ids, mask)[0], real))
        s.networks["rollout"].load_state_dict(s.generator.state_dict())
        s.keep_best("adversarial", s.evaluate("adversarial")["nll_gen"].value)
        s.observe(accuracy=0.9)


def pretrain(s: Session, settings: Settings) -> None:
    """Two passes of maximum likelihood of the three allowed: the phase ends early."""
    train = s.task.train
    for epoch in s.phase("pretrain_generator", settings.epochs):
        for ids, lengths in s.batches("batches", (train.ids, train.lengths), 16):
            mask = torch.arange(ids.shape[1]) < lengths[:, None]
            s.step("generator", sequence_nll(s.generator(ids), ids, mask))
        nll = s.evaluate("mle")["nll_gen"].value
        s.log("mle", loss=nll, best=s.keep_best("mle", nll))
        if epoch == 1:
            s.end_phase()
            time.sleep(settings.pause)


def improve(s: Session, spoil: bool) -> None:
    """One policy-gradient step."""
    drawn = s.sample(16)
    weights = s.credit(drawn, s.networks["rollout"])
    loss = policy_gradient(s.generator(drawn.ids), drawn.ids, weights, drawn.mask)
    s.log("policy_gradient", loss=s.step("generator", loss * float("nan") if spoil else loss))


def labelled(s: Session) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Sixteen real and sixteen generated rows."""
    real, drawn = s.real(16), s.sample(16)
    return torch.cat([real.ids, drawn.ids]), torch.cat([real.mask, drawn.mask]), torch.arange(32) < 16
