"""Corpus BLEU: equal to the installed sacreBLEU, and the stated values for awkward rows."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from metrics.captions import captions
from seqgan.errors import ConfigError, DataError
from seqgan.metrics import corpus_bleu
from seqgan.records import References, Samples

WORDS = "a cat dog sits on the mat red".split()


def by_sacrebleu(rows: list[list[str]], references: list[list[str]], order: int = 4) -> float:
    bleu = pytest.importorskip("sacrebleu.metrics.bleu", reason="sacreBLEU is not installed")
    streams = [[" ".join(reference)] * len(rows) for reference in references]
    judge = bleu.BLEU(tokenize="none", force=True, max_ngram_order=order)
    return float(judge.corpus_score([" ".join(row) for row in rows], streams).score)


@given(
    st.lists(st.lists(st.sampled_from(WORDS), max_size=9), min_size=1, max_size=5),
    st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=9), min_size=1, max_size=5),
    st.integers(1, 5),
)
@hypothesis_settings(max_examples=80)
def test_equals_sacrebleu(rows: list[list[str]], references: list[list[str]], order: int) -> None:
    ours = corpus_bleu.corpus_bleu(rows, references, (order,))
    assert ours[f"corpus_bleu_{order}"] == pytest.approx(by_sacrebleu(rows, references, order), abs=1e-9)


def test_equals_sacrebleu_on_captions(mirror: Path) -> None:
    draws = random.Random(5)
    rows = draws.sample(captions(mirror / "coco/image_coco.txt"), 40)
    references = draws.sample(captions(mirror / "coco/test_coco.txt"), 50)
    ours = corpus_bleu.corpus_bleu(rows, references)["corpus_bleu_4"]
    assert ours == pytest.approx(by_sacrebleu(rows, references), abs=1e-9)
    assert 5 < ours < 60


def test_the_golden_value_of_the_page() -> None:
    ours = corpus_bleu.corpus_bleu(["a b c d e"], ["a b c d f"])["corpus_bleu_4"]
    assert ours == pytest.approx(66.87, abs=0.005)


def test_identical_rows_score_hundred_and_disjoint_rows_nothing() -> None:
    rows = ["a b c d e", "f g h i j"]
    assert corpus_bleu.corpus_bleu(rows, rows)["corpus_bleu_4"] == pytest.approx(100.0)
    assert corpus_bleu.corpus_bleu(rows, ["v w x y z"]) == {"corpus_bleu_4": 0.0}


def test_blank_and_short_rows_have_their_stated_values() -> None:
    assert corpus_bleu.corpus_bleu([""], ["a b"]) == {"corpus_bleu_4": 0.0}
    assert corpus_bleu.corpus_bleu(["a b c"], ["a b c"]) == {"corpus_bleu_4": 0.0}
    assert corpus_bleu.corpus_bleu([[1, 2, 3]], [[1, 2, 3]], (2,))["corpus_bleu_2"] == pytest.approx(100.0)


@pytest.mark.parametrize(("rows", "references"), [([], ["a"]), (["a"], []), ([[1, 2]], [["1", "2"]])])
def test_what_cannot_be_scored_is_refused(rows: object, references: object) -> None:
    with pytest.raises(DataError):
        corpus_bleu.corpus_bleu(rows, references)
    with pytest.raises(ConfigError):
        corpus_bleu.corpus_bleu(["a"], ["a"], (0,))


def test_the_score_has_an_interval_and_says_what_changes_it() -> None:
    draws = random.Random(1)
    rows = [tuple(draws.choices(WORDS, k=8)) for _ in range(40)]
    samples = Samples([[0]] * 40, [[True]] * 40, tokens=tuple(rows))
    references = References(test=[draws.choices(WORDS, k=8) for _ in range(60)], details={"orders": "2,4"})
    scores = corpus_bleu.score(samples, references)
    assert [score.name for score in scores] == ["corpus_bleu_2", "corpus_bleu_4"]
    for score in scores:
        low, high = score.interval or (9, 9)
        assert 0 < low < score.value < high < 100
        for part in ("definition:sacrebleu", "smoothing:exp", "references:60:", "hypotheses:40"):
            assert part in score.signature
