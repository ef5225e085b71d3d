"""The model files of a run: one while it trains, with every checkpoint, and those of its end."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from seqgan.functional.copies import copy_of
from seqgan.generators import Generator
from seqgan.runs.journal import STAGES
from seqgan.runs.model import SO_FAR, Model, save_model

if TYPE_CHECKING:
    from seqgan.runs.folder import RunFolder
    from seqgan.runs.session import Session

FINAL = "final"  # the phase in which a run's models are measured
COLUMNS = tuple(f"{stage}_{moment}" for stage in STAGES for moment in ("last", "best"))


def generator_of(session: Session, name: str) -> Generator:
    """Return a copy of the generator with the weights kept under ``name``, or as it is now."""
    judged = copy_of(session.generator)
    if name in session.kept:
        judged.load_state_dict(session.kept.weights(name))
    return judged


def write_so_far(session: Session, folder: RunFolder) -> None:
    """Write the generator as it is now, for whoever wants samples before the run ends; its end has models of its own.

    Raises OSError.
    """
    phase, step = session.positions.place()
    if phase != FINAL:
        _write(session, folder.path / SO_FAR, "last", so_far=f"{phase}, step {step}")


def write_final(session: Session, folder: RunFolder) -> None:
    """Write the generator as it is now, the best of its last stage, and the best of the MLE stage before that.

    Raises OSError.
    """
    stages = [name.removesuffix("_best") for name in COLUMNS if name.endswith("_best") and name in session.kept]
    files = {"model": "last", **({"model-best": f"{stages[-1]}_best"} if stages else {})}
    if len(stages) > 1:
        files["model-mle"] = "mle_best"
    for file, weights in files.items():
        _write(session, folder.path / f"{file}.safetensors", weights)
    with suppress(OSError):  # where it stays, it is not looked at any more
        (folder.path / SO_FAR).unlink(missing_ok=True)


def _write(session: Session, path: Path, weights: str, **facts: str) -> None:
    experiment, task = session.experiment, session.task
    about = {"seed": experiment.seed, "algorithm": experiment.names["algorithm"], "weights": weights, **facts}
    model = Model(generator_of(session, weights), task.vocab, task.tokenizer, task.max_len, task.name, about)
    save_model(path, model, experiment.names["generator"], experiment.parts["generator"])
