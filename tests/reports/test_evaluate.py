"""Scores of plain samples: the same numbers as the metrics, tokenised alike on every side, signed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from seqgan.errors import ConfigError, DataError
from seqgan.metrics import bleu, self_bleu
from seqgan.records import Score
from seqgan.reports.evaluate import evaluate

SAMPLES = ["A cat sits.", "a dog sits.", "a dog sits."]
REFERENCES = ["a cat sits on the mat.", "the dog sits."]


def by_name(scores: list[Score]) -> dict[str, float]:
    return {score.name: score.value for score in scores}


def test_scores_are_those_of_the_metrics() -> None:
    found = by_name(evaluate(SAMPLES, REFERENCES))
    assert found["bleu_2"] == pytest.approx(bleu.bleu(SAMPLES, REFERENCES)["bleu_2"])
    assert found["self_bleu_3"] == pytest.approx(self_bleu.self_bleu(SAMPLES)["self_bleu_3"])
    assert found["uniqueness"] == pytest.approx(2 / 3)
    assert found["length_mean"] == 3
    assert "novelty" not in found
    assert "validity" not in found


def test_training_rows_and_a_check_bring_their_scores() -> None:
    found = by_name(evaluate(SAMPLES, REFERENCES, ["a dog sits."], check=lambda rows: [len(row) > 2 for row in rows]))
    assert found["novelty"] == pytest.approx(1 / 3)
    assert found["validity"] == 1.0


def test_the_tokeniser_works_on_every_side_and_stands_in_the_signature() -> None:
    plain = evaluate(SAMPLES, REFERENCES, metrics=["bleu"])
    words = evaluate(SAMPLES, REFERENCES, metrics=["bleu"], tokenizer="word", lower=True)
    assert words[0].value > plain[0].value
    assert "tokenizer:whitespace" in plain[0].signature
    assert "tokenizer:word,lower" in words[0].signature
    tokens = [["a", "cat", "sits", "."], ["a", "dog", "sits", "."], ["a", "dog", "sits", "."]]
    given = evaluate(
        tokens, [["a", "cat", "sits", "on", "the", "mat", "."], ["the", "dog", "sits", "."]], metrics="bleu"
    )
    assert by_name(given) == pytest.approx(by_name(words))


def test_only_bleu_is_signed_with_the_definition() -> None:
    scores = {score.name: score.signature for score in evaluate(SAMPLES, REFERENCES, definition="strict")}
    assert "definition:strict" in scores["bleu_2"]
    assert "definition" not in scores["uniqueness"]


def test_ids_are_scored_as_well_as_words() -> None:
    assert by_name(evaluate([[1, 2, 3]] * 2, [[1, 2, 3]], metrics=["bleu"]))["bleu_2"] == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        (([], REFERENCES), DataError, "no samples"),
        ((SAMPLES, []), DataError, "no references"),
        ((SAMPLES, REFERENCES, None, ["novelty"]), DataError, "lacks: train"),
        ((SAMPLES, REFERENCES, None, ["blue"]), ConfigError, "'bleu'"),
        ((SAMPLES, REFERENCES, None, ["nll_gen"]), DataError, "held_out"),
    ],
)
def test_what_cannot_be_scored_is_told(arguments: tuple[object, ...], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        evaluate(*arguments)  # type: ignore[arg-type]


def test_an_unknown_definition_or_tokeniser_is_told() -> None:
    with pytest.raises(ConfigError, match="texygen"):
        evaluate(SAMPLES, REFERENCES, definition="texigen")
    with pytest.raises(ConfigError, match="word"):
        evaluate(SAMPLES, REFERENCES, tokenizer="words")


def test_scoring_samples_needs_no_torch(root: Path) -> None:
    code = (
        "import sys; from seqgan.reports.evaluate import evaluate; "
        "evaluate(['a b', 'b c'], ['a b c'], ['a']); sys.exit('torch' in sys.modules)"
    )
    environment = {**os.environ, "PYTHONPATH": str(root / "src")}
    assert subprocess.run([sys.executable, "-c", code], env=environment, check=False, timeout=60).returncode == 0
