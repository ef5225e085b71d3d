"""What went wrong, what is allowed and how to mend it: every error a user can cause."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class SeqganError(Exception):
    """An error that a person can act on: the problem, then the remedy; commands end with exit code 2."""

    exit_code = 2

    def __init__(self, problem: str, remedy: str = "") -> None:
        """Keep both parts; ``str()`` gives them as one message."""
        self.problem, self.remedy = problem, remedy
        super().__init__(f"{problem} {remedy}".strip())


class ConfigError(SeqganError):
    """A setting is unknown, of the wrong type or out of range."""


class DataError(SeqganError):
    """A data file is missing, damaged or unusable."""


class ShapeError(SeqganError):
    """A tensor has another shape than its contract states."""


class CheckpointError(SeqganError):
    """A checkpoint or model file is damaged or belongs to something else."""


class RunError(SeqganError):
    """A run folder cannot be used as asked."""


class RewardError(SeqganError):
    """A reward could not be computed for a sequence and the settings say to stop."""


class MissingExtraError(SeqganError):
    """An optional dependency is not installed; ``extra`` is what brings it, else the remedy says what does."""

    def __init__(self, problem: str, remedy: str = "", *, extra: str = "") -> None:
        """Say how the extra is installed: from this project's folder, since an index may have another of its name."""
        super().__init__(problem, f"In the folder of this project: pip install -e '.[{extra}]'" if extra else remedy)


class BoardError(SeqganError):
    """The board's database, an archive or a submission cannot be used as asked."""


class CollapseError(SeqganError):
    """Training collapsed and the settings say to stop."""

    exit_code = 3


def nearest(word: str, allowed: Iterable[str]) -> str:
    """Return a sentence that names the nearest allowed word, or all of them when none is near."""
    choices = sorted(allowed)
    close = get_close_matches(word, choices, n=1, cutoff=0.6)
    if close:
        return f"Did you mean '{close[0]}'?"
    return f"Allowed: {', '.join(choices)}." if choices else "Nothing is allowed here."
