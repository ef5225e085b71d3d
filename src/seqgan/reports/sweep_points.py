"""One point of a sweep: samples drawn at a temperature or top-p, their scores, and what each sequence adds to them.

A point is kept in the sweep's folder under a digest of the model and of every setting that changes it, so that a
repeated command measures only what is missing.
"""

from __future__ import annotations

import hashlib
import json
import math
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import torch
from filelock import FileLock, Timeout
from numpy.typing import NDArray

from seqgan.errors import ConfigError, RunError
from seqgan.functional.sampling import Choice
from seqgan.generators import Generator
from seqgan.metrics import self_bleu
from seqgan.metrics._signature import signature
from seqgan.records import References, Samples, Score
from seqgan.rng import stream
from seqgan.runs import files
from seqgan.runs.evaluation import Evaluator, log_prob
from seqgan.runs.journal import plain

TEMPERATURES = (0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.35, 1.5)
REAL = "real"
FORMAT = "sweep 1"
Rows = dict[str, NDArray[np.float32]]


@dataclass(frozen=True)
class Grid:
    """What is sampled: each of ``temperatures``, each of ``top_p`` at temperature 1, ``n`` sequences a point.

    ``split`` names the held-out rows. Raises ConfigError for a value out of range or an empty grid.
    """

    temperatures: tuple[float, ...] = TEMPERATURES
    top_p: tuple[float, ...] = ()
    n: int = 2000
    seed: int = 1
    split: str = "test"

    def __post_init__(self) -> None:
        """Sort the values, drop repeated ones and refuse what cannot be sampled."""
        for name in ("temperatures", "top_p"):
            object.__setattr__(self, name, tuple(sorted({float(value) for value in getattr(self, name)})))
        faults = {
            "a temperature must be above 0 (0 would always take the likeliest token) and finite": not all(
                0 < value < math.inf for value in self.temperatures
            ),
            "top_p must be above 0 and at most 1": not all(0 < value <= 1 for value in self.top_p),
            "a sweep needs a temperature or a top_p": not self.temperatures + self.top_p,
            "n must be 2 or more": self.n < 2,
            "split must be test or valid": self.split not in ("test", "valid"),
        }
        found = [text for text, wrong in faults.items() if wrong]
        if found:
            raise ConfigError(f"This cannot be swept: {'; '.join(found)}.")

    def choices(self) -> list[Choice]:
        """Return every way of sampling once, temperatures first."""
        wanted = [Choice(value) for value in self.temperatures] + [Choice(1.0, 0, value) for value in self.top_p]
        return list(dict.fromkeys(wanted))


@dataclass(frozen=True)
class Point:
    """The scores of one model at one temperature and top-p, and ``rows``: what each sequence adds to them.

    ``rows`` has (B,) for BLEU and self-BLEU and log-probabilities beside tokens, (B, 2), for likelihoods.
    ``impossible`` is the share of held-out rows that have probability zero when so sampled: above 0, NLL_test is
    infinite. Real text has the model "real" and temperature 1.
    """

    digest: str
    model: str
    temperature: float
    top_p: float
    scores: dict[str, Score]
    impossible: float
    rows: Rows

    def value(self, name: str) -> float:
        """Return the value of a score, NaN where it was not measured."""
        return self.scores[name].value if name in self.scores else math.nan


def point_digest(evaluator: Evaluator, model: str, choice: Choice | None, grid: Grid) -> str:
    """Return 16 hexadecimal digits of all that changes a point: model, data, metrics, settings, version."""
    details = evaluator.references(grid.split, 1).details
    how = None if choice is None else [choice.temperature, choice.top_p]
    facts = [
        FORMAT,
        model,
        how,
        grid.n,
        grid.seed,
        sorted(details.items()),
        list(evaluator.task.metrics),
        signature("", {}),
    ]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:16]


class Remembered:
    """A likelihood of ids and mask that is computed once for each table of ids."""

    def __init__(self, compute: Callable[[Any, Any], Any]) -> None:
        """Remember the answers of ``compute``."""
        self._compute = compute
        self._known: dict[int, tuple[Any, Any]] = {}

    def __call__(self, ids: Any, mask: Any) -> Any:
        """Return log-probabilities (B,)."""
        if id(ids) not in self._known:
            self._known[id(ids)] = ids, self._compute(ids, mask)  # the ids are kept, so their number is not given anew
        return self._known[id(ids)][1]


def measure(evaluator: Evaluator, generator: Generator, model: str, choice: Choice, grid: Grid) -> Point:
    """Return the point of ``generator``, whose file has the digest ``model``, sampled by ``choice``.

    Every point has a random stream of its own, so that points are independent of each other. NLL_test is taken at the
    same temperature and top-p.
    """
    draws = stream(grid.seed, "sweep", model, choice.temperature, choice.top_p, device=generator.device)
    samples = evaluator.draw(generator, grid.n, draws, choice)
    likelihood = Remembered(lambda ids, mask: log_prob(generator, ids, mask, choice))
    return _judged(evaluator, samples, evaluator.references(grid.split, None, likelihood, choice), model, choice, grid)


