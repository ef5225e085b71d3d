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
from seqgan.functional.sampling import Choice, cut, sample
from seqgan.generators import Generator
from seqgan.records import Samples
from seqgan.runs.checkpoint import read, write
from seqgan.runs.evaluation import log_prob

FORMAT = "seqgan model 1"


@dataclass(frozen=True)
class Model:
    """A trained generator with all that turns its ids into strings and back; ``about`` holds facts of its run."""

    generator: Generator
    vocab: Vocab
    tokenizer: Tokenizer
    max_len: int
    task: str
    about: dict[str, Any]

    def sample(
        self,
        n: int,
        temperature: float = 1.0,
        top_k: int = 0,
        top_p: float = 1.0,
        prefix: str | None = None,
        seed: int | None = None,
    ) -> list[str]:
        """Return ``n`` strings, none with more tokens than the longest that could be learned (``max_len``).

        One that has not ended there is cut there.
        ``temperature`` below 1 plays safer (0: always the likeliest token), ``top_k`` and ``top_p`` restrict each
        draw, every string begins with ``prefix``; without ``seed`` each call differs.
        Raises ConfigError for a value out of range and DataError for a prefix that does not fit.
        """
        drawn = self.sample_ids(n, temperature, top_k, top_p, prefix, seed)
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
    ) -> Samples:
        """Return ``n`` sampled rows as ids (n, T) and mask, cut as strings are; arguments as in :meth:`sample`."""
        _check_choice(n, temperature, top_k, top_p)
        start = self._prefix(prefix) if prefix else None
        rng = torch.Generator(device=self.generator.device)
        rng.manual_seed(secrets.randbits(63) if seed is None else seed)
        choice = Choice(temperature, top_k, top_p)
        drawn = sample(self.generator, n, self.max_len, self.vocab.end, rng, choice=choice, prefix=start)
        return cut(drawn, self.vocab.end)

    def log_prob(self, strings: Sequence[str]) -> Tensor:
        """Return the natural-log probability (B,) with which :meth:`sample` draws ``strings``.

        The end symbol is included, except in a string of as many tokens as there may be, after which nothing is drawn.
        Raises DataError for a string that does not fit the vocabulary or the length.
        """
        rows = encode(strings, self.vocab, self.tokenizer, self.max_len, unfinished=True)
        return log_prob(self.generator, rows.ids, rows.mask).cpu()

    def to(self, device: str | torch.device) -> Model:
        """Move the generator to ``device`` and return the model."""
        self.generator.to(device)
        return self

    def _prefix(self, prefix: str) -> Tensor:
        ids = self.vocab.encode(self.tokenizer.tokenize(prefix))
        room = most_tokens(self.max_len, self.vocab)
        if len(ids) > room:
            raise DataError(f"The prefix has {len(ids)} tokens; at most {room} fit.", "Shorten it.")
        return torch.tensor(ids, dtype=torch.int64)


def _check_choice(n: int, temperature: float, top_k: int, top_p: float) -> None:
    faults = {
        "n must be 0 or more": n < 0,
        "temperature must be 0 or more, and finite": not 0 <= temperature < float("inf"),
        "top_k must be 0 (all) or more": top_k < 0,
        "top_p must be above 0 and at most 1": not 0 < top_p <= 1,
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


def load_model(path: Path) -> Model:
    """Return the model of a run folder or a model file, ready to sample, on the CPU.

    Raises CheckpointError where there is none, or the file is damaged or no model.
    """
    file = path / "model.safetensors" if path.is_dir() else path
    if path.is_dir() and not file.exists():
        raise CheckpointError(
            f"{path} holds no finished model.", f"If it was stopped, finish it first: seqgan resume {path}"
        )
    weights, facts = read(file)
    if not isinstance(facts, dict) or facts.get("format") != FORMAT:
        raise CheckpointError(f"{file} is not a model file of this version of seqgan.", "Check the path.")
    try:
        return _assemble(weights, facts)
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        reason = str(error).strip().partition("\n")[0]
        raise CheckpointError(
            f"{file} cannot be put together: {reason}.", "It was made by another version of seqgan, or changed."
        ) from error


def _assemble(weights: dict[str, Tensor], facts: dict[str, Any]) -> Model:
    vocab, chosen = Vocab.from_dict(facts["vocab"]), facts["generator"]
    plugin = registry.load("generators", chosen["name"])
    settings = plugin.Settings.model_validate(chosen["settings"])
    generator = plugin.create(settings, len(vocab), facts["max_len"])
    generator.load_state_dict(weights)
    generator.eval()
    return Model(generator, vocab, make(facts["tokenizer"]), facts["max_len"], facts["task"], facts["about"])
