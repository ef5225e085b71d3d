"""Makes the samples of a submission again from a model file and a seed; values that hold become ``regenerated``."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from seqgan.board import events
from seqgan.board.benchmarks.install import Installed, by_id
from seqgan.board.scoring.measure import Decoding as Measured
from seqgan.board.scoring.measure import measure
from seqgan.board.scoring.record import read_scores
from seqgan.board.scoring.worker import decoding_of
from seqgan.board.session import Row, Session
from seqgan.board.store import Store
from seqgan.board.submissions import draw, states, values
from seqgan.board.submissions.manifest import Decoding
from seqgan.board.submissions.samples import Budget, overlap, read_samples, to_jsonl
from seqgan.board.tokens import Caller
from seqgan.errors import BoardError
from seqgan.runs.model import FINISHED

_LIKE = 0.02  # a share of the value, where no interval says how much it moves


@dataclass(frozen=True)
class Regenerated:
    """What came out: whether the rows are the very same, the share in common, and the values that do not hold."""

    same: bool
    share: float
    scores: Mapping[str, Mapping[str, Any]]
    apart: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Tell whether every value holds."""
        return not self.apart


def regenerate(
    store: Store, caller: Caller, permalink: str, model: Path, seed: int, sample_seed: int | None
) -> Regenerated:
    """Draw the samples of one seed again, compare, and where all values hold keep them as tier ``regenerated``.

    Raises BoardError where the caller is the submitter or may not review, the submission has no such seed or is not
    published, the model file is not the one that the manifest names, or it names none and the rows are others.
    """
    with store.read() as session:
        submission = states.get(session, permalink)
        _check_caller(caller, submission)
        benchmark = by_id(session, submission["benchmark_id"])
        file = session.row(
            "SELECT sha256, sketch FROM sample_file WHERE submission_id = :id AND seed = :seed",
            id=submission["id"],
            seed=seed,
        )
        if file is None or submission["state"] != "published":
            raise BoardError(f"{permalink} has no published seed {seed}.", "See its page.")
        computed = _computed(session, submission["entry_id"], benchmark, seed)
    manifest = json.loads(submission["manifest"])
    known = _check_model(manifest, model, seed)
    found = _compare(benchmark, manifest, model, sample_seed, file, computed)
    if not known and not found.same:  # any model much like it would have values as near
        raise BoardError(
            f"The manifest names no model file for seed {seed}, so only the very same rows prove which it was; "
            f"{found.share:.1%} are in common.",
            "Give the seed of the drawing, --sample-seed, or have it submitted again from the model.",
        )
    with store.write() as session:
        _keep(session, submission, benchmark, seed, found, caller)
    return found


def _check_caller(caller: Caller, submission: Row) -> None:
    if not caller.may("review"):
        raise BoardError("This token may not review.", "Use one with the scope review.")
    if caller.account == submission["submitter_id"]:
        raise BoardError("Nobody confirms a submission of their own.", "Ask somebody else of the group.")


def _check_model(manifest: Mapping[str, Any], model: Path, seed: int) -> bool:
    """Tell whether the manifest names this very model file; raises BoardError where it names another."""
    said = manifest["checkpoints"].get(str(seed))
    file = model / FINISHED if model.is_dir() else model
    if not file.is_file():
        raise BoardError(f"There is no model {model}.", "Name a run folder or a model file.")
    with file.open("rb") as stream:
        here = hashlib.file_digest(stream, "sha256").hexdigest()
    if said is not None and said != here:
        raise BoardError(f"{file} is another model: its SHA-256 is {here}, the manifest says {said}.", "Find that one.")
    return said is not None


def _computed(session: Session, entry: int, benchmark: Installed, seed: int) -> dict[str, Row]:
    """Return the computed values of one seed by score name."""
    titles = {score.title: score.name for score in benchmark.contract.scores}
    rows = values.of_entry(session, entry)
    return {titles[one["metric"]]: one for one in rows if one["tier"] == "computed" and one["seed"] == seed}


def _compare(
    benchmark: Installed,
    manifest: Mapping[str, Any],
    model: Path,
    sample_seed: int | None,
    file: Row,
    computed: Mapping[str, Row],
) -> Regenerated:
    said = dict(manifest.get("decoding") or {})
    if sample_seed is not None:
        said["seed"] = sample_seed
    rows, _ = draw.sample_model(model, benchmark.contract, Decoding.model_validate(said))
    packed = to_jsonl(rows)
    read = read_samples(io.BytesIO(packed), "the samples", benchmark.contract, Budget())
    result = measure(benchmark.contract, {1: rows}, Measured(**decoding_of(dict(manifest))))
    scores = values.withheld(read_scores(result.as_dict()))[1]
    apart = [name for name, score in scores.items() if not _agree(score, computed[name])]
    same = read.sha256 == file["sha256"]
    return Regenerated(same, 1.0 if same else overlap(read.sketch, json.loads(file["sketch"])), scores, tuple(apart))


def _agree(here: Mapping[str, Any], there: Mapping[str, Any]) -> bool:
    """Tell whether two values agree: their intervals meet, or they differ by a fiftieth at most."""
    if here["value"] is None or there["number"] is None:
        return here["value"] is there["number"]
    if here["interval"] and there["low"] is not None:
        return bool(here["interval"][0] <= there["high"] and there["low"] <= here["interval"][1])
    return bool(abs(here["value"] - there["number"]) <= _LIKE * max(abs(there["number"]), 1e-3))


def _keep(
    session: Session, submission: Row, benchmark: Installed, seed: int, found: Regenerated, caller: Caller
) -> None:
    """Log the attempt; where every value holds, add the values, and one over all seeds when all were made again."""
    details = {"seed": seed, "same rows": found.same, "share": round(found.share, 4), "apart": list(found.apart)}
    outcome = "regenerated" if found.holds else "not regenerated"
    events.append(session, caller.name, outcome, "submission", submission["id"], details=details)
    if not found.holds:
        return
    values.replace_seed(session, submission["entry_id"], benchmark, seed, found.scores, "regenerated")
    wanted = session.value("SELECT count(*) FROM sample_file WHERE submission_id = :id", id=submission["id"])
    values.replace_over(session, submission["entry_id"], benchmark, "regenerated", wanted)
