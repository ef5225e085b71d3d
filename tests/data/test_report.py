"""The report of a file, against counts made by hand."""

from __future__ import annotations

import json
from collections import Counter
from itertools import pairwise

import pytest

from seqgan.data.cost import matrix_rate
from seqgan.data.files import FileSettings
from seqgan.data.report import report
from seqgan.errors import DataError

LINES = [f"item{i} likes item{i * 7 % 50} {'very ' * (i % 4)}much" for i in range(100)]


def of(folder, lines, **settings):
    path = folder / "data.txt"
    path.write_text("\n".join(lines) + "\n")
    return report(FileSettings(path=str(path), tokenizer="whitespace", **settings))[0]


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


def test_the_speed_of_this_machine_is_a_number():
    assert matrix_rate(0.01, 64) > 0


def test_nobody_is_told_to_leave_out_ids(tmp_path):
    path = tmp_path / "data.ids"
    path.write_text("\n".join(f"{2 * i} {2 * i + 1}" for i in range(11_000)) + "\n")
    text = "\n".join(report(FileSettings(path=str(path)))[0].warnings)
    assert "ids numbered without gaps would make it cheaper" in text
    assert "min_count" not in text


def test_the_header_of_a_table_is_named_and_doubted_where_it_may_be_a_sequence(tmp_path):
    rows = [f"a b{n % 7} c{n},{n}" for n in range(40)]
    settings = {"column": "1", "path": str(tmp_path / "own.csv")}
    (tmp_path / "own.csv").write_text("\n".join(rows) + "\n")
    found = report(FileSettings(**settings))[0]
    assert found.header == ("a b0 c0", "0")
    assert any("taken for a header (a b0 c0, 0)" in text for text in found.warnings)
    bare = report(FileSettings(**settings, header=False))[0]
    assert (bare.header, bare.sequences) == ((), 40)
    (tmp_path / "own.csv").write_text("\n".join(["text,n", *rows]) + "\n")
    named = report(FileSettings(**{**settings, "column": "text"}))[0]
    assert named.header == ("text", "n")
    assert not any("header" in text for text in named.warnings)


@pytest.mark.parametrize(("separator", "name"), [(";", "semicolons"), ("\t", "tabs")])
def test_another_separator_in_most_rows_of_one_column_is_told(tmp_path, separator, name):
    path = tmp_path / "own.csv"
    path.write_text("text\n" + "".join(f"a b{n % 7} c{n}{separator if n % 3 else ' '}{n}\n" for n in range(40)))
    assert any(f"holds {name} in most rows" in text for text in report(FileSettings(path=str(path)))[0].warnings)
    path.write_text("text\n" + "".join(f"a b{n % 7} c{n}{' ' if n % 3 else separator}{n}\n" for n in range(40)))
    assert not any("in most rows" in text for text in report(FileSettings(path=str(path)))[0].warnings)


@pytest.mark.parametrize("tokenizer", ["word", "whitespace"])
@pytest.mark.parametrize(
    ("lines", "advice"),
    [
        (["CC(=O)Oc1ccccc1C(=O)O", "c1ccncc1", "C[C@H](N)C(=O)O", "CCBr"] * 30, "--tokenizer smiles"),
        (["ACGTTGCA", "GATTACA", "CCGTAN"] * 30, "--tokenizer dna"),
        (["a cat sleeps .", "no dog barks"] * 30, ""),
        (["A C G T", "G A T T A"] * 30, ""),
        (["12 34 56", "78 90"] * 30, ""),
    ],
)
def test_molecules_and_dna_are_told_from_words(tmp_path, tokenizer, lines, advice):
    path = tmp_path / "data.txt"
    path.write_text("\n".join(lines) + "\n")
    found = report(FileSettings(path=str(path), tokenizer=tokenizer, duplicates="anywhere"))[0].warnings
    advised = [warning for warning in found if "--tokenizer" in warning]
    assert len(advised) == bool(advice)
    assert all(advice in warning for warning in advised)


def test_who_chose_single_characters_gets_no_advice(tmp_path):
    path = tmp_path / "data.txt"
    path.write_text("ACGTTGCA\nGATTACA\n" * 30)
    found = report(FileSettings(path=str(path), tokenizer="char", duplicates="anywhere"))[0].warnings
    assert not [warning for warning in found if "--tokenizer" in warning]
