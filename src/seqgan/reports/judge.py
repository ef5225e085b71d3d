"""Judge samples of any model against real text: read, look over, measure, set beside reference rows, compare."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from typing import Any

from seqgan.errors import ConfigError
from seqgan.metrics._signature import fingerprint
from seqgan.progress import Bar, Progress
from seqgan.records import References
from seqgan.reports.judgement import Judgement
from seqgan.reports.measure import Check, Measure, check_named
from seqgan.reports.notes import Background
from seqgan.reports.reference_rows import ReferenceRow, reference_rows
from seqgan.reports.rows import Reader, TokenRows
from seqgan.reports.systems import ScoredFile, System, differences, unlike_seeds
from seqgan.stats.sentence_bleu import check_definition


@dataclass(frozen=True)
class Options:
    """How samples are read and measured; the names are those of the command's options.

    ``metrics`` are names (or ``all``), ``tokenizer`` and ``lower`` say how text becomes tokens, ``definition`` is
    that of BLEU, ``check`` the checker for validity (a name or a function of token rows), ``column`` and ``field``
    where tables and JSON lines hold the text, ``n`` how many rows of each file of samples count. ``paired`` says that
    row i (or file i) of two systems belong together; ``seed`` draws the reference rows.
    """

    metrics: str | Sequence[str] | None = None
    tokenizer: str | Mapping[str, Any] | None = None
    lower: bool | None = None
    definition: str = "texygen"
    check: str | Check | None = None
    column: str = ""
    field: str = ""
    n: int | None = None
    reference_rows: bool = True
    paired: bool = False
    seed: int = 1
    quiet: bool = False


def judge(
    systems: Mapping[str, Any], references: Any = None, train: Any = None, options: Options | None = None
) -> Judgement:
    """Return the scores of every system, in order: each a path or rows in memory, or a tuple of them (one a seed).

    ``references`` are held-out real text, ``train`` what the models were trained on; paths or rows. Raises DataError
    where something cannot be read or scored, ConfigError for settings that do not exist.
    """
    return _Judge(options or Options()).run(systems, references, train)


class _Judge:
    """One judgement under way."""

    def __init__(self, options: Options) -> None:
        self.options = options
        check_definition(options.definition)
        if options.n is not None and options.n < 1:
            raise ConfigError(f"{options.n} rows cannot be scored.", "Ask for at least one.")
        self.checker, self.check_name = check_named(options.check)
        self.progress = Progress(options.quiet)
        self.reader = Reader(
            options.tokenizer, options.lower, column=options.column, field=options.field, progress=self.progress
        )
        self.notes: list[str] = []

    def run(self, systems: Mapping[str, Any], references: Any, train: Any) -> Judgement:
        if not systems:
            raise ConfigError("There is nothing to judge.", "Name at least one file of samples.")
        real = None if references is None else self.reader.read(references, "references").without_blanks()
        trained = None if train is None else self.reader.read(train, "training rows").without_blanks()
        read = {name: self._read_system(name, data) for name, data in systems.items()}
        self.reader.refuse_idle()
        measure = Measure(self.options.metrics, self._given(real, trained))
        self._look_over(read, Background(real, trained))
        beside = self._beside(real, trained, len(next(iter(read.values()))[0]))
        scored = self._scored(read, measure, beside)
        tests = differences(scored, paired=self.options.paired, seed=self.options.seed)
        self._note_unlike(scored)
        return Judgement(tuple(scored), tuple(tests), tuple(self.notes), self._setting(real, trained))

    def _read_system(self, name: str, data: Any) -> list[TokenRows]:
        files = data if isinstance(data, tuple) else (data,)
        found = [self.reader.read(file, "samples", n=self.options.n) for file in files]
        own = [name] if len(files) == 1 else [f"{name}, file {number}" for number in range(1, len(files) + 1)]
        return [
            rows if isinstance(file, str | Path) else replace(rows, name=title)
            for rows, file, title in zip(found, files, own, strict=True)
        ]

    def _given(self, real: TokenRows | None, trained: TokenRows | None) -> References:
        return References(
            test=None if real is None else real.tokens,  # type: ignore[arg-type]
            train=None if trained is None else trained.tokens,  # type: ignore[arg-type]
            check=self.checker,
            temperature=None,
            details={"tokenizer": self.reader.label, "definition": self.options.definition, **self.check_name},
        )

    def _look_over(self, read: Mapping[str, Sequence[TokenRows]], background: Background) -> None:
        self.notes += background.own_notes()
        every = [rows for files in read.values() for rows in files]
        for rows in every:
            self.notes += background.notes(rows)
        for one, two in combinations(every, 2):
            if one.tokens == two.tokens:
                self.notes.append(f"{one.name} and {two.name} hold the same rows.")

    def _beside(self, real: TokenRows | None, trained: TokenRows | None, n: int) -> list[ReferenceRow]:
        if not self.options.reference_rows:
            return []
        texts = [None if rows is None else rows.tokens for rows in (real, trained)]
        return reference_rows(texts[0], texts[1], n, self.options.seed)

    def _scored(
        self, read: Mapping[str, Sequence[TokenRows]], measure: Measure, beside: Sequence[ReferenceRow]
    ) -> list[System]:
        bar = self.progress.bar("scoring", (sum(map(len, read.values())) + len(beside)) * len(measure.modules))
        found = []
        for name, files in read.items():
            scored = tuple(self._score(measure, rows, bar) for rows in files)
            found.append(System(name, "sample", scored))
        for row in beside:
            skip = measure.needing(row.needless) if row.needless else set[str]()
            scored = (self._score(measure, TokenRows(row.name, row.rows), bar, skip),)
            found.append(System(row.name, "reference", scored))
        self.progress.close()
        return found

    def _score(self, measure: Measure, rows: TokenRows, bar: Bar, skip: set[str] | None = None) -> ScoredFile:
        scores, failed = measure.scores(rows.tokens, skip, lambda: bar.update(bar.done + 1))
        if skip is None:
            self.notes += [f"{rows.name}: {metric} is left out. {why}" for metric, why in failed.items()]
        return ScoredFile(rows.name, len(rows), {score.name: score for score in scores})

    def _note_unlike(self, systems: Sequence[System]) -> None:
        for system in systems:
            if metrics := unlike_seeds(system):
                self.notes.append(
                    f"The files of {system.name} differ in number of rows, so their means of {', '.join(metrics)} "
                    "mix what cannot be compared; take equal numbers with -n."
                )

    def _setting(self, real: TokenRows | None, trained: TokenRows | None) -> dict[str, str]:
        found = {}
        for what, rows in (("references", real), ("training text", trained)):
            if rows is not None:
                found[what] = f"{Path(rows.name).name}, {len(rows):,} rows, hash {fingerprint(rows.tokens)}"
        return {**found, "tokens": self.reader.label, "BLEU": self.options.definition}