def measure_real(evaluator: Evaluator, grid: Grid) -> Point:
    """Return the point of real text: training rows as samples; where an oracle made them, its own NLL_test."""
    order = torch.randperm(len(evaluator.task.train), generator=stream(grid.seed, "sweep", REAL))[: grid.n]
    samples = evaluator.decoded(evaluator.task.train.samples(order, device=evaluator.device))
    likelihood = None if evaluator.task.oracle is None else Remembered(evaluator.task.log_prob)
    return _judged(evaluator, samples, evaluator.references(grid.split, None, likelihood), REAL, None, grid)


def _judged(
    evaluator: Evaluator, samples: Samples, references: References, model: str, choice: Choice | None, grid: Grid
) -> Point:
    if references.oracle_log_prob is not None:
        references = replace(references, oracle_log_prob=Remembered(references.oracle_log_prob))
    scores = evaluator.judge(samples, references).scores
    rows = _rows(samples, references, scores)
    impossible = float(np.isneginf(rows["nll_gen"][:, 0]).mean()) if "nll_gen" in rows else 0.0
    digest, how = point_digest(evaluator, model, choice, grid), choice or Choice()
    return Point(digest, model, how.temperature, how.top_p, scores, impossible, rows)


def _rows(samples: Samples, references: References, scores: dict[str, Score]) -> Rows:
    """Return what each sequence adds to the scores that planes are made of."""
    found = {name: score.per_row.astype(np.float32) for name, score in scores.items() if score.per_row is not None}
    orders = [order for order in self_bleu.ORDERS if f"self_bleu_{order}" in scores]
    if orders:
        values = self_bleu.per_sentence(samples, orders=orders)
        found |= {f"self_bleu_{order}": values[:, k].astype(np.float32) for k, order in enumerate(orders)}
    if "nll_oracle" in scores and references.oracle_log_prob is not None:
        found["nll_oracle"] = _nats(references.oracle_log_prob(samples.ids, samples.mask), samples.mask)
    if "nll_gen" in scores and references.generator_log_prob is not None and references.held_out is not None:
        held = references.held_out
        found["nll_gen"] = _nats(references.generator_log_prob(held.ids, held.mask), held.mask)
    return found


def _nats(log_probs: torch.Tensor, mask: torch.Tensor) -> NDArray[np.float32]:
    return np.stack([log_probs.cpu().double().numpy(), mask.sum(1).cpu().numpy()], axis=1).astype(np.float32)


class Store:
    """The points in a sweep's folder: ``points.jsonl``, one a line, and ``rows/``, an archive of arrays for each."""

    def __init__(self, folder: Path) -> None:
        """Read the points that are there; what is damaged counts as not measured."""
        self.folder, self.rows = folder, folder / "rows"
        self.lines = folder / "points.jsonl"
        self._known = {line["digest"]: line for line in self._read()}

    @contextmanager
    def held(self) -> Iterator[None]:
        """Make the folder and hold it; raises RunError where that is refused or another process sweeps there."""
        try:
            self.rows.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise RunError(f"{self.folder} cannot be made: {error.strerror}.", "Name another folder: --out.") from None
        lock = FileLock(self.folder / ".lock")
        try:
            lock.acquire(blocking=False)
        except Timeout:
            raise RunError(
                f"Another process sweeps in {self.folder}.", "Wait for it, or name another folder."
            ) from None
        try:
            yield
        finally:
            lock.release()

    def get(self, digest: str) -> Point | None:
        """Return a point, or None where it has to be measured."""
        line = self._known.get(digest)
        if line is None:
            return None
        try:
            archive = BytesIO((self.rows / f"{digest}.npz").read_bytes())
            with np.load(archive, allow_pickle=False) as arrays:
                rows = {name: arrays[name] for name in arrays.files}
            scores = {entry["name"]: _score(entry, line["impossible"]) for entry in line["scores"]}
            how = line["temperature"], line["top_p"]
            return Point(digest, line["model"], *how, scores, line["impossible"], rows)
        except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile):
            return None

    def put(self, point: Point) -> None:
        """Keep a point: its rows first, then its line; raises RunError where the disk refuses."""
        archive = BytesIO()
        np.savez_compressed(archive, **point.rows)  # type: ignore[arg-type]
        names = ("digest", "model", "temperature", "top_p", "impossible")
        line = {name: getattr(point, name) for name in names}
        self._known[point.digest] = line | {"scores": [plain(score.as_dict()) for score in point.scores.values()]}
        text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in self._known.values())
        try:
            files.replace(self.rows / f"{point.digest}.npz", archive.getvalue())
            files.replace(self.lines, text.encode())
        except OSError as error:
            raise RunError(f"{self.folder} cannot be written: {error.strerror}.", "Make room, then repeat.") from error

    def _read(self) -> Iterator[dict[str, Any]]:
        if self.lines.is_file():
            for text in self.lines.read_text(encoding="utf-8", errors="replace").splitlines():
                try:
                    line = json.loads(text)
                except ValueError:
                    continue
                if isinstance(line, dict) and "digest" in line:
                    yield line


def _score(entry: dict[str, Any], impossible: float) -> Score:
    """Return a score as it was measured; JSON keeps infinity and NaN as null."""
    value = entry["value"]
    if value is None:
        value = math.inf if entry["name"] == "nll_gen" and impossible > 0 else math.nan
    interval = entry["interval"]
    return Score(**{**entry, "value": value, "interval": None if interval is None else (interval[0], interval[1])})
