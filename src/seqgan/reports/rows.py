"""Token rows from whatever a judge has: files, lists of strings or tokens, arrays of ids."""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from seqgan.data.files import FileSettings, Row, kind_of, read_rows
from seqgan.data.tokenizers import Tokenizer, label, make
from seqgan.errors import ConfigError, DataError
from seqgan.progress import Progress
from seqgan.stats.ngrams import token_rows

Tokens = tuple[Hashable, ...]
DEFAULT = {"kind": "word", "lower": True}
"""How text becomes tokens where nobody says: as in the published tables (definition ``texygen``)."""

_AS_GIVEN = "as given"
_TOKEN_TYPES = frozenset((str, int, bytes))


@dataclass(frozen=True)
class TokenRows:
    """The rows of one file or list as tokens; ``blank`` of them have none. ``name`` is what messages call them.

    ``resplit`` counts the rows that looked tokenised already and were split further, ``example`` is such a token.
    """

    name: str
    tokens: Sequence[Tokens]
    blank: int = 0
    resplit: int = 0
    example: str = ""

    def __len__(self) -> int:
        """Return the number of rows, blank ones included."""
        return len(self.tokens)

    def without_blanks(self) -> TokenRows:
        """Return the rows that have a token."""
        kept = self.tokens if not self.blank else [row for row in self.tokens if row]
        return TokenRows(self.name, kept, self.blank, self.resplit, self.example)


class Reader:
    """Turns files and lists into token rows, the same way on every side."""

    def __init__(
        self,
        tokenizer: str | Mapping[str, Any] | None = None,
        lower: bool | None = None,
        *,
        column: str = "",
        field: str = "",
        progress: Progress | None = None,
    ) -> None:
        """Remember how; without ``tokenizer`` text becomes lower-cased words, and tokens and ids stay as they are.

        ``lower`` None lower-cases only where no tokeniser is named. Raises ConfigError for an unknown tokeniser.
        """
        self._lower, self._column, self._field = lower, column, field
        self._progress = progress or Progress(quiet=True)
        self._spec = None if tokenizer is None else self._described(tokenizer)
        self._made: Tokenizer | None = None if self._spec is None else make(self._spec)
        self._used: set[str] = set()
        self._idle = {name for name, value in (("column", column), ("field", field)) if value}

    def _described(self, tokenizer: str | Mapping[str, Any]) -> dict[str, Any]:
        spec = {"kind": tokenizer} if isinstance(tokenizer, str) else dict(tokenizer)
        if "kind" not in spec:
            raise ConfigError("The description of a tokeniser has no 'kind'.", "Name one, such as word or whitespace.")
        return {**spec, "lower": bool(spec.get("lower")) if self._lower is None else self._lower}

    @property
    def label(self) -> str:
        """Return in a few words how the rows read so far became tokens, for signatures."""
        return "+".join(sorted(self._used)) or _AS_GIVEN

    def refuse_idle(self) -> None:
        """Raise ConfigError where a column or field was named and nothing that was read has any."""
        for name in sorted(self._idle):
            kind = {"column": "CSV or TSV", "field": "JSONL"}[name]
            raise ConfigError(f"No file is {kind}, so the {name} has no effect.", f"Leave out --{name}.")

    def read(self, data: Any, what: str, *, n: int | None = None) -> TokenRows:
        """Return the rows of a path, or of strings, token lists, integers (B, T) or Samples in memory.

        ``n`` takes the first n rows. Raises DataError, with the line or row, where there is nothing to read, fewer
        than ``n`` rows, or something that is no token.
        """
        rows = self._file(Path(data), n) if isinstance(data, str | Path) else self._memory(data, what, n)
        if n is not None and len(rows) < n:
            raise DataError(f"{rows.name} has {len(rows):,} rows, and {n:,} are asked for.", "Ask for fewer with -n.")
        if rows.blank == len(rows):
            count = f"{rows.blank:,} rows, all blank" if len(rows) else "it is empty"
            raise DataError(f"There are no {what} in {rows.name}: {count}.", "Give at least one row with a token.")
        return rows

    def _memory(self, data: Any, what: str, n: int | None) -> TokenRows:
        given = token_rows(data)
        if not len(given):
            raise DataError(f"There are no {what}.", "Give at least one.")
        collector = _Collector(self._as_read)
        for number, row in enumerate(islice(iter(given), n), 1):
            if isinstance(row, str):
                collector.text(row)
            else:
                self._used.add(_AS_GIVEN)
                collector.tokens(_checked(row, number, what))
        return collector.rows(f"the {what}")

    def _file(self, path: Path, n: int | None) -> TokenRows:
        tokenizer = self._file_tokenizer(path)
        kind = kind_of(path)
        self._idle -= {"column"} if kind in ("csv", "tsv") else {"field"} if kind == "jsonl" else set()
        settings = FileSettings.model_validate(
            {"path": str(path), "column": self._column, "field": self._field, "tokenizer": tokenizer}
        )
        lines: Iterator[Row] = self._progress.track(read_rows(path, settings), f"reading {path.name}")
        collector = _Collector(self._as_read)
        for number, text in islice(lines, n):
            try:
                if kind == "ids":
                    collector.tokens(_ids(text))
                else:
                    collector.text(text)
            except DataError as error:
                raise DataError(f"Line {number} of {path}: {error.problem}", error.remedy) from None
        self._progress.close()
        return collector.rows(str(path))

    def _file_tokenizer(self, path: Path) -> str:
        """Return the tokeniser's kind as the readers know it; the first file decides where none is named."""
        kind = kind_of(path)
        if kind == "ids":
            self._used.add("ids")
        if self._spec is None and (kind == "ids" or (kind == "jsonl" and _holds_tokens(path, self._field))):
            self._spec = self._described("whitespace")
            self._made = make(self._spec)
        return "word" if self._spec is None else str(self._spec["kind"])

    def _as_read(self, text: str) -> list[str]:
        """Return the tokens of one text, by the tokeniser named or the usual one."""
        if self._made is None:
            self._spec = {**DEFAULT, "lower": self._lower is not False}
            self._made = make(self._spec)
        if self._spec is not None:
            self._used.add(label(self._spec))
        return self._made.tokenize(text)


