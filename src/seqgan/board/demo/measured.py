"""Brings this software's own results: the records of finished experiments, averaged over seeds, tier "computed"."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

from seqgan.board import catalogue
from seqgan.board.columns import column
from seqgan.board.keys import permalink
from seqgan.board.session import Session
from seqgan.board.submissions.values import together
from seqgan.records import NGRAM, REAL, REFERENCES
from seqgan.results.aggregate import Summary, summaries
from seqgan.results.record import Record

FILE = Path(__file__).parent.parent / "data" / "tasks.toml"
SOURCE = "own"
MODELS = {
    "mle": "MLE",
    "seqgan": "SeqGAN",
    "pg_bleu": "PG-BLEU",
    "scheduled_sampling": "Scheduled sampling",
    "cooperative": "CoT",
    "leakgan": "LeakGAN",
    "rankgan": "RankGAN",
    "maligan": "MaliGAN",
    "relgan": "RelGAN",
}
PAPERS = {
    "seqgan": "1609.05473",
    "pg_bleu": "1609.05473",
    "cooperative": "1804.03782",
    "leakgan": "1709.08624",
    "rankgan": "1705.11001",
}
CONTROLS = {
    "constant": "constant reward",
    "shuffled": "shuffled rewards",
    "random_discriminator": "random discriminator",
}
"""Rewards that say nothing of the data, by what a row trained with them is called."""
CHECKPOINTS = {
    REAL: "held-out data",
    NGRAM: "counted",
    "mle_last": "last",
    "mle_best": "best on validation",
    "adversarial_last": "last",
    "adversarial_best": "best on validation",
    "last": "last",
    "best": "best on validation",
}


@cache
def _places() -> dict[str, dict[str, Any]]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def add_records(session: Session, finished: Sequence[Record]) -> int:
    """Add finished records in the order of experiments, each checkpoint of an experiment as a row; return the rows.

    Real data and a counted 4-gram model, which every experiment measures, become one row each of a leaderboard. A row
    that is already there is written anew, for another seed may have been added.
    """
    count, with_reference = 0, set[tuple[int, str]]()
    for _, group in groupby(finished, key=lambda record: record.experiment):
        seeds = list(group)
        place = _places().get(str(seeds[0].config.get("task", {}).get("name", "")))
        if place is None:
            continue
        board = _board(session, place, seeds[0])
        for checkpoint in dict.fromkeys(name for record in seeds for name in record.scores):
            if checkpoint in REFERENCES and (board, checkpoint) in with_reference:
                continue
            with_reference.add((board, checkpoint))
            _add_row(session, board, place, seeds, checkpoint)
            count += 1
    return count


def _board(session: Session, place: dict[str, Any], record: Record) -> int:
    settings = {**place.get("defaults", {}), **record.config["task"]}
    name = place["usual"] if "usual" in place and _same(place, record) else place["dataset"].format(**settings)
    task = catalogue.ensure_task(session, place["task"], "own", place["area"])
    dataset = catalogue.ensure_dataset(session, name, "own")
    return catalogue.ensure_board(session, task, dataset, "own")


def _add_row(session: Session, board: int, place: dict[str, Any], seeds: Sequence[Record], checkpoint: str) -> None:
    first = seeds[0]
    model, paper, tag = _identity(first, checkpoint)
    slug = session.value("SELECT slug FROM board WHERE id = :board", board=board)
    entry = _entry(
        session,
        permalink(SOURCE, slug, first.experiment, checkpoint),
        board_id=board,
        model_id=catalogue.ensure_model(session, model),
        variant=f"{first.experiment}, {CHECKPOINTS.get(checkpoint, checkpoint)}",
        paper_id=catalogue.ensure_paper(session, "", SOURCE, arxiv=paper) if paper else None,
        evaluated_on=max((record.date for record in seeds), default="") or None,
        citation=f"results/{first.experiment}: {len(seeds)} of its seeds finished",
        details=catalogue.as_json(_details(seeds)),
        extra_data=0,
        tags=catalogue.as_json([tag]),
    )
    session.run("DELETE FROM value WHERE entry_id = :entry", entry=entry)
    names = dict.fromkeys(score.name for record in seeds for score in record.scores.get(checkpoint, ()))
    for name in names:
        _add_values(session, board, place, entry, summaries(seeds, checkpoint, name)[0], seeds)
    _add_samples(session, entry, seeds, checkpoint)


def _identity(record: Record, checkpoint: str) -> tuple[str, str | None, str]:
    """Return what a row is: the model's name, the paper whose method it is, and its tag.

    A control, trained with a reward that says nothing of the data, is nobody's method.
    """
    algorithm = record.config.get("algorithm", {})
    name = str(algorithm.get("name", ""))
    if checkpoint == REAL:
        return "Real data", None, "reference"
    if checkpoint == NGRAM:
        return "4-gram model", None, "reference"
    if checkpoint.startswith("mle") or name == "mle":
        untrained = algorithm.get("epochs") == 0 or algorithm.get("pretrain_epochs") == 0
        return ("Untrained", None, "reference") if untrained else (MODELS["mle"], None, "own run")
    reward = record.config.get("reward", {}).get("name", "discriminator")
    if reward in CONTROLS:
        return f"{MODELS.get(name, name)}, {CONTROLS[reward]}", None, "control"
    if name == "cooperative" and algorithm.get("m_steps") == 0:
        return "Distilled ensemble", None, "own run"
    if name == "seqgan" and reward != "discriminator":
        return f"{MODELS[name]}, reward {reward.replace('_', ' ')}", None, "own run"
    return MODELS.get(name, name), PAPERS.get(name), "own run"


def _entry(session: Session, link: str, **values: Any) -> int:
    known = session.value("SELECT id FROM entry WHERE permalink = :link", link=link)
    if known is None:
        return session.insert("entry", permalink=link, source=SOURCE, **values)
    session.run(
        f"UPDATE entry SET {', '.join(f'{name} = :{name}' for name in values)} WHERE id = :id", id=known, **values
    )
    return int(known)


def _details(seeds: Sequence[Record]) -> dict[str, Any]:
    """Return how a row was made: seeds, device, commit, cost."""
    first = seeds[0]
    hours = sum(record.cost.get("seconds", 0.0) for record in seeds) / 3600
    found = {
        "experiment": first.experiment,
        "seeds": ", ".join(str(record.seed) for record in seeds),
        "command": first.command,
        "code": str(first.environment.get("commit", ""))[:12],
        "device": first.environment.get("device_name", ""),
        "hours": f"{hours:.2g}" if hours else "",
        "verdict": first.verdict if len(seeds) == 1 else "",
    }
    return {name: text for name, text in found.items() if text}


def _add_values(
    session: Session, board: int, place: dict[str, Any], entry: int, summary: Summary, seeds: Sequence[Record]
) -> None:
    """Write the mean over seeds with its interval, and every seed's own value below it."""
    if summary.spread is None:
        return
    scores = {record.seed: record.score(summary.checkpoint, summary.metric) for record in seeds}
    kept = {seed: score for seed, score in scores.items() if score is not None and score.value is not None}
    sample = next(iter(kept.values()))
    direction = summary.direction if summary.direction in ("higher", "lower") else "unknown"
    metric = column(
        session,
        board,
        sample.signature,
        _title(place, seeds[0], summary.metric),
        direction=direction,
        direction_from="curated",
        unit=summary.unit,
    )
    interval = summary.spread.interval or sample.interval or (None, None)
    signature = together([score.signature for score in kept.values()])
    rows = [(entry, metric, "computed", None, summary.spread.mean, *interval, sample.n, signature)]
    if len(kept) > 1:
        rows += [
            (entry, metric, "computed", seed, score.value, *(score.interval or (None, None)), score.n, score.signature)
            for seed, score in kept.items()
        ]
    session.bulk(
        "value",
        ("entry_id", "metric_id", "tier", "seed", "raw", "number", "low", "high", "n", "signature"),
        [(*row[:4], f"{row[4]:#.4g}", *row[4:]) for row in rows],
    )


def _title(place: dict[str, Any], record: Record, metric: str) -> str:
    """Return the papers' own column for a metric where the run measures the very same thing, else nothing."""
    return str(place.get("titles", {}).get(metric, "")) if _same(place, record) else ""


def _same(place: dict[str, Any], record: Record) -> bool:
    """Tell whether a run's task has the settings that the papers used."""
    settings = {**place.get("defaults", {}), **record.config["task"]}
    return all(settings.get(name) == value for name, value in place.get("same", {}).items())


def _add_samples(session: Session, entry: int, seeds: Sequence[Record], checkpoint: str) -> None:
    texts = [text for record in seeds for text in record.samples.get(checkpoint, [])][:200]
    session.run("DELETE FROM entry_sample WHERE entry_id = :entry", entry=entry)
    session.bulk("entry_sample", ("entry_id", "place", "text"), [(entry, n, text) for n, text in enumerate(texts)])
