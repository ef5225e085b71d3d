"""Asks the field's libraries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def agreed(ask: Callable[[], Any]) -> Any:
    """Return the answer that two calls agree on.

    fast-bleu's threads race, about once in many thousand calls on a busy machine: a row then counts as its own
    reference.
    """
    answers: list[Any] = []
    while (answer := ask()) not in answers:
        assert len(answers) < 10, "no two answers agree"
        answers.append(answer)
    return answer
