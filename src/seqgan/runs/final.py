"""The end of a run: every checkpoint measured on the test split, samples and models written, the comparison drawn."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray

from seqgan.errors import RewardError, RunError
from seqgan.generators import Generator
from seqgan.records import NGRAM, REAL, REFERENCES, Samples, Score
from seqgan.rewards import own_functions
from seqgan.rng import stream
from seqgan.runs.comparison import Final, compare, shares
from seqgan.runs.counted import counted
from seqgan.runs.evaluation import Evaluator, Measured, log_prob
from seqgan.runs.model_files import COLUMNS, FINAL, generator_of, write_final
from seqgan.runs.own_reward import own_score

if TYPE_CHECKING:
    from seqgan.runs.folder import RunFolder
    from seqgan.runs.session import Session


def columns(session: Session) -> list[str]:
    """Return what is measured: real rows, a 4-gram model, then the last and the best weights of every stage."""
    return [REAL, NGRAM, *([name for name in COLUMNS if name in session.kept] or ["last"])]


def finish(session: Session, folder: RunFolder) -> None:
    """Write the models, measure, write samples, and journal "comparison" and "finish"; it can be resumed on the way.

    The models come first: a metric that fails on them takes nothing away. Raises RunError where the disk refuses.
    """
    names = columns(session)
    with _disk(folder):
        write_final(session, folder)
    for index in session.phase(FINAL, len(names)):
        session.results[names[index]] = _measure(session, folder, names[index])
    for name in names:
        if name not in session.results:  # a run that an earlier version, which measured less, left in this phase
            session.results[name] = _measure(session, folder, name)
    finals = {name: _final(session.results[name]) for name in names}
    if "adversarial_last" in finals:
        session.log("comparison", **compare(finals))
    scores = {name: session.results[name]["scores"] for name in names}
    costs = {"generated_sequences": session.generated, "reward_calls": session.scored}
    if session.unscored:
        costs["unscored_sequences"] = session.unscored
    session.log("finish", split="test", checkpoints=scores, **costs)


def _measure(session: Session, folder: RunFolder, name: str) -> dict[str, Any]:
    generator = None if name in REFERENCES else generator_of(session, name)
    if name == NGRAM:
        measured = measure_counted(session.evaluator, session.experiment.run.final_samples, session.experiment.seed)
    else:
        measured = session.evaluator.measure(generator, _samples(session, generator), "test")
    samples = measured.samples
    if generator is not None:
        session.skip(measured.missing)
    with _disk(folder):
        folder.write_samples(name, list(samples.strings or ()))
    own = _own(session, samples)
    scores = [*measured.scores.values(), *(score for score, _ in own)]
    rows = {} if generator is None else _rows(session, generator, samples) | _finite({s.name: v for s, v in own})
    return {"scores": [score.as_dict() for score in scores], "rows": rows}


def measure_counted(evaluator: Evaluator, n: int, seed: int) -> Measured:
    """Return the scores of ``n`` samples of a 4-gram model counted from the training rows, on the test split."""
    samples, likelihood = counted(evaluator.task, n, seed)
    return evaluator.judge(evaluator.decoded(samples), evaluator.references("test", None, likelihood))


def _own(session: Session, samples: Samples) -> list[tuple[Score, NDArray[np.float64]]]:
    """Return what the user's functions make of the samples; one that fails is left out and named."""
    found = []
    for function in own_functions(session.judge):
        try:
            found.append(own_score(function, samples, session.evaluator.details("test")))
        except RewardError as error:
            session.warn(f"The final samples have no value of your reward. {error}")
    return found


def _samples(session: Session, generator: Generator | None) -> Samples:
    """Draw from the generator with the random stream that every checkpoint gets, or take random training rows."""
    n, rng = session.experiment.run.final_samples, stream(session.experiment.seed, "final", device=session.device)
    if generator is not None:
        return session.evaluator.draw(generator, n, rng)
    train = session.task.train
    rows = torch.randperm(len(train), generator=stream(session.experiment.seed, "final"))[:n]
    return session.evaluator.decoded(train.samples(rows, device=session.device))


def _rows(session: Session, generator: Generator, samples: Samples) -> dict[str, Any]:
    """Return, for the likelihoods, one number a sequence, so that checkpoints can be compared in pairs."""
    test = session.evaluator.held_out("test")
    rows = {"nll_gen": _shares(log_prob(generator, test.ids, test.mask), test)}
    if session.task.oracle is not None:
        rows["nll_oracle"] = _shares(session.task.log_prob(samples.ids, samples.mask), samples)
    return _finite(rows)


def _finite(rows: dict[str, NDArray[np.float64]]) -> dict[str, torch.Tensor]:
    return {name: torch.from_numpy(values) for name, values in rows.items() if np.isfinite(values).all()}


def _shares(log_probs: torch.Tensor, samples: Samples) -> NDArray[np.float64]:
    return shares((-log_probs.cpu().double()).tolist(), samples.mask.sum(dim=1).tolist())


def _final(result: dict[str, Any]) -> Final:
    scores = {score["name"]: Score(**score) for score in result["scores"]}
    return Final(scores, {name: values.numpy() for name, values in result["rows"].items()})


@contextmanager
def _disk(folder: RunFolder) -> Iterator[None]:
    """Turn a refusal of the disk into an error that names the remedy."""
    try:
        yield
    except OSError as error:
        raise RunError(
            f"The results could not be written to {folder.path}: {error.strerror or error}. The checkpoint is whole.",
            f"Make room on the disk, then: seqgan resume {folder.path}",
        ) from error
