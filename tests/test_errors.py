"""Errors: two parts, one message, and the same after a way between processes."""

from __future__ import annotations

import copy

import pytest

from seqgan.bench.jobs import BusyError
from seqgan.errors import DataError, MissingExtraError, SeqganError
from seqgan.runs.signals import Interrupted


@pytest.mark.parametrize(
    "error",
    [
        DataError("The file is damaged.", "Fetch it again."),
        MissingExtraError("It needs RDKit.", extra="chem"),
        MissingExtraError("It needs a package.", "pip install it"),
        Interrupted("Stopped.", "Go on.", 15),
        BusyError("Another process is at it.", "Wait."),
    ],
)
def test_an_error_says_the_same_after_it_was_copied(error: SeqganError) -> None:
    """Copying takes an exception apart and puts it together as sending it to another process does."""
    other = copy.copy(error)
    assert (type(other), str(other), other.exit_code) == (type(error), str(error), error.exit_code)


def test_the_remedy_of_a_missing_extra_is_that_of_this_project() -> None:
    assert str(MissingExtraError("A.", extra="x,y")) == "A. In the folder of this project: pip install -e '.[x,y]'"
    assert str(MissingExtraError("A.", "B.")) == "A. B."
