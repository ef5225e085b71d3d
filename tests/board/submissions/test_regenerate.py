"""Samples made again from a model file: the very same rows, or values that hold, or neither."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from board.submitting import Place, make_place, score, state
from seqgan import api
from seqgan.board.benchmarks import Contract, packaged
from seqgan.board.leaderboard import load
from seqgan.board.submissions import draw, review, values
from seqgan.board.submissions.manifest import Decoding, of
from seqgan.board.submissions.regenerate import regenerate
from seqgan.board.submissions.send import Database
from seqgan.errors import BoardError, CheckpointError, DataError
from seqgan.runs import checkpoint

pytestmark = pytest.mark.thorough
SMALL = [
    "algorithm.epochs=1",
    "generator.hidden=8",
    "generator.embedding=8",
    "task.train_rows=1000",
    "task.valid_rows=50",
]


def grammar() -> Contract:
    plain = packaged()["oracle-grammar@1"].model_dump(mode="json")
    scores = [score for score in plain["scores"] if score["name"] in ("nll_oracle", "validity", "uniqueness")]
    return Contract.model_validate(
        {**plain, "samples": 200, "metrics": ["nll_oracle", "validity", "uniqueness"], "scores": scores}
    )


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Return two runs on the grammar, trained for a moment with different seeds."""
    folder = tmp_path_factory.mktemp("runs")
    return [
        api.train("oracle_grammar", algorithm="mle", seed=seed, out=folder / f"run{seed}", quiet=True, settings=SMALL)
        for seed in (3, 5)
    ]


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    made = make_place(tmp_path, grammar())
    yield made
    made.store.close()


def publish(place: Place, runs: list[Path], **changes: Any) -> str:
    """Submit runs as ``seqgan submit`` does, and publish them."""
    drawn = draw.gather(runs, grammar(), Decoding(seed=7))
    plain = {
        "schema": "seqgan.submission/1",
        "benchmark": "oracle-grammar@1",
        "model": drawn[0].model,
        "seeds": [one.seed for one in drawn],
        "checkpoints": {str(one.seed): one.checkpoint for one in drawn},
        "decoding": {"temperature": 1.0, "seed": 7},
    }
    permalink = Database(place.store, place.secrets["ann"]).send(of({**plain, **changes}), drawn)
    score(place)
    with place.store.write() as session:
        review.accept(session, permalink, place.people["rob"], "fine")
    return permalink


def test_every_seed_made_again_gives_the_tier_regenerated(place: Place, runs: list[Path]) -> None:
    permalink = publish(place, runs)
    found = regenerate(place.store, place.people["rob"], permalink, runs[0], 3, None)
    assert found.same
    assert found.holds
    with place.store.read() as session:
        tiers = {(one["tier"], one["seed"]) for one in values.of_entry(session, 1)}
    assert ("regenerated", 3) in tiers
    assert ("regenerated", None) not in tiers
    regenerate(place.store, place.people["rob"], permalink, runs[1], 5, None)
    with place.store.read() as session:
        rows = load.entries(session, session.value("SELECT board_id FROM entry"))
        actions = session.column("SELECT action FROM event ORDER BY id")
    shown = rows[0]["values"]["NLL_oracle"]
    assert shown["regenerated"]["number"] == pytest.approx(shown["computed"]["number"])
    assert actions.count("regenerated") == 2


def test_another_drawing_holds_by_its_values_and_another_model_does_not(place: Place, runs: list[Path]) -> None:
    permalink = publish(place, runs[:1])
    again = regenerate(place.store, place.people["rob"], permalink, runs[0], 3, 99)
    assert not again.same
    assert again.share < 0.5
    with pytest.raises(BoardError, match="no published seed 4"):
        regenerate(place.store, place.people["rob"], permalink, runs[0], 4, None)


def test_without_a_named_model_file_only_the_very_same_rows_prove_anything(place: Place, runs: list[Path]) -> None:
    permalink = publish(place, runs[:1], checkpoints={})
    with pytest.raises(BoardError, match="names no model file"):
        regenerate(place.store, place.people["rob"], permalink, runs[0], 3, 99)
    with place.store.read() as session:
        assert {one["tier"] for one in values.of_entry(session, 1)} == {"computed"}
    assert regenerate(place.store, place.people["rob"], permalink, runs[0], 3, None).same


def test_who_may_not_and_what_is_not_the_model(place: Place, runs: list[Path], tmp_path: Path) -> None:
    permalink = publish(place, runs[:1])
    with pytest.raises(BoardError, match="may not review"):
        regenerate(place.store, place.people["ann"], permalink, runs[0], 3, None)
    with pytest.raises(BoardError, match="another model"):
        regenerate(place.store, place.people["rob"], permalink, runs[1], 3, None)
    with pytest.raises(BoardError, match="no model"):
        regenerate(place.store, place.people["rob"], permalink, tmp_path / "none", 3, None)
    assert state(place, permalink) == "published"


def test_seeds_come_from_runs_and_names(runs: list[Path], tmp_path: Path) -> None:
    drawn = draw.gather(runs, grammar(), Decoding())
    assert [one.seed for one in drawn] == [3, 5]
    assert {one.model for one in drawn} == {"mle"}
    assert len({one.checkpoint for one in drawn}) == 2
    again = draw.gather([runs[0], runs[0]], grammar(), Decoding())
    assert [one.seed for one in again] == [1, 2]
    assert again[0].content == drawn[0].content


@pytest.mark.parametrize(
    ("data", "words"),
    [(b"one\ntwo\n", "has 2 lines"), (b"\xff\n" * 200, "UTF-8"), (b"a\n" * 201, "--first")],
)
def test_files_of_texts_must_have_the_right_number_of_lines(data: bytes, words: str) -> None:
    with pytest.raises(DataError, match=words):
        draw.rows_of(data, "mine.txt", grammar())


def test_lines_are_taken_as_they_are() -> None:
    data = "\r\n".join([f"line {row} \u2028 x" for row in range(200)]).encode()
    rows = draw.rows_of(data, "mine.txt", grammar())
    assert rows[7] == "line 7 \u2028 x"
    ids = packaged()["oracle-lstm@1"].model_copy(update={"samples": 1})
    assert draw.rows_of(b"1, 2 3", "ids.txt", ids) == [[1, 2, 3]]
    with pytest.raises(DataError, match="Line 1"):
        draw.rows_of(b"1 two", "ids.txt", ids)


def test_a_run_that_still_trains_is_not_submitted(tmp_path: Path, runs: list[Path]) -> None:
    going = Path(shutil.copytree(runs[0], tmp_path / "going"))
    (going / "model.safetensors").rename(going / "model-so-far.safetensors")
    assert len(api.load(going).sample(1)) == 1
    with pytest.raises(CheckpointError, match="holds no finished model"):
        draw.gather([going], grammar(), Decoding(seed=7))
    weights, facts = checkpoint.read(going / "model-so-far.safetensors")
    checkpoint.write(
        going / "copied.safetensors", weights, {**facts, "about": {**facts["about"], "so_far": "mle, step 1"}}
    )
    with pytest.raises(CheckpointError, match="was not finished"):
        draw.gather([going / "copied.safetensors"], grammar(), Decoding(seed=7))
