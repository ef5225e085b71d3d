"""What a judge should know before believing a number, in plain words: blanks, strangers, copies, unlike tokens."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Sequence
from functools import cached_property
from itertools import islice

from seqgan.errors import DataError
from seqgan.reports.rows import TokenRows, Tokens
from seqgan.stats.shares import percent

_LOOK = 1_000  # rows that say enough about how a side was tokenised
_ATTACHED = re.compile(r"\w[.,!?;:]$")
_STRANGE = 0.1  # share of unseen tokens worth a word; real captions have 0.07 against other captions
_ODD = 0.3  # difference of two shares from which on two sides were hardly written alike
_HIGHEST = 5


class Background:
    """The references and training rows as sets, against which every file of samples is looked over."""

    def __init__(self, references: TokenRows | None, train: TokenRows | None) -> None:
        """Keep both; either may be missing."""
        self.references, self.train = references, train

    @cached_property
    def _words(self) -> set[Hashable]:
        return set() if self.references is None else {token for row in self.references.tokens for token in row}

    @cached_property
    def _reference_rows(self) -> set[Tokens]:
        return set() if self.references is None else set(self.references.tokens)

    @cached_property
    def _train_rows(self) -> set[Tokens]:
        return set() if self.train is None else set(self.train.tokens)

    def own_notes(self) -> list[str]:
        """Return what is odd about the references and training rows themselves."""
        given = [rows for rows in (self.references, self.train) if rows is not None]
        found = [f"{rows.name}: {rows.blank:,} blank rows are left out." for rows in given if rows.blank]
        if len(given) == 2:
            found += _unlike(given[1], given[0])
            shared = sum(row in self._train_rows for row in self._reference_rows)
            if shared == len(self._reference_rows):
                found.append("Every reference stands in the training text: nothing here is held out.")
        return found + [note for rows in given for note in _resplit(rows)]

    def notes(self, samples: TokenRows) -> list[str]:
        """Return what is odd about one file of samples; raises DataError where it can have nothing in common."""
        found = _blank(samples) + _resplit(samples) + _short(samples)
        if self.references is not None:
            found += self._against_references(samples)
        if self.train is not None and self._all_in(samples, self._train_rows):
            found.append(f"Every row of {samples.name} stands in the training text: nothing in it is new.")
        return found

    def _against_references(self, samples: TokenRows) -> list[str]:
        assert_same_kind(samples, self._named_references)
        found = self._strangers(samples) + _unlike(samples, self._named_references)
        if self._all_in(samples, self._reference_rows):
            found.append(f"Every row of {samples.name} is one of the references: BLEU says nothing about it.")
        return found

    @property
    def _named_references(self) -> TokenRows:
        if self.references is None:
            raise DataError("There are no references.", "Give them with --references.")
        return self.references

    def _all_in(self, samples: TokenRows, known: set[Tokens]) -> bool:
        return all(row in known for row in samples.tokens if row)

    def _strangers(self, samples: TokenRows) -> list[str]:
        share, unseen = self._unseen(samples)
        usual = self._usual
        if share < max(_STRANGE, 1.5 * usual):
            return []
        examples = ", ".join(f"'{token}'" for token in unseen)
        more = f" (of the training text {percent(usual)})" if self.train is not None else ""
        more += ". Are both sides tokenised alike?" if share > 0.5 else "."
        return [
            f"{percent(share)} of the tokens of {samples.name} never occur in the references, such as {examples}{more}"
        ]

    @cached_property
    def _usual(self) -> float:
        """Return the share of unseen tokens in real text, the training rows, as far as there are any."""
        return 0.0 if self.train is None else self._unseen(self.train)[0]

    def _unseen(self, rows: TokenRows) -> tuple[float, list[Hashable]]:
        """Return the share of tokens that the references lack, and the first few of them."""
        unseen = [token for row in rows.tokens for token in row if token not in self._words]
        return len(unseen) / sum(map(len, rows.tokens)), list(islice(dict.fromkeys(unseen), 3))


def assert_same_kind(samples: TokenRows, references: TokenRows) -> None:
    """Raise DataError where one side holds nothing but whole numbers and the other none: nothing could ever match."""
    if {_whole_numbers(samples), _whole_numbers(references)} == {0.0, 1.0}:
        raise DataError(
            f"{samples.name} and {references.name} are not of one kind: words here, ids there.", "Decode the ids first."
        )


def _whole_numbers(rows: TokenRows) -> float:
    return _share(str(token).removeprefix("-").isdigit() for row in rows.tokens[:_LOOK] for token in row)


def _blank(samples: TokenRows) -> list[str]:
    if not samples.blank:
        return []
    each = "one is blank; it is" if samples.blank == 1 else f"{samples.blank:,} are blank; they are"
    return [f"Of the {len(samples):,} rows of {samples.name} {each} kept and counted, with BLEU and self-BLEU 0."]


def _short(samples: TokenRows) -> list[str]:
    longest = max(map(len, samples.tokens))
    if longest >= _HIGHEST:
        return []
    return [
        f"No row of {samples.name} is longer than {longest}: scores of longer n-grams have none to count and show "
        "what their definition puts in its place, or are left out."
    ]


def _resplit(rows: TokenRows) -> list[str]:
    if rows.resplit <= 0.01 * len(rows):
        return []
    return [
        f"{rows.resplit:,} rows of {rows.name} look tokenised already and are split further (for example "
        f"'{rows.example}'): name the tokeniser whitespace to keep their tokens."
    ]


def _unlike(samples: TokenRows, references: TokenRows) -> list[str]:
    """Return a note where two sides show different habits: punctuation on words, capitals, single characters."""
    habits = {
        "punctuation stands attached to words": _attached,
        "rows hold capitals": _capitals,
        "tokens are single characters": _characters,
    }
    found = []
    for words, habit in habits.items():
        here, there = habit(samples.tokens[:_LOOK]), habit(references.tokens[:_LOOK])
        if abs(here - there) > _ODD:
            found.append(
                f"{samples.name} and {references.name} look tokenised differently: {words} in {percent(here)} of the "
                f"one and {percent(there)} of the other. Tokenise both the same way."
            )
    return found


def _share(flags: Iterable[bool]) -> float:
    listed = list(flags)
    return sum(listed) / len(listed) if listed else 0.0


def _attached(rows: Sequence[Tokens]) -> float:
    return _share(any(isinstance(t, str) and len(t) > 2 and _ATTACHED.search(t) for t in row) for row in rows if row)


def _capitals(rows: Sequence[Tokens]) -> float:
    return _share(any(isinstance(t, str) and t != t.lower() for t in row) for row in rows if row)


def _characters(rows: Sequence[Tokens]) -> float:
    return _share(isinstance(t, str) and len(t) == 1 and t.isalpha() for row in rows for t in row)
