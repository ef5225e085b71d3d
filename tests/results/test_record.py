"""Records: written whole, read in every form they ever had, refused when damaged, small."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.grids import record, score
from conftest import ROOT
from seqgan.errors import DataError
from seqgan.results import record as records


def test_a_record_reads_back_to_itself(tmp_path: Path) -> None:
    made = record("oracle-mle", 3, scores={"mle_best": [score("nll_oracle", 9.1), score("nll_gen", None)]})
    path = records.path_of(tmp_path, "oracle-mle", 3)
    records.write(path, made)
    assert path == tmp_path / "oracle-mle" / "seed-3.json"
    assert records.read(path) == made
    assert made.score("mle_best", "nll_oracle") == score("nll_oracle", 9.1)
    assert made.score("mle_last", "nll_oracle") is None
    assert [p.name for p in path.parent.iterdir()] == ["seed-3.json"]


def test_all_records_are_read_in_order(tmp_path: Path) -> None:
    for name, seed in (("b", 10), ("b", 2), ("a", 1)):
        records.write(records.path_of(tmp_path, name, seed), record(name, seed))
    assert [(found.experiment, found.seed) for found in records.read_all(tmp_path)] == [("a", 1), ("b", 2), ("b", 10)]
    assert records.read_all(tmp_path / "none") == []


def test_the_record_of_the_first_run_is_read_in_todays_form() -> None:
    path = ROOT / "results" / "first-run" / "seed-1.json"
    raw = json.loads(path.read_text(encoding="utf-8"))
    assert "format" not in raw
    found = records.read(path)
    assert (found.experiment, found.seed, found.status) == ("first-run", 1, "finished")
    assert found.config["algorithm"]["name"] == "seqgan"
    values = {row["metric"]: row["values"] for row in raw["comparison"]["rows"]}
    shown = found.score("adversarial_last", "bleu_2")
    assert shown is not None
    assert shown.value == values["bleu_2"]["adversarial_last"]
    assert found.cost["seconds"] == raw["finish"]["seconds"]
    assert len(found.curve) == len(raw["curve"])
    assert any("bleu_4" in point.scores for point in found.curve)
    assert found.resumes == len(raw["resumes"])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "is no record of a run"),
        ("[]", "is no record of a run"),
        ('{"format": 1, "experiment": "a"}', "is no record of a run"),
        ('{"format": 99}', "later version"),
        ('{"seed": 1}', "is no record of a run"),
    ],
)
def test_what_is_no_record_is_refused_by_name(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "seed-1.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=said) as error:
        records.read(path)
    assert "seed-1.json" in str(error.value)


def test_the_committed_records_are_small_and_name_no_folder_of_a_machine() -> None:
    paths = sorted((ROOT / "results").glob("*/seed-*.json"))
    assert paths
    for path in paths:
        text = path.read_text(encoding="utf-8")
        assert len(text) < 120_000, path
        assert records.read(path).experiment == path.parent.name
        assert str(ROOT) not in text
        assert str(Path.home()) + "/" not in text
