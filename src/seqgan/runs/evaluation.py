"""Measuring a generator: its samples and its likelihoods, through the metric plugins that the task names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any

import torch
from torch import Tensor

from seqgan import registry
from seqgan.data.build import digest
from seqgan.data.tokenizers import label
from seqgan.functional.masks import trim
from seqgan.functional.precision import matrix_precision
from seqgan.functional.sampling import Choice, cut, evaluating, sample
from seqgan.generators import Generator
from seqgan.records import References, Samples, Score

VALID_ROWS = 5000  # rows of the validation split that an evaluation in training looks at
_ROWS = 256
PLAIN = Choice()  # the model as it is: temperature 1, no token left out


def log_prob(generator: Generator, ids: Tensor, mask: Tensor, choice: Choice = PLAIN) -> Tensor:
    """Return the natural-log probability (B,) of rows ``ids`` (B, T) when sampled by ``choice`` (temperature above 0).

    Padding adds nothing; -inf where ``choice`` leaves a token of the row out. In float64, on the CPU, without gradient.
    """
    parts = []
    with evaluating(generator):
        for rows, counts in zip(torch.split(ids, _ROWS), torch.split(mask, _ROWS), strict=True):
            here, counted = (part.to(generator.device) for part in trim(rows, counts))
            nats = generator(here).drawn_log_prob(here, choice.temperature, choice.top_k, choice.top_p)
            parts.append(nats.masked_fill(~counted, 0.0).cpu().double().sum(dim=1))  # some devices have no float64
    return torch.cat(parts)


def measuring(task: Any, metrics: str | Sequence[str] | None = None, definition: str | None = None) -> Any:
    """Return the task measured by other metrics (names, or one string of them with commas; ``all``), another BLEU."""
    names = [name.strip() for name in metrics.split(",")] if isinstance(metrics, str) else metrics
    details = task.details if definition is None else {**task.details, "definition": definition}
    if names is None:
        return replace(task, details=details)
    return replace(task, details=details, metrics=tuple(registry.names("metrics") if list(names) == ["all"] else names))


@dataclass(frozen=True)
class Measured:
    """Scores by name, the samples they were measured on, and metrics left out because the task lacks what they need."""

    scores: dict[str, Score]
    samples: Samples
    missing: dict[str, str]


class Evaluator:
    """Evaluates generators on one task; references are decoded once."""

    def __init__(self, task: Any, device: torch.device) -> None:
        """Measure what ``task.metrics`` names."""
        self.task, self.device = task, device
        self._metrics = {name: registry.load("metrics", name) for name in task.metrics}
        self._tokens: dict[str, list[list[str]]] = {}
        self._digests: dict[str, str] = {}
        self._oracle: Callable[[Any, Any], Any] | None = task.log_prob if task.oracle is not None else None

    @cached_property
    def needs(self) -> set[str]:
        """Return every field of the references that some metric reads."""
        return {need for metric in self._metrics.values() for need in metric.NEEDS}

    def draw(self, generator: Generator, n: int, rng: torch.Generator, choice: Choice = PLAIN) -> Samples:
        """Draw ``n`` decoded samples in single precision; a row that never ended is cut as in :func:`sampling.cut`."""
        with matrix_precision("fp32"):
            drawn = sample(generator, n, self.task.max_len, self.task.vocab.end, rng, choice=choice)
        return self.decoded(cut(drawn, self.task.vocab.end))

    def decoded(self, samples: Samples) -> Samples:
        """Return the samples with their strings and tokens."""
        ids, mask = samples.ids.cpu(), samples.mask.cpu()
        tokens = tuple(tuple(row) for row in self.task.tokens(ids, mask))
        return replace(samples, strings=tuple(self.task.decode(ids, mask)), tokens=tokens)

    def measure(self, generator: Generator | None, samples: Samples, split: str, rows: int | None = None) -> Measured:
        """Score ``samples`` against the first ``rows`` (None: all) rows of the split "valid" or "test".

        Without a generator (real rows as samples) metrics of its likelihood are left out.
        """
        likelihood = None if generator is None else partial(log_prob, generator)
        return self.judge(samples, self.references(split, rows, likelihood))

    def judge(self, samples: Samples, references: References) -> Measured:
        """Score ``samples`` against ``references``; see :meth:`references`."""
        scores: dict[str, Score] = {}
        missing: dict[str, str] = {}
        with matrix_precision("fp32"), torch.no_grad():
            for name, metric in self._metrics.items():
                absent = [need for need in metric.NEEDS if getattr(references, need) is None]
                if absent:
                    missing[name] = ", ".join(absent)
                else:
                    scores.update({score.name: score for score in metric.score(samples, references)})
        return Measured(scores, samples, missing)

    def held_out(self, split: str, rows: int | None = None) -> Samples:
        """Return the first ``rows`` rows of a split; an unknown symbol that no row taught does not count."""
        part: Samples = getattr(self.task, split).held_out(slice(0, rows), self.device, self.task.untaught)
        return part

    def references(
        self,
        split: str,
        rows: int | None = None,
        likelihood: Callable[[Tensor, Tensor], Tensor] | None = None,
        choice: Choice = PLAIN,
    ) -> References:
        """Return the first ``rows`` (None: all) rows of a split as what metrics compare samples with.

        ``likelihood`` gives the log-probability (B,) of ids and mask (B, T) under the generator, None without one;
        ``choice`` is how the samples are drawn, for the signatures.
        """
        restricted = {name: str(value) for name, value in (("top_k", choice.top_k), ("top_p", choice.top_p))}
        return References(
            test=self._decoded_split(split, rows) if "test" in self.needs else None,
            train=self._decoded_split("train", None) if "train" in self.needs else None,
            held_out=self.held_out(split, rows),
            oracle_log_prob=self._oracle,
            generator_log_prob=likelihood,
            check=self._check(),
            temperature=choice.temperature,
            details=self.details(split) | {n: v for n, v in restricted.items() if v != str(getattr(PLAIN, n))},
        )

    def details(self, split: str) -> dict[str, str]:
        """Return what the signature of every score of this task and split holds."""
        if split not in self._digests:
            self._digests[split] = digest(getattr(self.task, split))[:12]
        found: dict[str, str] = {"task": self.task.name, "split": split, "data": self._digests[split]}
        found["tokenizer"] = label(self.task.tokenizer.as_dict())
        if self.task.untaught is not None:
            found["unknown"] = "left_out"
        found |= self.task.details
        return found | ({"check": self.task.check} if self.task.check else {})

    def _check(self) -> Callable[[Sequence[Any]], Sequence[bool]] | None:
        return registry.load("checks", self.task.check).check if self.task.check else None

    def _decoded_split(self, split: str, rows: int | None) -> list[list[str]]:
        key = f"{split}:{rows}"
        if key not in self._tokens:
            self._tokens[key] = self.task.references(split, rows)
        return self._tokens[key]
