"""English captions from a probabilistic grammar: readable sentences with exact log-probabilities, no download."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from pydantic import Field
from torch import Tensor

from seqgan import config
from seqgan.checks.captions import Automaton, captions
from seqgan.data.task import Split, Task, known
from seqgan.data.tokenizers import Whitespace
from seqgan.data.vocab import Vocab
from seqgan.functional.masks import lengths_to_mask
from seqgan.records import Samples
from seqgan.rng import stream

FILES = ()


class Settings(config.Settings):
    """How many sentences are drawn; the grammar itself has no settings."""

    train_rows: int = Field(10_000, ge=1, description="sentences to learn from")
    valid_rows: int = Field(1_000, ge=1, description="sentences for early stopping")
    test_rows: int = Field(5_000, ge=1, description="sentences for the final table")


class GrammarOracle:
    """The caption grammar as an oracle; a row is a sentence and the end symbol, then padding."""

    def __init__(self, automaton: Automaton) -> None:
        """Wrap a compiled grammar."""
        self.automaton = automaton

    def sample(self, n: int, rng: torch.Generator) -> Samples:
        """Draw n sentences: ids (n, T), T one more than the longest sentence, and mask; takes one number of ``rng``."""
        seed = int(torch.randint(2**62, (), generator=rng, device=rng.device))
        ids, lengths = self.automaton.sample(n, np.random.default_rng(seed))
        return Samples(torch.from_numpy(ids), lengths_to_mask(torch.from_numpy(lengths), ids.shape[1]))

    def log_prob(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Return exact natural log-probabilities (B,) in float64, -inf for a row that is no finished sentence.

        Devices without float64 get float32.
        """
        inside, strange = known(ids, mask, len(self.automaton.words) + 1)
        lengths = mask.sum(dim=1).cpu().numpy()
        total = torch.from_numpy(self.automaton.log_prob(inside.cpu().numpy(), lengths))
        total[strange.cpu()] = -torch.inf
        return total.float().to(ids.device) if ids.device.type == "mps" else total.to(ids.device)


def load(settings: Settings, seed: int, source: Any = None) -> Task:
    """Draw the splits from streams of ``seed``; ``source`` is not needed.

    The splits share sentences by chance, as independent draws do.
    """
    automaton = captions()
    oracle = GrammarOracle(automaton)
    entropy, length = automaton.expectations()

    def draw(name: str, rows: int) -> Split:
        samples = oracle.sample(rows, stream(seed, "task", name))
        return Split(samples.ids.to(torch.int32), samples.mask.sum(dim=1).to(torch.int32))

    vocab = Vocab.build(automaton.words)
    return Task(
        name="oracle_grammar",
        vocab=vocab,
        tokenizer=Whitespace(),
        max_len=automaton.longest + 1,
        train=draw("train", settings.train_rows),
        valid=draw("valid", settings.valid_rows),
        test=draw("test", settings.test_rows),
        metrics=("nll_oracle", "nll_gen", "uniqueness", "validity"),
        oracle=oracle,
        check="grammar",
        facts={
            "licence": "part of this package",
            "vocabulary_sha256": vocab.digest,
            "entropy_nats_per_sentence": entropy,
            "nll_of_real_text_nats_per_token": entropy / length,
            "warnings": [],
        },
    )