class _Collector:
    """Gathers rows; every distinct token is held once, however often it occurs."""

    def __init__(self, split: Callable[[str], list[str]]) -> None:
        self._split = split
        self._known: dict[Hashable, Hashable] = {}
        self._rows: list[Tokens] = []
        self._blank, self._resplit, self._example = 0, 0, ""

    def text(self, text: str) -> None:
        tokens = self._split(text) if text.strip() else []
        if text.endswith((" .", " !", " ?")) and len(tokens) > len(text.split()):
            self._resplit += 1
            self._example = self._example or self._first_split(text)
        self.tokens(tokens)

    def _first_split(self, text: str) -> str:
        return next((part for part in text.split() if len(self._split(part)) > 1), "")

    def tokens(self, tokens: Sequence[Hashable]) -> None:
        known = self._known
        self._blank += not tokens
        self._rows.append(tuple([known.setdefault(token, token) for token in tokens]))

    def rows(self, name: str) -> TokenRows:
        return TokenRows(name, self._rows, self._blank, self._resplit, self._example)


def _checked(row: Any, number: int, what: str) -> Sequence[Hashable]:
    """Return the tokens of one row in memory; raises DataError where they are no strings and no whole numbers."""
    where = f"Row {number} of the {what}"
    tokens = row.tolist() if hasattr(row, "tolist") else row
    if isinstance(tokens, bytes) or not isinstance(tokens, Sequence):
        raise DataError(f"{where} is {row!r}, neither a text nor a list of tokens.", "Remove or mend that row.")
    if set(map(type, tokens)) <= _TOKEN_TYPES:
        return tokens
    plain = [int(token) if isinstance(token, np.integer) else token for token in tokens]
    for token in plain:
        if not isinstance(token, str | int | bytes):
            raise DataError(f"{where} holds {token!r}, which is no token.", "Tokens are strings or whole numbers.")
    return plain


def _ids(text: str) -> list[str]:
    tokens = text.replace(",", " ").split()
    for token in tokens:
        if not (token.isascii() and token.removeprefix("-").isdigit()):
            raise DataError(f"'{token}' is no whole number.", "A file of ids holds whole numbers; mend that line.")
    return tokens


def _holds_tokens(path: Path, field: str) -> bool:
    """Return whether the first record of a JSONL file holds a list; what cannot be read is left to the reader."""
    if not path.is_file():
        return False
    with path.open("rb") as stream:
        line = next((line for line in islice(stream, 1000) if line.strip()), b"")
    try:
        record = json.loads(line)
    except ValueError:
        return False
    if isinstance(record, dict):
        record = record.get(field) if field else next(iter(record.values()), None)
    return isinstance(record, list)
