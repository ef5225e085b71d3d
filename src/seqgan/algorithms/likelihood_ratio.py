"""SeqGAN with a likelihood ratio for a discriminator: models of the data against the generator's own density.

Source: ours, of known parts. Against a generator whose probabilities are known, the best discriminator has the logit
log p_data - log G (Goodfellow et al. 2014, arXiv 1406.2661, Prop. 1). SeqGAN learns that logit from samples; with few
training rows a classifier learns the rows by heart. Here several models of the generator's form, the mediators, learn
the data by likelihood to the minimum of the validation loss, each from initial weights of its own, and stand for
p_data; the generator's part of the logit needs no training and follows every step of it. The reward
(``rewards/likelihood_ratio``) earns the logit position by position, so no rollouts are needed. The rest is Algorithm 1
of Yu et al. 2017 (arXiv 1609.05473), in ``algorithms/seqgan.py``.

What it is not: nothing in it is trained against the generator. The generator is distilled from an ensemble by a
policy gradient; with ``credit.discount = 0`` and ``own_weight = 1`` the expected step is, up to its length, that of
cooperative training with mediators that stay as they are. With a discount of 1 it is maximum-entropy inverse
reinforcement learning (Shi et al. 2018, arXiv 1804.11258) for the reward log p / own_weight, whose best answer is p
to the power 1 / own_weight; smaller discounts leave out how a token changes the later ones.

A reward that uses no mediators (the controls ``constant``, ``random_likelihood_ratio`` and ``start_likelihood_ratio``)
leaves their training out.
The defaults are for a first run; ``experiments/oracle-likelihood-ratio.toml`` is the recipe.
"""

from __future__ import annotations

from pydantic import Field

from seqgan.algorithms import seqgan
from seqgan.algorithms._mediators import begin_with, copy_of_generator, declare_pretraining, learn_data
from seqgan.rewards import uses
from seqgan.runs.session import Session

PARTS = {"generator": "lstm", "reward": "likelihood_ratio", "credit": "sequence"}


class Settings(seqgan.PolicySettings):
    """Settings of the generator's side, and how many mediators there are; they learn as the generator does before."""

    mediators: int = Field(3, ge=1, description="models that stand for the data together")


def run(s: Session, settings: Settings) -> None:
    """Train the mediators, then run Algorithm 1 with ``s.generator`` and a reward that asks them."""
    if uses(s.judge, "mediators"):
        numbers = range(1, settings.mediators + 1)  # 0 is the generator's own beginning
        for number in numbers:
            declare_pretraining(s, number, settings)
        mediators = {number: copy_of_generator(s, number) for number in numbers}
        for number, mediator in mediators.items():
            learn_data(s, number, mediator, settings)
        begin_with(s, 0)
    seqgan.search(s, settings, adversary=None)
