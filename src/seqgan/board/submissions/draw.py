"""Samples for a benchmark from whatever somebody has: a run folder or model file, a file of texts, ready JSON lines."""

from __future__ import annotations

import gzip
import hashlib
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from seqgan.board.benchmarks import Contract
from seqgan.board.submissions.manifest import Decoding, seed_of
from seqgan.board.submissions.samples import to_jsonl
from seqgan.errors import BoardError, DataError
from seqgan.progress import Progress

Rows = list[str] | list[list[int]]


@dataclass(frozen=True)
class Drawn:
    """The samples of one seed as gzipped JSON lines, and what is known of the model they come from."""

    seed: int
    content: bytes
    model: str = ""
    checkpoint: str = ""
    millions: float | None = None
    facts: dict[str, Any] = field(default_factory=dict)


def is_model(path: Path) -> bool:
    """Tell whether a path is a run folder or a model file."""
    return path.is_dir() or path.suffix == ".safetensors"


def gather(
    paths: Sequence[Path], contract: Contract, decoding: Decoding, first: bool = False, progress: Progress | None = None
) -> list[Drawn]:
    """Return the samples of every path, one a seed: drawn from models, read from files.

    A run folder gives its training seed, a file ``samples.<seed>.jsonl`` the seed in its name, anything else its place
    from 1. ``first`` takes the first rows of a longer file of texts. Raises DataError for a file that cannot be used.
    """
    seeds = _seeds(paths)
    found = []
    for path, seed in zip(paths, seeds, strict=True):
        if progress is not None and is_model(path):
            progress.say(f"drawing {contract.samples:,} samples from {path}")
        found.append(_drawn(path, seed, contract, decoding) if is_model(path) else _file(path, seed, contract, first))
    return found


def _seeds(paths: Sequence[Path]) -> list[int]:
    own = [_config(path).get("seed") if is_model(path) else seed_of(path.name) for path in paths]
    known = [seed for seed in own if isinstance(seed, int)]
    return known if len(set(known)) == len(paths) else list(range(1, len(paths) + 1))


def _config(path: Path) -> dict[str, Any]:
    """Return the settings of the run that a path lies in, nothing where it lies in none."""
    file = (path if path.is_dir() else path.parent) / "config.toml"
    return tomllib.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}


def _drawn(path: Path, seed: int, contract: Contract, decoding: Decoding) -> Drawn:
    from seqgan.runs.model import model_file

    file = model_file(path, unfinished=False)
    rows, millions = sample_model(file, contract, decoding)
    with file.open("rb") as stream:
        checkpoint = hashlib.file_digest(stream, "sha256").hexdigest()
    name = str(_config(path).get("algorithm", {}).get("name", ""))
    return Drawn(seed, to_jsonl(rows), name, checkpoint, millions)


def sample_model(path: Path, contract: Contract, decoding: Decoding) -> tuple[Rows, float]:
    """Return the samples that a benchmark wants from a model file, and the model's size in millions of parameters.

    They are those that ``seqgan evaluate RUN -n N --seed S`` draws. Raises BoardError where the model writes no ids and
    the benchmark wants them, CheckpointError where its run is not finished.
    """
    from seqgan.data.task import to_tokens
    from seqgan.functional.precision import matrix_precision
    from seqgan.functional.sampling import Choice, cut, sample
    from seqgan.rng import stream
    from seqgan.runs.model import load_model

    model = load_model(path, unfinished=False)
    rng = stream(1 if decoding.seed is None else decoding.seed, "evaluate", device=model.generator.device)
    choice = Choice(decoding.temperature, decoding.top_k, decoding.top_p)
    with matrix_precision("fp32"):
        drawn = sample(model.generator, contract.samples, model.max_len, model.vocab.end, rng, choice=choice)
        drawn = cut(drawn, model.vocab.end)
    tokens = to_tokens(drawn.ids.cpu(), drawn.mask.cpu(), model.vocab)
    millions = sum(weights.numel() for weights in model.generator.parameters()) / 1e6
    if contract.content == "text":
        return [model.tokenizer.detokenize(row) for row in tokens], millions
    try:
        return [[int(token) for token in row] for row in tokens], millions
    except ValueError:
        raise BoardError(f"{path} writes words, {contract.id} wants ids.", "Choose another benchmark.") from None


def _file(path: Path, seed: int, contract: Contract, first: bool) -> Drawn:
    data = path.read_bytes()
    if path.name.endswith((".jsonl", ".jsonl.gz")):
        return Drawn(seed, data if path.suffix == ".gz" else gzip.compress(data, mtime=0))
    return Drawn(seed, to_jsonl(rows_of(data, path.name, contract, first)))


def rows_of(data: bytes, name: str, contract: Contract, first: bool = False) -> Rows:
    """Return the rows of a text file, one a line; raises DataError where their number or kind is another."""
    try:
        lines = data.decode("utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise DataError(f"{name} is no UTF-8: byte {error.start + 1}.", "Save it as UTF-8.") from None
    lines = [line.removesuffix("\r") for line in (lines[:-1] if lines[-1] == "" else lines)]
    if first and len(lines) > contract.samples:
        lines = lines[: contract.samples]
    if len(lines) != contract.samples:
        remedy = "Take the first of them with --first." if len(lines) > contract.samples else "Draw more samples."
        raise DataError(f"{name} has {len(lines):,} lines; {contract.id} takes exactly {contract.samples:,}.", remedy)
    return lines if contract.content == "text" else [_ids(line, place, name) for place, line in enumerate(lines, 1)]


def _ids(line: str, place: int, name: str) -> list[int]:
    try:
        return [int(word) for word in line.replace(",", " ").split()]
    except ValueError:
        raise DataError(f"Line {place} of {name} holds something else than ids.", "Write whole numbers.") from None
