"""Validity checks that need no grammar."""

from __future__ import annotations

from seqgan.checks import dna, parentheses


def test_parentheses():
    rows = [list("(a[b]{c}<d>)"), list("(]"), list(")("), list("(("), ["(x", ")"], ["plain"], []]
    assert parentheses.check(rows) == [True, False, False, False, True, True, False]


def test_dna():
    assert dna.check([list("ACGT"), ["acgt", "AC"], list("ACGU"), []]) == [True, True, False, False]
