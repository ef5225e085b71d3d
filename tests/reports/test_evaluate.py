"""Scores of any model's samples: the same numbers as the metrics, tokenised alike on every side, signed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import seqgan
from seqgan.errors import ConfigError, DataError
from seqgan.metrics import bleu, self_bleu
from seqgan.records import Score
from seqgan.reports.evaluate import score

SAMPLES = ["A cat sits.", "a dog sits.", "a dog sits."]
REFERENCES = ["a cat sits on the mat.", "the dog sits."]


def by_name(scores: list[Score]) -> dict[str, float]:
    return {score.name: score.value for score in scores}


def test_scores_are_those_of_the_metrics() -> None:
    found = by_name(score(SAMPLES, REFERENCES, tokenizer="whitespace"))
    assert found["bleu_2"] == pytest.approx(bleu.bleu(SAMPLES, REFERENCES)["bleu_2"])
    assert found["self_bleu_3"] == pytest.approx(self_bleu.self_bleu(SAMPLES)["self_bleu_3"])
    assert found["uniqueness"] == pytest.approx(2 / 3)
    assert found["length_mean"] == 3
    assert {"ms_jaccard_2", "ngram_jsd_1", "reverse_lm"} <= set(found)
    assert {"novelty", "nearest_train_distance", "validity"}.isdisjoint(found)


def test_training_rows_and_a_check_bring_their_scores() -> None:
    found = by_name(score(SAMPLES, REFERENCES, ["a dog sits."], check=lambda rows: [len(row) > 3 for row in rows]))
    assert found["novelty"] == pytest.approx(1 / 3)
    assert found["nearest_train_distance"] == pytest.approx(1 / 3 * 1 / 4)
    assert found["validity"] == 1.0


def test_text_becomes_lower_cased_words_as_in_the_published_tables() -> None:
    usual = score(SAMPLES, REFERENCES, metrics=["bleu"])
    named = score(SAMPLES, REFERENCES, metrics=["bleu"], tokenizer="word", lower=True)
    assert [each.signature for each in usual] == [each.signature for each in named]
    assert "tokenizer:word,lower" in usual[0].signature
    tokens = [["a", "cat", "sits", "."], ["a", "dog", "sits", "."], ["a", "dog", "sits", "."]]
    given = score(tokens, [["a", "cat", "sits", "on", "the", "mat", "."], ["the", "dog", "sits", "."]], metrics="bleu")
    assert by_name(given) == pytest.approx(by_name(usual))
    assert "tokenizer:as given" in given[0].signature


def test_a_named_tokeniser_keeps_capitals_unless_told() -> None:
    assert "tokenizer:whitespace|" in score(SAMPLES, REFERENCES, tokenizer="whitespace")[0].signature
    assert "tokenizer:whitespace,lower|" in score(SAMPLES, REFERENCES, tokenizer="whitespace", lower=True)[0].signature
    assert "tokenizer:word|" in score(SAMPLES, REFERENCES, lower=False)[0].signature


def test_lists_tuples_arrays_and_files_give_the_same_numbers(tmp_path: Path) -> None:
    files = [tmp_path / "s.txt", tmp_path / "r.txt"]
    for path, rows in zip(files, (SAMPLES, REFERENCES), strict=True):
        path.write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")
    expected = by_name(score(SAMPLES, REFERENCES))
    assert by_name(score(tuple(SAMPLES), iter(REFERENCES))) == expected
    assert by_name(seqgan.evaluate(*files, quiet=True)) == expected
    assert by_name(seqgan.evaluate(str(files[0]), REFERENCES)) == expected
    ids = np.array([[1, 2, 3], [4, 2, 3]])
    assert by_name(score(ids, ids, metrics="bleu")) == by_name(score(ids.tolist(), ids.tolist(), metrics="bleu"))


def test_only_bleu_is_signed_with_the_definition() -> None:
    scores = {each.name: each.signature for each in score(SAMPLES, REFERENCES, definition="strict")}
    assert "definition:strict" in scores["bleu_2"]
    assert "definition" not in scores["uniqueness"]


def test_nobody_claims_a_temperature_for_samples_of_unknown_making() -> None:
    assert all("|temperature:unstated|" in each.signature for each in score(SAMPLES, REFERENCES))


def test_ids_are_scored_as_well_as_words() -> None:
    assert by_name(score([[1, 2, 3]] * 2, [[1, 2, 3]], metrics=["bleu"]))["bleu_2"] == pytest.approx(1.0)


def test_metrics_that_compare_with_nothing_need_no_references() -> None:
    found = by_name(score(SAMPLES, None, metrics="uniqueness, lengths"))
    assert found.keys() == {"uniqueness", "length_mean", "length_sd", "empty_rate"}


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        (([], REFERENCES), DataError, "no samples"),
        ((SAMPLES, []), DataError, "no references"),
        ((["", " "], REFERENCES), DataError, "all blank"),
        ((SAMPLES, REFERENCES, None, ["novelty"]), DataError, "lacks: train"),
        ((SAMPLES, REFERENCES, None, ["blue"]), ConfigError, "'bleu'"),
        ((SAMPLES, REFERENCES, None, ["nll_gen"]), DataError, "held_out"),
        (([[1, 2]], REFERENCES), DataError, "Decode the ids"),
        (([["a", float("nan")]], REFERENCES), DataError, "Row 1 of the samples holds nan"),
        ((["a b", None], REFERENCES), DataError, "Row 2 of the samples is None"),
        ((np.array([[1.0, 2.0]]), [[1]]), DataError, "float64"),
        (
            (["a b"], REFERENCES, None, ["self_bleu"]),
            DataError,
            "There is 1 sample, and 2 are needed. Give at least 2, or",
        ),
    ],
)
def test_what_cannot_be_scored_is_told(arguments: tuple[object, ...], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        score(*arguments)


def test_an_unknown_definition_tokeniser_or_number_is_told() -> None:
    with pytest.raises(ConfigError, match="texygen"):
        score(SAMPLES, REFERENCES, definition="texigen")
    with pytest.raises(ConfigError, match="word"):
        score(SAMPLES, REFERENCES, tokenizer="words")
    with pytest.raises(DataError, match="3 rows, and 4 are asked for"):
        score(SAMPLES, REFERENCES, n=4)
    with pytest.raises(ConfigError, match="at least one"):
        score(SAMPLES, REFERENCES, n=0)


def test_a_metric_of_the_usual_ones_that_cannot_be_had_is_left_out_and_told(capsys: pytest.CaptureFixture[str]) -> None:
    found = by_name(score(["a b"], REFERENCES))
    assert "bleu_2" in found
    assert "self_bleu_2" not in found
    assert "self_bleu is left out" in capsys.readouterr().err
    score(["a b"], REFERENCES, quiet=True)
    assert capsys.readouterr().err == ""


def test_the_first_n_samples_are_scored() -> None:
    assert by_name(score(SAMPLES, REFERENCES, n=2)) == by_name(score(SAMPLES[:2], REFERENCES))


def test_scoring_samples_needs_no_torch(root: Path) -> None:
    code = (
        "import sys, seqgan; "
        "seqgan.evaluate(['a b', 'b c'], ['a b c'], ['a'], quiet=True); "
        "print(seqgan.compare({'one': ['a b', 'b c'], 'two': ['c']}, ['a b c'], ['a'], quiet=True)); "
        "sys.exit('torch' in sys.modules)"
    )
    environment = {**os.environ, "PYTHONPATH": str(root / "src")}
    done = subprocess.run([sys.executable, "-c", code], env=environment, check=False, timeout=60, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
