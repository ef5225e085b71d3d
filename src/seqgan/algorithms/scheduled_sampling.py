"""Scheduled sampling: maximum likelihood whose inputs are, more and more often, the generator's own tokens.

Source: Bengio et al. 2015 (Scheduled Sampling for Sequence Prediction with Recurrent Neural Networks); as a baseline
of SeqGAN: Yu et al. 2017, Table 1 (NLL_oracle 8.985), where omega falls by 0.002 every epoch. Omega is Bengio's
probability of feeding the true token, here from 1 on. The paper calls it that of replacing true tokens, which would
make their share grow, against its own description.

It is no consistent estimator: Huszar 2015 (How (not) to Train your Generative Model) shows that its minimum is not
the distribution of the data. Where the history was replaced, the target is still the real next token, which then has
little to do with that history; at omega = 0 the best model forgets its own words and writes every position from the
marginal distribution of that position. The loss that is minimised here is therefore no likelihood; the validation
loss, on which early stopping and the best epoch depend, and every measure are the usual ones, with true tokens.
"""

from __future__ import annotations

import torch
from pydantic import Field
from torch import Tensor

from seqgan.algorithms import mle
from seqgan.functional.losses import sequence_nll
from seqgan.functional.sampling import evaluating
from seqgan.functional.states import take
from seqgan.generators import Generator
from seqgan.runs.session import Session

PARTS = {"generator": "lstm"}


class Settings(mle.Settings):
    """Those of maximum likelihood, and the schedule; "paper" is Yu et al. 2017."""

    omega: float = Field(1.0, ge=0, le=1, description="probability of the true token in the first epoch (paper: 1)")
    omega_decrease: float = Field(0.002, ge=0, le=1, description="omega falls by this every epoch (paper: 0.002)")
    omega_least: float = Field(0.0, ge=0, le=1, description="omega falls no further (paper: not stated)")


def run(s: Session, settings: Settings) -> None:
    """Train ``s.generator`` on the training split, omega falling from epoch to epoch.

    The schedule is linear in epochs (Bengio et al. 2015, Sec. 2.4, "linear decay"; theirs counts updates).
    """
    end = s.task.vocab.end

    def loss(s: Session, epoch: int, ids: Tensor, mask: Tensor) -> Tensor:
        omega = max(settings.omega_least, settings.omega - epoch * settings.omega_decrease)
        fed = mixed_inputs(s.generator, ids, mask, omega, end, s.rng["sample"])
        return sequence_nll(s.generator(fed), ids, mask)

    s.optimizer("generator", settings.learning_rate, clip=settings.clip)
    name = "scheduled_sampling"
    plan = mle.Plan(settings.epochs, settings.batch, settings.patience, settings.decay, phase=name, stage=name)
    mle.maximum_likelihood(s, "generator", plan, loss)


def mixed_inputs(
    generator: Generator, ids: Tensor, mask: Tensor, omega: float, end: int | None, rng: torch.Generator
) -> Tensor:
    """Return rows (B, T) in which every token was kept with probability ``omega``, else drawn by the generator.

    ``ids`` and ``mask`` (B, T) are real rows. Position t is drawn given the mixed tokens before it, one coin for
    each token (Bengio et al. 2015, Sec. 2.4), without dropout and without gradient through the choice. Only tokens
    that a later one is predicted from are ever replaced: the last of a row and the padding stay. A drawn end symbol
    is not fed, the true token is: no generator continues a finished row, so none need learn to.
    """
    if omega >= 1:
        return ids
    coins = torch.rand(ids.shape, generator=rng, device=ids.device) >= omega
    own = coins[:, :-1] & mask[:, 1:]
    chosen = [rows.nonzero().squeeze(-1) for rows in own.unbind(dim=1)]
    fed = ids.clone()
    with evaluating(generator):
        state = generator.begin(len(ids))
        for position, rows in enumerate(chosen):
            if len(rows):
                drawn = generator.predict(take(state, rows)).sample(rng)
                true = ids[rows, position]
                fed[rows, position] = drawn if end is None else torch.where(drawn == end, true, drawn)
            if position + 1 < len(chosen):
                state = generator.step(fed[:, position], state)
    return fed
