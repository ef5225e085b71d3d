"""PG-BLEU: SeqGAN's policy gradient with the BLEU against training data as the reward, and no discriminator.

Source: Yu et al. 2017, Sec. "Synthetic Data Experiments" and Table 1 (NLL_oracle 8.946): BLEU against the training
data scores the finished samples of the Monte-Carlo search. The paper gives no n-gram order, smoothing or number of
references; they are settings of the reward ``bleu``. The loop is that of ``algorithms/seqgan.py`` without lines 4, 5
and 14 to 17.
"""

from __future__ import annotations

from seqgan.algorithms import seqgan
from seqgan.runs.session import Session

PARTS = {"generator": "lstm", "reward": "bleu", "credit": "monte_carlo"}


class Settings(seqgan.PolicySettings):
    """Settings of PG-BLEU: the generator's side of SeqGAN's."""


def run(s: Session, settings: Settings) -> None:
    """Run Algorithm 1 with ``s.generator`` and a fixed reward; any reward that needs no discriminator will do."""
    seqgan.search(s, settings, adversary=None)
