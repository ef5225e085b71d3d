"""The paper's synthetic task: sequences of 20 numbers from a random LSTM that knows their probabilities."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import numpy as np
import torch
from pydantic import Field
from torch import Tensor

from seqgan import config
from seqgan.data.source import RemoteFile, Source
from seqgan.data.task import Split, Task, known
from seqgan.data.tokenizers import Whitespace
from seqgan.data.vocab import Vocab
from seqgan.errors import ConfigError, DataError
from seqgan.functional.precision import matrix_precision
from seqgan.functional.sampling import sample
from seqgan.generators import Generator, lstm
from seqgan.records import Samples
from seqgan.rng import stream

_HASHES = {
    "embedding": "e41f8af7c573f8a1879b18396425d2d19efac559234a9c1109083d921edb3925",
    "wi": "ac4b27367b0b807af02bff5ca773d88aff8e62e4aa21e02b1a7f1febf0d69a2b",
    "wf": "07a55ac9d573b5810724bc8e6e07446f1296245d5ff98702c144e2178beeda4f",
    "wc": "779e970a494c4f8a8f1e0c6b39d6d5319dbc274c0806852a03b69c0ab544752e",
    "wog": "7abf4a8b206e35b6e712706db110b5d7a04ee144f8d3ba64ad8c09549d2d94e2",
    "ui": "0557754cb2d0402fd755cea8933e83707edb30092f0a38ebc5544d9e7e3caca8",
    "uf": "22bc3d7157ee813da900ba40badd112063aaf48f55789f2f8cb972651dbc00df",
    "uc": "77abdbce8bb1f17fb4907e59e8a17b360562885e5bc017bd6e78b6744f42b012",
    "uog": "0accb868a6367a2b78bcc72963a68e38b898beec77fcb5db2e4f9c95ac53539d",
    "bi": "771dc14a87413f142304a44ba32584aac36c31b6ea77d83f0ad4b824895ec4ba",
    "bf": "9b8af49056f2271303c8d6e86fc838ce58535c44e2f58cf093e55564afc83be4",
    "bc": "71102ad0da50dd36eeabb2afa5949138d35ce6d3ab31092dbe5876cc658f5381",
    "bog": "59e8bfbe03fc47722c92d17725738b1cf31796f400550031985d2cfc406f38db",
    "wo": "a5f8fae3250fcd9cc7cd688c5605af56eb2c5d9efe745ccff7ce56f6d9a974bd",
    "bo": "dd4e5cfa70a4199fe4ba7afdf0de665837f4cfcb912c616f820debd2fbbab790",
}
_BASE = (
    "https://raw.githubusercontent.com/pclucas14/GansFallingShort/"
    "e6be915b1aed7843d83f7d543bfb8de9f3d3461f/synthetic_data_experiments/oracle_params/"
)
FILES = tuple(
    RemoteFile(
        name=f"oracle/params/{part}.npz",
        task="oracle_lstm",
        address=f"{_BASE}{part}.npz",
        licence="random numbers (facts): the parameters of the SeqGAN authors' oracle",
        sha256=sha256,
    )
    for part, sha256 in _HASHES.items()
)
AUTHORS_VOCABULARY, HIDDEN = 5_000, 32
_GATES = ("i", "f", "c", "og")  # torch's order: input, forget, cell, output


class Settings(config.Settings):
    """The paper's numbers: vocabulary 5,000, length 20, 10,000 training sequences (Yu et al. 2017, Sec. 4.1)."""

    parameters: Literal["authors", "seeded"] = Field(
        "authors", description="the authors' oracle, or an own N(0, 1) one"
    )
    vocabulary: int = Field(5_000, ge=2, le=1_000_000, description="V; the authors' oracle has 5,000")
    length: int = Field(20, ge=1, le=1_000, description="T, tokens of every sequence")
    oracle_seed: int = Field(0, ge=0, description="seeded: chooses the oracle; not the run's seed")
    train_rows: int = Field(10_000, ge=1, description="sequences to learn from")
    valid_rows: int = Field(1_000, ge=1, description="sequences for early stopping")
    test_rows: int = Field(5_000, ge=1, description="sequences for the final table")


