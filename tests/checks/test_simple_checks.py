"""Validity checks that need no grammar."""

from __future__ import annotations

import sys

import pytest

from seqgan.checks import dna, parentheses, smiles
from seqgan.errors import MissingExtraError


def test_parentheses():
    rows = [list("(a[b]{c}<d>)"), list("(]"), list(")("), list("(("), ["(x", ")"], ["plain"], []]
    assert parentheses.check(rows) == [True, False, False, False, True, True, False]


def test_dna():
    assert dna.check([list("ACGT"), ["acgt", "AC"], list("ACGU"), []]) == [True, True, False, False]


def test_molecules(capfd: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("rdkit", reason="RDKit is not installed")
    good = [["C", "C", "O"], ["c1ccccc1"], list("[NH4+]"), ["C", "Br"]]
    bad = [["C", "(", "C"], ["F(F)F"], ["c1cccc1"], ["CC", " O"], [""], [], ["word"]]
    assert smiles.check(good + bad) == [True] * len(good) + [False] * len(bad)
    assert capfd.readouterr() == ("", "")


def test_without_rdkit_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rdkit", None)
    with pytest.raises(MissingExtraError, match=r"pip install -e '\.\[chem\]'"):
        smiles.check([["C"]])
