"""The report of a file, against counts made by hand."""

from __future__ import annotations

import json
from collections import Counter
from itertools import pairwise

import pytest

from seqgan.data.cost import estimate, matrix_rate
from seqgan.data.files import FileSettings
from seqgan.data.report import report
from seqgan.errors import DataError

LINES = [f"item{i} likes item{i * 7 % 50} {'very ' * (i % 4)}much" for i in range(100)]


def of(folder, lines, **settings):
    path = folder / "data.txt"
    path.write_text("\n".join(lines) + "\n")
    return report(FileSettings(path=str(path), tokenizer="whitespace", **settings), rate=1e11)


def test_counts_equal_a_count_by_hand(tmp_path):
    lines = [*LINES, "", *LINES[:20], ""]
    found, kept = of(tmp_path, lines), [line.split() for line in lines if line]
    counts = Counter(word for row in kept for word in row)
    assert (found.lines, found.empty_lines, found.sequences) == (122, 2, 120)
    assert found.tokens == sum(counts.values())
    assert (found.lengths.shortest, found.lengths.longest) == (4, 7)
    assert found.lengths.histogram == tuple((n, n, sum(len(row) == n for row in kept)) for n in range(4, 8))
    assert found.words.distinct == len(counts)
    assert found.words.once == sum(n == 1 for n in counts.values())
    assert dict(found.words.frequent)["likes"] == 120
    for rows, distinct in found.words.growth:
        assert distinct == len({word for row in kept[:rows] for word in row})
    assert found.duplicates == 20
    assert found.most_repeated[1] == 2
    assert sum(found.rows.values()) == 120
    assert found.max_len == 7
    assert len(found.examples) == 3


def test_wide_histograms_cover_every_length(tmp_path):
    found = of(tmp_path, ["x y " * n for n in range(1, 90)])
    bins = found.lengths.histogram
    assert len(bins) <= 20
    assert sum(count for _, _, count in bins) == 89
    assert (bins[0][0], bins[-1][1]) == (2, 178)
    assert all(before[1] + 1 == after[0] for before, after in pairwise(bins))
    assert found.too_long > 0


def test_warnings_in_plain_words(tmp_path):
    found = of(tmp_path, [*LINES, "", *LINES[:20], "one " * 70], max_len=50)
    text = "\n".join(found.warnings)
    for words in ("1 lines of the train file are longer", "1 lines are empty", "repeat an earlier one", "tend to copy"):
        assert words in text
    assert "single token" in "\n".join(of(tmp_path, [f"ACGT{i}" for i in range(200)]).warnings)


def test_plain_data_and_the_same_errors_as_training(tmp_path):
    assert json.loads(json.dumps(of(tmp_path, LINES).as_dict()))["lines"] == 100
    with pytest.raises(DataError, match="one usable line only"):
        of(tmp_path, ["a b"])


def test_operations_of_the_papers_setting():
    """1.62, 0.59 and 0.20 TFLOP: counted by hand for V = 5,000, T = 20, batch 64, 16 rollouts, 10,000 + 10,000 rows."""
    cost = estimate(10_000, 200_000, 5_000, 20, rate=1e12 / 0.4)
    assert cost.discriminator_epoch_seconds == pytest.approx(1.62, abs=0.01)
    assert cost.adversarial_step_seconds == pytest.approx(0.59, abs=0.01)
    assert cost.mle_epoch_seconds == pytest.approx(0.20, abs=0.01)
    assert matrix_rate(0.01, 64) > 0


@pytest.mark.parametrize("tokenizer", ["word", "whitespace"])
@pytest.mark.parametrize(
    ("lines", "advice"),
    [
        (["CC(=O)Oc1ccccc1C(=O)O", "c1ccncc1", "C[C@H](N)C(=O)O", "CCBr"] * 30, "--tokenizer smiles"),
        (["ACGTTGCA", "GATTACA", "CCGTAN"] * 30, "--tokenizer char"),
        (["a cat sleeps .", "no dog barks"] * 30, ""),
        (["A C G T", "G A T T A"] * 30, ""),
        (["12 34 56", "78 90"] * 30, ""),
    ],
)
def test_molecules_and_dna_are_told_from_words(tmp_path, tokenizer, lines, advice):
    path = tmp_path / "data.txt"
    path.write_text("\n".join(lines) + "\n")
    found = report(FileSettings(path=str(path), tokenizer=tokenizer, duplicates="anywhere"), rate=1e11).warnings
    advised = [warning for warning in found if "--tokenizer" in warning]
    assert len(advised) == bool(advice)
    assert all(advice in warning for warning in advised)


def test_who_chose_single_characters_gets_no_advice(tmp_path):
    path = tmp_path / "data.txt"
    path.write_text("ACGTTGCA\nGATTACA\n" * 30)
    found = report(FileSettings(path=str(path), tokenizer="char", duplicates="anywhere"), rate=1e11).warnings
    assert not [warning for warning in found if "--tokenizer" in warning]
