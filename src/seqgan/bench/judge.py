"""Real or generated? A blinded quiz for people, and the score and interval that come out of it.

The measure of Yu et al. 2017, Table 2: every judge sees as many texts of each source in mixed order and says of each
whether it is real; a text that is judged real counts one, else nothing; a source's score is the mean over judges. A
model is as good as real text where the two scores cannot be told apart, not where half of it is believed.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from seqgan.bench.queue import moment
from seqgan.errors import ConfigError, DataError
from seqgan.results import lines
from seqgan.stats.bootstrap import mean_interval
from seqgan.stats.paired import holm, paired_permutation_test, permutation_test
from seqgan.stats.seeds import over_seeds

REAL = "real"
_FIELDS = {"judge": str, "source": str, "item": str, "says_real": bool}


@dataclass(frozen=True)
class Item:
    """One text of the quiz; ``key`` identifies it without telling its ``source``, which the judge is not shown."""

    key: str
    source: str
    text: str


@dataclass(frozen=True)
class Standing:
    """What came out for one source: the share judged real in [0, 1], its 95 % interval, and how much was asked.

    ``p_value`` is of the difference from real text, corrected for several systems (Holm); None for real text itself.
    """

    source: str
    score: float
    interval: tuple[float, float] | None
    judges: int
    answers: int
    p_value: float | None
    method: str


def quiz(files: Mapping[str, Path], n: int, seed: int) -> list[Item]:
    """Return ``n`` texts of every source, the same ones for every judge; ``files`` maps a source to a file of texts.

    Repeated lines count once, and a text that stands in two files is left out: nobody could tell which it is.
    Raises DataError where a file cannot be read or has fewer texts.
    """
    if REAL not in files or len(files) < 2:
        raise ConfigError("A quiz needs real texts and those of at least one system.", "Give --real and --system.")
    texts = {source: _texts(path) for source, path in files.items()}
    owners: dict[str, int] = {}
    for found in texts.values():
        for text in found:
            owners[text] = owners.get(text, 0) + 1
    items = []
    for source, found in texts.items():
        own = [text for text in found if owners[text] == 1]
        if len(own) < n:
            raise DataError(
                f"{files[source]} has {len(own)} different texts of its own; {n} are asked for.", "Lower -n."
            )
        chosen = random.Random(f"{seed}|{source}").sample(own, n)
        items += [Item(_key(seed, source, text), source, text) for text in chosen]
    return items


def _texts(path: Path) -> list[str]:
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}.", "Check the path.") from None
    except UnicodeDecodeError:
        raise DataError(f"{path} is not UTF-8 text.", "Convert it.") from None
    return list(dict.fromkeys(line.strip() for line in lines if line.strip()))


def _key(seed: int, source: str, text: str) -> str:
    return hashlib.sha256(f"{seed}|{source}|{text}".encode()).hexdigest()[:12]


def order(items: Sequence[Item], judge: str, seed: int) -> list[Item]:
    """Return the items in this judge's own order, the same one each time."""
    mixed = sorted(items, key=lambda item: item.key)
    random.Random(f"{seed}|{judge}").shuffle(mixed)
    return mixed


class Answers:
    """The file of answers: one JSON object a line, written at once, so that a quiz goes on where it was left."""

    def __init__(self, path: Path) -> None:
        """Name the file; raises DataError where it holds something else."""
        self.path = path
        self.rows = _checked(path)

    def of(self, judge: str) -> set[str]:
        """Return the keys of the items that a judge has answered."""
        return {row["item"] for row in self.rows if row["judge"] == judge}

    def add(self, judge: str, item: Item, says_real: bool, seconds: float) -> None:
        """Append one answer, ``seconds`` after the text was shown."""
        row = {"judge": judge, "item": item.key, "source": item.source, "says_real": says_real}
        lines.append(self.path, {**row, "seconds": round(seconds, 1), "time": moment()})
        self.rows.append(row)


def _checked(path: Path) -> list[dict[str, Any]]:
    rows = lines.rows(path)
    for number, row in enumerate(rows, 1):
        if any(not isinstance(row.get(key), kind) for key, kind in _FIELDS.items()):
            raise DataError(f"{path}, answer {number}, is no answer of a judge.", "Name another file.")
    return rows


def standings(rows: Sequence[Mapping[str, Any]]) -> list[Standing]:
    """Return the score of every source, real text first, then from the best down.

    Over two judges or more the interval is Student's over judges and the test compares each judge's two scores; one
    judge alone gives a bootstrap interval over texts and an unpaired test. Raises DataError without answers.
    """
    if not rows:
        raise DataError("Nobody has answered yet.", "Ask a judge: seqgan judge --help")
    table = _by_judge(rows)
    systems = [source for source in table if source != REAL]
    tests = {source: _test(table, source) for source in systems if REAL in table}
    corrected = dict(zip(tests, holm([p for p, _ in tests.values()]), strict=True))
    found = [
        _standing(source, table[source], corrected.get(source), tests.get(source, (0.0, ""))[1]) for source in table
    ]
    return sorted(found, key=lambda one: (one.source != REAL, -one.score))


def _by_judge(rows: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, list[float]]]:
    """Return source -> judge -> answers; of two answers to one item the later counts."""
    last = {(row["judge"], row["item"]): row for row in rows}
    table: dict[str, dict[str, list[float]]] = {}
    for row in last.values():
        table.setdefault(row["source"], {}).setdefault(row["judge"], []).append(float(row["says_real"]))
    return table


def _standing(source: str, judges: Mapping[str, list[float]], p_value: float | None, method: str) -> Standing:
    means = [sum(answers) / len(answers) for answers in judges.values()]
    every = [answer for answers in judges.values() for answer in answers]
    interval = over_seeds(means).interval if len(means) > 1 else mean_interval(every)
    return Standing(source, sum(means) / len(means), interval, len(means), len(every), p_value, method)


def _test(table: Mapping[str, Mapping[str, list[float]]], source: str) -> tuple[float, str]:
    """Return the p-value of the difference from real text and how it was found."""
    both = sorted(table[REAL].keys() & table[source].keys())
    if len(both) > 1:
        pairs = [[sum(table[name][judge]) / len(table[name][judge]) for judge in both] for name in (REAL, source)]
        found = paired_permutation_test(*pairs)
        return found.p_value, f"{found.method}, {len(both)} judges"
    lists = [[answer for answers in table[name].values() for answer in answers] for name in (REAL, source)]
    found = permutation_test(*lists)
    return found.p_value, f"{found.method}, texts of one judge"
