"""Which model files a sweep takes, and what they are called: seeds of one system share a name."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from seqgan.config import read_toml
from seqgan.reports.outcome import checkpoint_name
from seqgan.runs.model import load_model, model_file

MLE_FILE = "model-mle.safetensors"


@dataclass(frozen=True)
class Candidate:
    """A model file to sweep: its ``system`` and ``seed``, the ``run`` it was named by, the digest of its bytes.

    ``settings`` is what all seeds of a system share; ``baseline`` is true for maximum likelihood.
    """

    path: Path
    run: Path
    system: str
    seed: int | None
    settings: str
    model: str
    baseline: bool


def candidates(runs: Sequence[Path], mle: bool) -> tuple[list[Candidate], list[str]]:
    """Return the model files of run folders and the model files named, each once, with notes on what is missing.

    With ``mle`` the maximum-likelihood checkpoint of a run folder is one of them. Raises CheckpointError where there
    is no finished model.
    """
    found: dict[str, Candidate] = {}
    notes: list[str] = []
    for run in dict.fromkeys(runs):
        here = [_candidate(path, run) for path in _files(run, mle)]
        if run.is_dir() and mle and len(here) == 1 and not here[0].baseline:
            notes.append(f"{run} holds no checkpoint of maximum likelihood ({MLE_FILE}): its curve stands alone.")
        for one in here:
            found.setdefault(one.model, one)
    return _named_apart(list(found.values())), notes


def file_digest(path: Path) -> str:
    """Return 16 hexadecimal digits (SHA-256) of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:16]


def _files(run: Path, mle: bool) -> list[Path]:
    if not run.is_dir():
        return [run]
    beside = run / MLE_FILE
    return [model_file(run, unfinished=False), *([beside] if mle and beside.is_file() else [])]


def _candidate(path: Path, run: Path) -> Candidate:
    about = load_model(path, unfinished=False).about
    algorithm, weights = str(about.get("algorithm", path.stem)), str(about.get("weights", ""))
    baseline = algorithm == "mle" or weights.startswith("mle_")
    which = checkpoint_name(weights).removeprefix("MLE, ").removeprefix("Adversarial, ")
    system = ("MLE" if baseline else algorithm) + (f" ({which})" if which else "")
    digest, config = file_digest(path), path.parent / "config.toml"
    settings = _settings(config) if config.is_file() else digest
    return Candidate(path, run, system, about.get("seed"), settings, digest, baseline)


def _settings(config: Path) -> str:
    """Return the settings that seeds of one system share: all but the seed and how the run was carried out."""
    return json.dumps({key: value for key, value in read_toml(config).items() if key not in ("seed", "run")})


def _named_apart(found: list[Candidate]) -> list[Candidate]:
    """Return the candidates with the name of a run added where one name would stand for different settings."""
    kinds: dict[str, dict[str, str]] = {}
    for one in found:
        place = (one.run if one.run.is_dir() else one.path.parent).resolve().name
        apart = place if one.run.is_dir() else f"{place}/{one.path.name}"
        kinds.setdefault(one.system, {}).setdefault(one.settings, apart)
    return [
        one if len(kinds[one.system]) == 1 else replace(one, system=f"{one.system}, {kinds[one.system][one.settings]}")
        for one in found
    ]
