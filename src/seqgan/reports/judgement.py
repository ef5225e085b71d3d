"""A judgement of samples: records, and a table with one column a system, one row a score, and what its marks mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from seqgan.records import Score
from seqgan.reports.reference_rows import COPY, NGRAM, REAL
from seqgan.reports.systems import Difference, System, comparable
from seqgan.reports.tables import MISSING, arrow, number, text_table
from seqgan.stats.paired import least_p

_WIDE = 2  # more systems of samples than this have their intervals in the JSON only
_BY_NUMBER = {
    ("self_bleu", "distinct", "uniqueness"): (
        "self_bleu grows with the number of rows, distinct and uniqueness fall: same number or no comparison."
    ),
    ("ms_jaccard", "ngram_jsd", "reverse_lm"): (
        "ms_jaccard, ngram_jsd and reverse_lm look better with more rows: the training copy shows the level of as many."
    ),
}
_ABOUT = {
    REAL: "the references themselves",
    COPY: "real text too, so its BLEU is the level that makes sense; nothing in it is new",
    NGRAM: "fluent for four tokens, without sense beyond",
}


@dataclass(frozen=True)
class Judgement:
    """Systems of samples, then reference rows, with their scores; what to know about them; the tests between them.

    ``setting`` says what holds for every number: references, training rows, tokeniser, definition.
    """

    systems: tuple[System, ...]
    differences: tuple[Difference, ...]
    notes: tuple[str, ...]
    setting: Mapping[str, str]

    def __str__(self) -> str:
        """Return setting, table and footnotes as plain lines."""
        setting = [f"{what}: {text}" for what, text in self.setting.items()]
        return "\n".join([*setting, "", table(self), "", *footnotes(self)])

    def signatures(self) -> list[str]:
        """Return every signature once; those of a later system only where they differ."""
        files = [file for system in self.systems for file in system.files]
        return list(dict.fromkeys(score.signature for file in files for score in file.scores.values()))

    def records(self) -> list[dict[str, Any]]:
        """Return all scores as plain data: samples file by file, means over seeds, then the reference rows.

        ``role`` says which: sample, mean or reference. What was tested against the first system has ``p_value``,
        ``difference``, ``against`` and ``test``.
        """
        samples = [system for system in self.systems if system.role == "sample"]
        rows = [record for system in samples for record in system.records()]
        rows += [record for system in samples for record in system.means()]
        rows += [record for system in self.systems if system.role == "reference" for record in system.records()]
        several = {system.name for system in samples if system.seeds > 1}
        tests = {(test.system, test.metric): test for test in self.differences}
        for record in rows:
            test = tests.get((record["system"], record["name"]))
            if test is not None and (record["system"] not in several or record["role"] == "mean"):
                record |= {"p_value": test.p_value, "difference": test.difference}
                record |= {"against": test.against, "test": test.method}
        return rows


def table(judgement: Judgement) -> str:
    """Return the aligned table; ``*`` marks a clear difference, brackets a value that cannot be compared."""
    first = judgement.systems[0]
    names = dict.fromkeys(metric for system in judgement.systems for metric in system.metrics())
    clear = {(test.system, test.metric) for test in judgement.differences if test.clear}
    wide = sum(system.role == "sample" for system in judgement.systems) > _WIDE
    rows = [
        [
            _label(metric, judgement.systems),
            *(
                _cell(system, metric, first.score(metric), (system.name, metric) in clear, wide)
                for system in judgement.systems
            ),
        ]
        for metric in names
    ]
    return text_table(["score", *map(_title, judgement.systems)], [_counts(judgement.systems), *rows])


def _title(system: System) -> str:
    return f"{system.name} ({system.seeds} files)" if system.seeds > 1 else system.name


def _counts(systems: Sequence[System]) -> list[str]:
    return ["rows", *(" ".join(dict.fromkeys(f"{file.n:,}" for file in system.files)) for system in systems)]


def _label(metric: str, systems: Sequence[System]) -> str:
    found = next(score for system in systems if (score := system.score(metric)) is not None)
    return f"{metric} {arrow(found.direction)}".rstrip()


def _cell(system: System, metric: str, beside: Score | None, clear: bool, wide: bool) -> str:
    score = system.score(metric)
    if score is None:
        return MISSING
    text = number(system.value(metric)) + ("*" if clear else "")
    if beside is not None and not comparable(beside, score):
        return f"({text})"
    interval = system.interval(metric)
    if interval is None or wide or system.role == "reference":
        return text
    return f"{text} [{number(interval[0])}, {number(interval[1])}]"


def footnotes(judgement: Judgement) -> list[str]:
    """Return what the table's signs and columns mean, as short as can be."""
    beside = [system.name for system in judgement.systems if system.role == "reference"]
    found = [f"{name}: {_ABOUT[name]}." for name in beside]
    if beside and COPY not in beside:
        found.append("training copy and 4-gram model are missing: they need --train.")
    return found + _about_intervals(judgement) + _about_numbers(judgement) + _about_tests(judgement)


def _about_intervals(judgement: Judgement) -> list[str]:
    several = any(system.seeds > 1 for system in judgement.systems)
    over = "over the files of a system (t), else over samples (bootstrap)" if several else "over samples (bootstrap)"
    return [f"[ ]: 95 % interval {over}. ↑ higher is better, ↓ lower is better."]


def _about_numbers(judgement: Judgement) -> list[str]:
    first = judgement.systems[0]
    found = [text for names, text in _BY_NUMBER.items() if any(name.startswith(names) for name in first.metrics())]
    if any(_cells_in_brackets(first, system) for system in judgement.systems[1:]):
        found.append(f"( ): not comparable with {first.name}, for another number of rows; take equal ones with -n.")
    return found


def _cells_in_brackets(first: System, other: System) -> bool:
    both = [(first.score(metric), other.score(metric)) for metric in first.metrics()]
    return any(one is not None and two is not None and not comparable(one, two) for one, two in both)


def _about_tests(judgement: Judgement) -> list[str]:
    samples = [system for system in judgement.systems if system.role == "sample"]
    if len(samples) < 2:
        return []
    tests = judgement.differences
    if not tests:
        return ["No test between systems: each needs one file, or each several."]
    how = ", ".join(dict.fromkeys(test.method for test in tests))
    found = [f"*: differs from {samples[0].name}, p < 0.05 by a permutation test ({how}; Holm over systems)."]
    untested = [metric for metric in samples[0].metrics() if metric not in {test.metric for test in tests}]
    if untested and all(system.seeds == 1 for system in samples):
        found.append("Scores of a whole set (self_bleu, distinct, ...) are tested over seeds: NAME=FILE,FILE,... each.")
    return found + _too_few(samples, tests[0].method.startswith("paired"))


def _too_few(samples: Sequence[System], paired: bool) -> list[str]:
    least = [least_p(samples[0].seeds, other.seeds, paired=paired) for other in samples[1:] if other.seeds > 1]
    if samples[0].seeds == 1 or not least or min(least) < 0.05:
        return []
    return [f"So few files can give no p below {min(least):.2g}: a missing * says nothing here."]