class LstmOracle:
    """A fixed LSTM language model as an oracle; no end symbol and no padding, every position counts."""

    def __init__(self, network: Generator, length: int) -> None:
        """Wrap a generator; it never learns again."""
        self.network = network.train(False).requires_grad_(False)
        self.length = length

    def sample(self, n: int, rng: torch.Generator) -> Samples:
        """Draw n sequences: ids (n, T) and a mask that is true everywhere."""
        self.network.to(rng.device)
        with matrix_precision("fp32"):
            return sample(self.network, n, self.length, None, rng)

    @torch.no_grad()
    def log_prob(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Return natural log-probabilities (B,) in fp32, -inf for a row with an id outside the vocabulary.

        Positions whose mask is false count nothing.
        """
        self.network.to(ids.device)
        inside, strange = known(ids, mask, self.network.vocabulary_size)
        with matrix_precision("fp32"):
            parts = [self.network(rows).log_prob(rows) for rows in torch.split(inside, 4_096)]
        every = torch.cat(parts) if parts else torch.zeros(ids.shape, device=ids.device)
        return every.masked_fill(~mask, 0.0).sum(dim=1).masked_fill(strange, -torch.inf)


def authors_parameters(source: Source) -> dict[str, Tensor]:
    """Return the authors' arrays by name; every file is verified, none can hold anything but numbers."""
    arrays = {}
    for file in FILES:
        path = source.path(file)
        try:
            # The files are plain arrays in .npy form, whatever their names end in.
            arrays[Path(file.name).stem] = torch.from_numpy(np.load(path, allow_pickle=False)).float()
        except ValueError as error:
            raise DataError(f"{path} holds no plain array: {error}.", "Fetch it again.") from None
    return arrays


def seeded_parameters(vocabulary: int, seed: int) -> dict[str, Tensor]:
    """Return parameters drawn from N(0, 1), as the paper draws its oracle's, from a stream of ``seed`` alone."""
    rng = stream(seed, "oracle_lstm", vocabulary)
    shapes: dict[str, tuple[int, ...]] = {"embedding": (vocabulary, HIDDEN)}
    for gate in _GATES:
        shapes |= {f"w{gate}": (HIDDEN, HIDDEN), f"u{gate}": (HIDDEN, HIDDEN), f"b{gate}": (HIDDEN,)}
    shapes |= {"wo": (HIDDEN, vocabulary), "bo": (vocabulary,)}
    return {name: torch.randn(shape, generator=rng) for name, shape in shapes.items()}


def network_of(arrays: dict[str, Tensor]) -> Generator:
    """Return the LSTM generator with these parameters: see :func:`seeded_parameters` for shapes.

    The authors' oracle starts from token 0, which is also a word, so the begin symbol has token 0's embedding.
    """
    vocabulary, embedding = arrays["embedding"].shape
    hidden = arrays["wo"].shape[0]
    network = lstm.create(lstm.Settings.model_validate({"embedding": embedding, "hidden": hidden}), vocabulary, 0)
    state = {
        "embedding.weight": torch.cat([arrays["embedding"], arrays["embedding"][:1]]),
        "recurrent.weight_ih_l0": torch.cat([arrays[f"w{gate}"].t() for gate in _GATES]),
        "recurrent.weight_hh_l0": torch.cat([arrays[f"u{gate}"].t() for gate in _GATES]),
        "recurrent.bias_ih_l0": torch.cat([arrays[f"b{gate}"] for gate in _GATES]),
        "recurrent.bias_hh_l0": torch.zeros(4 * hidden),
        "head.weight": arrays["wo"].t().contiguous(),
        "head.bias": arrays["bo"],
    }
    network.load_state_dict(state)
    return network


def load(settings: Settings, seed: int, source: Source | None = None) -> Task:
    """Return the task; the splits are drawn from the oracle with streams of ``seed``.

    Raises ConfigError where the authors' oracle is asked for another vocabulary and DataError where its
    files are missing.
    """
    if settings.parameters == "authors":
        if settings.vocabulary != AUTHORS_VOCABULARY:
            raise ConfigError(
                f"The authors' oracle has a vocabulary of 5000, not {settings.vocabulary}.",
                "Set parameters=seeded for another size.",
            )
        arrays = authors_parameters(source or Source.default())
    else:
        arrays = seeded_parameters(settings.vocabulary, settings.oracle_seed)
    oracle = LstmOracle(network_of(arrays), settings.length)

    def draw(name: str, rows: int) -> Split:
        ids = oracle.sample(rows, stream(seed, "task", name)).ids.to(torch.int32)
        return Split(ids, torch.full((rows,), settings.length, dtype=torch.int32))

    vocab = Vocab.build((str(i) for i in range(settings.vocabulary)), end=False, ordered=True)
    return Task(
        name="oracle_lstm",
        vocab=vocab,
        tokenizer=Whitespace(),
        max_len=settings.length,
        train=draw("train", settings.train_rows),
        valid=draw("valid", settings.valid_rows),
        test=draw("test", settings.test_rows),
        metrics=("nll_oracle", "nll_gen", "uniqueness", "distinct"),
        oracle=oracle,
        facts={"parameters": settings.parameters, "vocabulary_sha256": vocab.digest, "warnings": []},
    )
