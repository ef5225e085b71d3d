"""The board's numbers are those of ``seqgan evaluate``, signature for signature."""

from __future__ import annotations

import math
import random
from pathlib import Path

import pytest

from board.submitting import REFERENCES, TRAIN, contract, samples, write_data
from cli.command import seqgan
from seqgan import api
from seqgan.board.benchmarks import packaged
from seqgan.board.scoring.measure import Decoding, measure, probe
from seqgan.board.submissions.draw import sample_model
from seqgan.board.submissions.manifest import Decoding as Said
from seqgan.errors import BoardError, DataError

FILES = ("coco-texygen@1", "coco-legacy@1", "emnlp-10k@1")


@pytest.fixture(autouse=True)
def _data(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    if "mirror" not in request.fixturenames:
        write_data(tmp_path / "mirror")
        request.getfixturevalue("monkeypatch").setenv("SEQGAN_MIRROR", str(tmp_path / "mirror"))


def test_files_give_the_numbers_of_evaluate_signature_for_signature(tmp_path: Path) -> None:
    import json

    ours = measure(contract(), {1: samples()}).scores[1]
    file = tmp_path / "samples.txt"
    file.write_text("".join(f"{row}\n" for row in samples()))
    data = tmp_path / "mirror" / "tiny"
    said = seqgan(
        "evaluate",
        file,
        "--references",
        data / "test.txt",
        "--train",
        data / "train.txt",
        "--metrics",
        "bleu,uniqueness",
        "--no-reference-rows",
        "--json",
    )
    assert said.code == 0, said.err
    rows = {row["name"]: row for row in _scores(json.loads(said.out))}
    for name, score in ours.items():
        assert rows[name]["value"] == score.value
        assert rows[name]["signature"] == score.signature
        assert rows[name]["n"] == score.n


def _scores(found: object) -> list[dict[str, object]]:
    rows = found["scores"] if isinstance(found, dict) else found
    assert isinstance(rows, list)
    return rows


def test_every_seed_is_scored_by_itself() -> None:
    both = measure(contract(), {1: samples(1), 2: samples(2)}).scores
    assert both[2]["bleu_2"] == measure(contract(), {2: samples(2)}).scores[2]["bleu_2"]
    assert both[1]["bleu_2"].value != both[2]["bleu_2"].value


def test_other_data_than_the_contract_names_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "mirror" / "tiny" / "test.txt"
    file.write_text(file.read_text().replace("red", "blue"))
    with pytest.raises(DataError, match="not the genuine"):
        measure(contract(), {1: samples()})


def test_a_score_that_cannot_be_computed_is_an_error() -> None:
    wrong = contract(scores=[{"name": "bleu_9", "title": "B", "direction": "higher", "low": 0, "high": 1}])
    with pytest.raises(BoardError, match="no bleu_9"):
        measure(wrong, {1: samples()})


@pytest.mark.parametrize("name", FILES)
def test_probes_of_text_hold(name: str) -> None:
    found = packaged()[name]
    assert probe(found) == pytest.approx(found.probe.values, abs=1e-12)


@pytest.mark.thorough
def test_the_probe_of_the_grammar_holds() -> None:
    found = packaged()["oracle-grammar@1"]
    assert probe(found) == pytest.approx(found.probe.values, abs=1e-9)


@pytest.mark.thorough
@pytest.mark.parametrize("name", ["poems@1", "oracle-lstm@1"])
def test_the_probes_with_data_hold(name: str, mirror: Path) -> None:
    found = packaged()[name]
    assert probe(found) == pytest.approx(found.probe.values, abs=1e-6)  # other machines add floats in another order


@pytest.mark.thorough
def test_texygens_protocol_gives_the_published_level_of_real_text(mirror: Path) -> None:
    found = packaged()["coco-texygen@1"]
    assert found.train is not None
    rows = (mirror / found.train.file).read_text().splitlines()[: found.samples]
    scores = measure(found.model_copy(update={"metrics": ["bleu"], "scores": found.scores[:4]}), {1: rows}).scores[1]
    known = {"bleu_2": 0.740, "bleu_3": 0.520, "bleu_4": 0.337, "bleu_5": 0.218}  # measured with NLTK beforehand
    assert {name: round(score.value, 3) for name, score in scores.items()} == pytest.approx(known, abs=0.001)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a run on the grammar, trained for a moment."""
    out = tmp_path_factory.mktemp("runs") / "run"
    settings = [
        "algorithm.epochs=1",
        "generator.hidden=8",
        "generator.embedding=8",
        "task.train_rows=1000",
        "task.valid_rows=50",
    ]
    return api.train("oracle_grammar", algorithm="mle", seed=1, out=out, quiet=True, settings=settings)


@pytest.mark.thorough
def test_a_runs_samples_give_the_numbers_of_evaluate_run_for_every_metric(run: Path) -> None:
    found = packaged()["oracle-grammar@1"].model_copy(update={"samples": 300})
    rows, millions = sample_model(run, found, Said(seed=4))
    ours = measure(found, {1: rows}, Decoding(temperature=1.0)).scores[1]
    theirs = {score.name: score for score in api.evaluate(run, n=300, seed=4, metrics=found.metrics)}
    assert 0 < millions < 0.1
    assert len(ours) == len(found.scores) == 9
    for name in ours:
        assert ours[name].value == pytest.approx(theirs[name].value, rel=1e-6)
        assert ours[name].signature == theirs[name].signature


@pytest.mark.thorough
def test_rows_that_the_oracle_cannot_write_count_as_impossible() -> None:
    found = packaged()["oracle-grammar@1"]
    rows = ["two dogs sleep next to an open door", "no such words here", "", "a " * 40, "dogs dogs"]
    scores = measure(found, {1: rows}).scores[1]
    assert "probability_zero:4" in scores["nll_oracle"].signature
    assert scores["nll_oracle"].n == 1
    assert scores["validity"].value == 0.2
    only = measure(found, {1: rows[1:]}).scores[1]
    assert math.isinf(only["nll_oracle"].value)
    assert measure(found, {1: rows[1:]}).as_dict()["scores"]["1"][0]["value"] is None


def test_real_rows_are_in_the_right_files() -> None:
    random.seed(0)
    assert set(TRAIN).isdisjoint(REFERENCES)
