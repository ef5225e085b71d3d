"""Which values may stand in one column: those whose signatures say the same, and what such a column is called."""

from __future__ import annotations

import re
from typing import Any

from seqgan.board import catalogue
from seqgan.board.session import Session

COUNTED = "probability_zero"
"""The field of a signature that says how many rows are left out; of several seeds it has each one's number."""

_OF_THE_RUN = ("temperature:", "version:", "seed:", f"{COUNTED}:")
"""Fields of a signature that belong to one run or release, not to the definition of the number."""

_OF_THE_DATA = ("data:", "tokens:")
"""Fields that name the held-out rows. They stay, but for two cases: references stand in a field of their own, and an
oracle's rows are drawn anew for every seed by the same process, which the field of the task names."""

_OTHERWISE_NAMED = ("references:", "task:oracle_")

_NAMES = {"nll_oracle": "NLL_oracle", "nll_gen": "NLL_gen"}


def definition(signature: str) -> str:
    """Return a signature without what belongs to one run: equal definitions may share a column."""
    fields = signature.split("|")
    named = any(field.startswith(_OTHERWISE_NAMED) for field in fields)
    dropped = (*_OF_THE_RUN, *_OF_THE_DATA) if named else _OF_THE_RUN
    return "|".join(field for field in fields if not field.startswith(dropped))


def facts(signature: str) -> dict[str, str]:
    """Return the fields of a signature behind its name."""
    return dict(field.partition(":")[::2] for field in signature.split("|")[1:])


def left_out(signature: str) -> int:
    """Return how many rows a value leaves out because they are impossible; of several seeds, all of them together."""
    return sum(int(word) for word in facts(signature).get(COUNTED, "").split(",") if word.isdigit())


def title(signature: str) -> str:
    """Return what the column of a signature is called, as in ``BLEU-2 (Texygen, n 5,000)``."""
    name = signature.partition("|")[0]
    found = facts(signature)
    marks = [found["definition"].capitalize()] if "definition" in found else []
    count = found.get("hypotheses") or found.get("samples") or ""
    marks += [f"n {int(count):,}"] if count.isdigit() else []
    return f"{_spelled(name)} ({', '.join(marks)})" if marks else _spelled(name)


def _spelled(name: str) -> str:
    if name in _NAMES:
        return _NAMES[name]
    words = name.replace("_", " ").replace("self bleu", "Self-BLEU").replace("bleu", "BLEU")
    words = re.sub(r"(BLEU) (\d)", r"\1-\2", words)
    return words[0].upper() + words[1:]


def column(session: Session, board: int, signature: str, wanted: str = "", **details: Any) -> int:
    """Return the metric of a board in whose column a value with this signature may stand, a new one where none is.

    ``wanted`` is another title than the signature's own; ``details`` (direction, unit, ...) hold for a new metric. A
    column of a benchmark's contract is never taken, nor one that holds values of another definition.
    """
    base = wanted or title(signature)
    meaning = definition(signature)
    for number in range(1, 100):
        name = base if number == 1 else f"{base} #{number}"
        row = session.row(
            "SELECT id, direction_from FROM board_metric WHERE board_id = :board AND name = :name",
            board=board,
            name=name,
        )
        if row is None:
            return catalogue.ensure_metric(session, board, name, definition=meaning, **details)
        if row["direction_from"] != "contract" and _holds(session, row["id"]) <= {meaning}:
            return int(row["id"])
    raise ValueError(f"a hundred definitions of {base}")


def _holds(session: Session, metric: int) -> set[str]:
    signatures = session.column(
        "SELECT DISTINCT signature FROM value WHERE metric_id = :metric AND signature <> ''", metric=metric
    )
    return {definition(signature) for signature in signatures}
