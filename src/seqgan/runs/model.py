"""Model files: one safetensors file with weights, vocabulary, tokeniser and settings; it samples on any machine."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from seqgan import registry
from seqgan.config import Settings
from seqgan.data.task import encode, most_tokens, to_tokens
from seqgan.data.tokenizers import Tokenizer, make
from seqgan.data.vocab import Vocab
from seqgan.errors import CheckpointError, ConfigError, DataError
from seqgan.functional.outputs import Output
from seqgan.functional.sampling import Choice, cut, sample
from seqgan.generators import Generator
from seqgan.records import Samples
from seqgan.runs.checkpoint import read, write
from seqgan.runs.evaluation import log_prob

FORMAT = "seqgan model 1"
FINISHED, SO_FAR = "model.safetensors", "model-so-far.safetensors"


@dataclass(frozen=True)
class Model:
    """A trained generator with all that turns its ids into strings and back.

    ``about`` holds facts of its run: ``seed``, ``algorithm``, ``weights``, and ``so_far``, the phase and step, where
    the run was not finished when they were written.
    """

    generator: Generator
    vocab: Vocab
    tokenizer: Tokenizer
    max_len: int
    task: str
    about: dict[str, Any]

    @property
    def so_far(self) -> str:
        """Return where its run stood, in words, if it was not finished when the model was written; else nothing."""
        where = self.about.get("so_far", "")
        return where and f"the run is not finished: this is its model at its last checkpoint ({where})"

    def sample(
        self,
        n: int,
        temperature: float = 1.0,
        top_k: int = 0,
        top_p: float = 1.0,
        prefix: str | None = None,
        seed: int | None = None,
        unknown: bool = False,
    ) -> list[str]:
        """Return ``n`` strings, none with more tokens than the longest that could be learned (``max_len``).

        One that has not ended there is cut there.
        ``temperature`` below 1 plays safer (0: always the likeliest token), ``top_k`` and ``top_p`` restrict each
        draw, every string begins with ``prefix``; without ``seed`` each call differs. The symbol for unknown tokens is
        never drawn, the others share its probability; with ``unknown`` it is drawn as the model learned it.
        Raises ConfigError for a value out of range and DataError for a prefix that does not fit.
        """
        drawn = self.sample_ids(n, temperature, top_k, top_p, prefix, seed, unknown)
        rows = to_tokens(drawn.ids.cpu(), drawn.mask.cpu(), self.vocab)
        return [self.tokenizer.detokenize(row) for row in rows]

    def sample_ids(
        self,
        n: int,
        temperature: float = 1.0,
        top_k: int = 0,
        top_p: float = 1.0,
        prefix: str | None = None,
        seed: int | None = None,
        unknown: bool = False,
    ) -> Samples:
        """Return ``n`` sampled rows as ids (n, T) and mask, cut as strings are; arguments as in :meth:`sample`."""
        _check_choice(n, temperature, top_k, top_p, seed)
        start = self._prefix(prefix) if prefix else None
        rng = torch.Generator(device=self.generator.device)
        rng.manual_seed(secrets.randbits(63) if seed is None else seed)
        choice = Choice(temperature, top_k, top_p)
        symbol = None if unknown else self.vocab.unknown
        policy = self.generator if symbol is None else _Without(self.generator, symbol)
        drawn = sample(policy, n, self.max_len, self.vocab.end, rng, choice=choice, prefix=start)
        return cut(drawn, self.vocab.end)

    def log_prob(self, strings: Sequence[str]) -> Tensor:
        """Return the natural-log probability (B,) with which :meth:`sample` draws ``strings``, unknown tokens allowed.

        The end symbol is included, except in a string of as many tokens as there may be, after which nothing is drawn.
        Raises DataError for a string that does not fit the vocabulary or the length.
        """
        rows = encode(strings, self.vocab, self.tokenizer, self.max_len, unfinished=True)
        return log_prob(self.generator, rows.ids, rows.mask)

    def to(self, device: str | torch.device) -> Model:
        """Move the generator to ``device`` and return the model."""
        self.generator.to(device)
        return self

    def _prefix(self, prefix: str) -> Tensor:
        tokens = self.tokenizer.tokenize(prefix)
        ids = self.vocab.encode(tokens)
        if self.vocab.unknown in ids:
            raise DataError(
                f"The prefix has {tokens[ids.index(self.vocab.unknown)]!r}, which the model does not know.",
                "Begin with tokens of the data that it learned from.",
            )
        room = most_tokens(self.max_len, self.vocab)
        if len(ids) > room:
            raise DataError(f"The prefix has {len(ids)} tokens; at most {room} fit.", "Shorten it.")
        return torch.tensor(ids, dtype=torch.int64)


class _Without:
    """A generator that never draws one token; the others share its probability."""

    def __init__(self, generator: Generator, token: int) -> None:
        self.generator, self.token = generator, token

    def __getattr__(self, name: str) -> Any:
        return getattr(self.generator, name)

    def predict(self, state: Any) -> Output:
        found = self.generator.predict(state)
        if found.weight is None:
            return Output(found.features.index_fill(-1, self._place(found.features), -torch.inf))
        bias = found.weight.new_zeros(len(found.weight)) if found.bias is None else found.bias.detach()
        return Output(found.features, found.weight, bias.index_fill(0, self._place(bias), -torch.inf))

    def _place(self, like: Tensor) -> Tensor:
        return torch.tensor([self.token], device=like.device)


def _check_choice(n: int, temperature: float, top_k: int, top_p: float, seed: int | None) -> None:
    faults = {
        "n must be 0 or more": n < 0,
        "temperature must be 0 or more, and finite": not 0 <= temperature < float("inf"),
        "top_k must be 0 (all) or more": top_k < 0,
        "top_p must be above 0 and at most 1": not 0 < top_p <= 1,
        "seed must be from 0 to 2**63 - 1": seed is not None and not 0 <= seed < 2**63,
    }
    found = [text for text, wrong in faults.items() if wrong]
    if found:
        raise ConfigError(f"These cannot be sampled with: {'; '.join(found)}.")


def save_model(path: Path, model: Model, name: str, settings: Settings) -> None:
    """Write ``model``, whose generator is the plugin ``name`` with ``settings``, to ``path``; raises OSError."""
    about = {
        "format": FORMAT,
        "generator": {"name": name, "settings": settings.model_dump(mode="json")},
        "vocab": model.vocab.as_dict(),
        "tokenizer": model.tokenizer.as_dict(),
        "max_len": model.max_len,
        "task": model.task,
        "about": model.about,
    }
    write(path, dict(model.generator.state_dict()), about)


def load_model(path: Path, unfinished: bool = True) -> Model:
    """Return the model of a run folder or a model file, ready to sample, on the CPU.

    A run that is not finished has the model of its last checkpoint. Raises CheckpointError where there is none, or none
    but that and ``unfinished`` ones are not wanted, or the file is damaged or no model.
    """
    file = model_file(path, unfinished)
    if file.suffix != ".safetensors" and not _begins_as_model(file):
        raise CheckpointError(f"{file} is no run folder and no model file.", "Name the folder of a finished run.")
    try:
        weights, facts = read(file)
    except CheckpointError:
        if file.is_file() or file == path:
            raise
        file = model_file(path, unfinished)  # the run has just ended, and its models have taken this one's place
        weights, facts = read(file)
    if not isinstance(facts, dict) or facts.get("format") != FORMAT:
        raise CheckpointError(f"{file} is not a model file of this version of seqgan.", "Check the path.")
    if not unfinished and "so_far" in facts.get("about", {}):
        raise CheckpointError(f"The run of {file} was not finished when it was written.", "Take its model at the end.")
    try:
        return _assemble(weights, facts)
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        reason = str(error).strip().partition("\n")[0]
        raise CheckpointError(
            f"{file} cannot be put together: {reason}.", "It was made by another version of seqgan, or changed."
        ) from error


def model_file(path: Path, unfinished: bool = True) -> Path:
    """Return the model file that a path names: itself, or that of a run folder; raises as :func:`load_model`."""
    if not path.is_dir():
        return path
    for name in (FINISHED, SO_FAR) if unfinished else (FINISHED,):
        if (path / name).is_file():
            return path / name
    raise CheckpointError(
        f"{path} holds no {'model yet' if unfinished else 'finished model'}.",
        f"If it was stopped, go on with it: seqgan resume {path}",
    )


def _begins_as_model(file: Path) -> bool:
    """Return whether a file begins as safetensors do, with the length of a JSON object; one that is absent may."""
    if not file.is_file():
        return True
    with file.open("rb") as stream:
        return stream.read(9)[8:] == b"{"


def _assemble(weights: dict[str, Tensor], facts: dict[str, Any]) -> Model:
    vocab, chosen = Vocab.from_dict(facts["vocab"]), facts["generator"]
    plugin = registry.load("generators", chosen["name"])
    settings = plugin.Settings.model_validate(chosen["settings"])
    generator = plugin.create(settings, len(vocab), facts["max_len"])
    generator.load_state_dict(weights)
    generator.eval()
    return Model(generator, vocab, make(facts["tokenizer"]), facts["max_len"], facts["task"], facts["about"])
