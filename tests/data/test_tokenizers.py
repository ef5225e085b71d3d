"""Tokenisers: what they split, and that tokens survive the way through a string."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from seqgan.data.tokenizers import make
from seqgan.errors import ConfigError, DataError

LINES = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=40).map(str.strip)


@pytest.mark.parametrize("kind", ["whitespace", "char", "bytes"])
@given(line=LINES)
def test_tokens_survive_the_way_through_a_string(kind, line):
    tokenizer = make({"kind": kind})
    tokens = tokenizer.tokenize(line)
    assert tokenizer.tokenize(tokenizer.detokenize(tokens)) == tokens


@given(line=st.from_regex(r"[a-z \.,'\"\-!?0-9\$%\(\)]{0,40}", fullmatch=True))
@example('they can\'t say "no" .')
@example("a man (in a hat) walks, e.g. here.")
def test_words_survive_or_are_written_with_blanks(line):
    tokenizer = make({"kind": "word"})
    tokens = tokenizer.tokenize(line)
    text = tokenizer.detokenize(tokens)
    assert tokenizer.tokenize(text) == tokens or text == " ".join(tokens)


def test_words_of_a_caption():
    tokenizer = make({"kind": "word", "lower": True})
    tokens = tokenizer.tokenize("A bicycle replica with a clock as the front wheel.")
    assert tokens == "a bicycle replica with a clock as the front wheel .".split()
    assert tokenizer.detokenize(tokens) == "a bicycle replica with a clock as the front wheel."
    assert tokenizer.tokenize("It costs 5 dollars. The end") == ["it", "costs", "5", "dollars.", "the", "end"]


def test_smiles_and_dna():
    smiles = make({"kind": "smiles"})
    assert smiles.tokenize("C[C@H](Cl)c1%12BrN=O") == [
        *list("C"),
        "[C@H]",
        "(",
        "Cl",
        ")",
        "c",
        "1",
        "%12",
        "Br",
        *list("N=O"),
    ]
    assert smiles.detokenize(smiles.tokenize("CC(=O)Oc1ccccc1")) == "CC(=O)Oc1ccccc1"
    assert make({"kind": "regex", "pattern": "dna"}).tokenize("ACGTn") == list("ACGTn")
    with pytest.raises(DataError, match=r"character 3: 'X'"):
        make({"kind": "dna"}).tokenize("ACX")


def test_own_pattern_must_cover_the_line_unless_blanks_join():
    with pytest.raises(DataError, match="covers no token at character 2"):
        make({"kind": "regex", "pattern": r"\w"}).tokenize("a b")
    joined = make({"kind": "regex", "pattern": r"\w+|[^\w\s]", "joiner": " "})
    assert joined.tokenize("SELECT a, b") == ["SELECT", "a", ",", "b"]
    assert joined.tokenize(joined.detokenize(["SELECT", "a", ","])) == ["SELECT", "a", ","]


def test_bytes_are_utf8_and_broken_rows_are_readable():
    tokenizer = make({"kind": "bytes"})
    assert tokenizer.tokenize("é") == ["c3", "a9"]
    assert tokenizer.detokenize(["c3", "a9"]) == "é"
    assert tokenizer.detokenize(["c3", "<unk>", "41"]) == "\ufffdA"


@pytest.mark.parametrize(
    "spec",
    [
        {"kind": "word", "lower": True},
        {"kind": "char"},
        {"kind": "regex", "pattern": "smiles"},
        {"kind": "regex", "pattern": r"\w+", "joiner": " "},
    ],
)
def test_plain_data_round_trip(spec):
    tokenizer = make(spec)
    assert make(tokenizer.as_dict()).as_dict() == tokenizer.as_dict()
    assert make(tokenizer.as_dict()).tokenize("CC") == tokenizer.tokenize("CC")


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({"kind": "wrod"}, "Did you mean 'word'"),
        ({"kind": "regex"}, "needs a pattern"),
        ({"kind": "regex", "pattern": "("}, "no regular expression"),
    ],
)
def test_unusable_descriptions(spec, message):
    with pytest.raises(ConfigError, match=message):
        make(spec)
