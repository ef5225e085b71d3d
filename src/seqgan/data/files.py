"""Readers of a user's own file: text, CSV, TSV, JSONL and integer ids, line by line, with errors that name the line."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Any, Literal, TextIO

from pydantic import Field

from seqgan.config import Settings
from seqgan.errors import DataError, nearest

Format = Literal["auto", "text", "csv", "tsv", "jsonl", "ids"]
Row = tuple[int, str]
LONGEST_LINE = 1_000_000  # characters; more is a file without line ends, not a sequence
_LOOKED_AT = 200  # lines of a table that are looked at for another separator

_SUFFIXES: dict[str, Format] = {".csv": "csv", ".tsv": "tsv", ".tab": "tsv", ".jsonl": "jsonl", ".ndjson": "jsonl"}
_PACKED = {b"\x1f\x8b": "gzip", b"PK\x03\x04": "zip", b"BZh": "bzip2", b"\xfd7zXZ": "xz", b"\x28\xb5\x2f\xfd": "zstd"}


class FileSettings(Settings):
    """Where the sequences stand and how they become tokens."""

    path: str = Field("", description="the file: one sequence a line, a row or a JSON object")
    format: Format = Field("auto", description="text, csv, tsv, jsonl or ids; auto goes by the file's ending")
    column: str = Field("", description="the column of a CSV or TSV file, by name or by number from 1")
    header: bool = Field(True, description="whether the first row of a CSV or TSV file names the columns")
    field: str = Field("", description="the field of a JSONL file")
    tokenizer: str = Field(
        "word",
        pattern="^(word|whitespace|char|bytes|regex|smiles|dna)$",
        description="word, whitespace, char, bytes, regex; smiles and dna are ready patterns",
    )
    pattern: str = Field("", description="regex: smiles, dna or a regular expression that matches every token")
    joiner: str = Field("", description="regex: what stands between tokens when they are joined")
    lower: bool = Field(False, description="lower-case every line first")
    min_count: int = Field(1, ge=1, description="a token seen less often in training becomes the unknown symbol")
    max_vocab: int = Field(0, ge=0, description="keep this many most frequent tokens; 0 keeps all")
    max_len: int | None = Field(None, ge=1, le=10_000, description="most tokens of a sequence; unset: from the data")
    long: Literal["drop", "cut"] = Field("drop", description="what happens to longer sequences")
    vocabulary_size: int = Field(0, ge=0, description="ids: V; 0 is the largest training id and one more")
    end: bool = Field(True, description="end symbol; without one every sequence must have the same length")
    valid_path: str = Field("", description="validation sequences; unset: split off the file")
    test_path: str = Field("", description="test sequences; unset: split off the file")
    valid_share: float = Field(0.05, gt=0, lt=1, description="share of the lines split off for validation")
    test_share: float = Field(0.1, gt=0, lt=1, description="share of the lines split off for the test")
    held_out_rows: int = Field(10_000, ge=1, description="most lines of a split that is split off")
    split_seed: int = Field(1, ge=0, description="seed of the split; not the run's, so that runs share their test set")
    duplicates: Literal["together", "once", "anywhere"] = Field(
        "together", description="equal lines: in one split, kept once, or split as they come"
    )


def kind_of(path: Path, format: Format = "auto") -> Format:
    """Return the format of a file: the one given, else by its ending, else text."""
    if format != "auto":
        return format
    return _SUFFIXES.get(path.suffix.lower(), "ids" if path.suffix.lower() == ".ids" else "text")


def read_rows(path: Path, settings: FileSettings) -> Iterator[Row]:
    """Yield (line number, text) for every sequence of a file; an empty text is an empty line, row or field.

    The text is without blanks around it. Only one line is held in memory. Raises DataError naming the line.
    """
    with _open(path) as stream:
        lines = _checked_lines(path, stream)
        kind = kind_of(path, settings.format)
        if kind in ("csv", "tsv"):
            yield from _table_rows(path, lines, settings, kind)
        elif kind == "jsonl":
            yield from _json_rows(path, lines, settings)
        else:
            yield from ((number, line.strip()) for number, line in lines)


def _open(path: Path) -> TextIO:
    if path.is_dir():
        raise DataError(f"{path} is a folder.", "Give one file of sequences.")
    if not path.exists():
        names = [p.name for p in path.parent.iterdir() if p.is_file()] if path.parent.is_dir() else []
        hint = nearest(path.name, names)
        raise DataError(f"There is no file {path}.", hint if hint.startswith("Did") else "Check the path.")
    try:
        with path.open("rb") as raw:
            _check_start(path, raw.read(4096))
        return path.open(encoding="utf-8-sig", errors="surrogateescape", newline=None)
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}.", "Check its permissions.") from None


def _check_start(path: Path, start: bytes) -> None:
    if not start:
        raise DataError(f"{path} is empty.", "Give a file with one sequence a line.")
    for magic, name in _PACKED.items():
        if start.startswith(magic):
            raise DataError(f"{path} is packed with {name}.", "Unpack it first.")
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise DataError(f"{path} is UTF-16, not UTF-8.", f"Convert it: iconv -f UTF-16 -t UTF-8 {path.name} > new.txt")


def _checked_lines(path: Path, stream: TextIO) -> Iterator[Row]:
    number = 0
    while line := stream.readline(LONGEST_LINE):
        number += 1
        if len(line) >= LONGEST_LINE and not line.endswith("\n"):
            raise DataError(
                f"Line {number} of {path} has more than {LONGEST_LINE:,} characters.", "Put one sequence on each line."
            )
        if "\0" in line:
            raise DataError(
                f"{path} is a binary file: line {number} has a NUL byte.", "Give text in UTF-8, one sequence a line."
            )
        if not line.isascii():
            _require_utf8(path, number, line)
        yield number, line


def _require_utf8(path: Path, number: int, line: str) -> None:
    try:
        line.encode("utf-8")
    except UnicodeEncodeError as error:
        byte = ord(line[error.start]) - 0xDC00
        raise DataError(
            f"Line {number} of {path} is not UTF-8: byte 0x{byte & 0xFF:02x} at character {error.start + 1}.",
            f"Convert the file, for example: iconv -f latin1 -t UTF-8 {path.name} > new.txt",
        ) from None


def table_header(path: Path, settings: FileSettings) -> list[str]:
    """Return the row of a CSV or TSV file that is taken for the names of its columns, [] where none is."""
    kind = kind_of(path, settings.format)
    return _first_row(path, kind) if kind in ("csv", "tsv") and settings.header else []


def table_warnings(path: Path, settings: FileSettings) -> list[str]:
    """Return what may be wrong about how a CSV or TSV file was read: its header, or what separates its columns."""
    kind, header, found = kind_of(path, settings.format), table_header(path, settings), []
    if settings.column.isdigit() and header and settings.column not in header:
        row = ", ".join(header)[:60]
        found.append(f"The first row was taken for a header ({row}); if it is a sequence, set task.header=false.")
    if kind in ("csv", "tsv") and len(_first_row(path, kind)) == 1:
        with _open(path) as stream:
            lines = list(islice(stream, _LOOKED_AT))
        for separator, name in ((";", "semicolons"), ("\t", "tabs")):
            if sum(separator in line for line in lines) > len(lines) / 2:
                found.append(f"The only column holds {name} in most rows: if they separate columns, put commas there.")
    return found


def _first_row(path: Path, kind: Format) -> list[str]:
    with _open(path) as stream:
        row: list[str] = next(_cells(stream, kind), [])
    return row


def _cells(lines: Iterable[str], kind: Format) -> Any:
    # Tab-separated files have no quoting; in comma-separated ones a quoted field may hold line ends.
    options: dict[str, Any] = {"delimiter": "\t", "quoting": csv.QUOTE_NONE} if kind == "tsv" else {"strict": True}
    return csv.reader(lines, **options)


def _table_rows(path: Path, lines: Iterator[Row], settings: FileSettings, kind: Format) -> Iterator[Row]:
    reader = _cells((line for _, line in lines), kind)
    begun = 1
    try:
        first: list[str] = next(reader, [])
        begun = reader.line_num + 1
        below = begun
        place = _column(path, first, settings, kind)
        width, header = len(first), first if settings.header else None
        for cells in reader if settings.header else chain([first], reader):
            begun = reader.line_num + 1
            if not cells:
                yield reader.line_num, ""
                continue
            _check_cells(path, reader.line_num, cells, width, header)
            yield reader.line_num, " ".join(cells[place].split())
        if header is not None and reader.line_num < below:
            raise DataError(
                f"{path} has a header and no row below it: {', '.join(header)}.",
                "Add rows, or set task.header=false where that row is a sequence.",
            )
    except csv.Error as error:
        read = f" (read on to line {reader.line_num})" if reader.line_num > begun else ""
        raise DataError(
            f"Line {begun} of {path} is no row of a {kind.upper()} file: {error}{read}.", "Correct the quotes there."
        ) from None


def _column(path: Path, header: list[str], settings: FileSettings, kind: Format) -> int:
    names = [name.strip() for name in header] if settings.header else [str(i + 1) for i in range(len(header))]
    wanted = settings.column.strip()
    listed = f"Columns: {', '.join(names)}."
    if not wanted:
        if len(names) == 1:
            return 0
        raise DataError(f"{path} has {len(names)} columns and none is chosen.", f"Name one with --column. {listed}")
    if names.count(wanted) > 1:
        raise DataError(f"Line 1 of {path} names the column '{wanted}' twice.", "Rename one, or give its number.")
    if wanted in names:
        return names.index(wanted)
    if wanted.isdigit() and 1 <= int(wanted) <= len(names):
        return int(wanted) - 1
    other = "; " if kind == "csv" and len(names) == 1 and (";" in names[0] or "\t" in names[0]) else ""
    hint = "Separate the columns with commas, or name the file .tsv where tabs separate them. " if other else ""
    raise DataError(f"{path} has no column '{wanted}'.", f"{hint}{nearest(wanted, names)} {listed}")


def _check_cells(path: Path, number: int, cells: list[str], width: int, header: list[str] | None) -> None:
    if len(cells) != width:
        raise DataError(
            f"Line {number} of {path} has {len(cells)} columns instead of {width}.",
            "Correct it, or put quotes around a field that holds the separator.",
        )
    if header is not None and width > 1 and cells == header:
        raise DataError(f"Line {number} of {path} repeats the header.", "Remove it; files put together keep theirs.")


def _json_rows(path: Path, lines: Iterator[Row], settings: FileSettings) -> Iterator[Row]:
    for number, line in lines:
        if not line.strip():
            yield number, ""
            continue
        try:
            record = json.loads(line)
        except (ValueError, RecursionError) as error:
            what = getattr(error, "msg", error)  # without the place: the library counts this line as its line 1
            raise DataError(f"Line {number} of {path} is not JSON: {what}.", "Write one JSON object a line.") from None
        text = _json_text(path, number, record, settings)
        _require_unicode(path, number, text)
        yield number, text


def _require_unicode(path: Path, number: int, text: str) -> None:
    """Refuse half of a surrogate pair: JSON can write it as an escape, but no file can hold it later."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        half = f"\\u{ord(text[error.start]):04x}"
        raise DataError(
            f"Line {number} of {path} is not Unicode: {half} is half a character.", "Correct that line."
        ) from None


def _json_text(path: Path, number: int, record: Any, settings: FileSettings) -> str:
    where, value = f"Line {number} of {path}", record
    if isinstance(record, dict):
        fields = f"Fields: {', '.join(map(str, record))}."
        if not settings.field and len(record) != 1:
            raise DataError(f"{where} has {len(record)} fields and none is chosen.", f"Name one with --field. {fields}")
        wanted = settings.field or next(iter(record))
        if wanted not in record:
            raise DataError(f"{where} has no field '{wanted}'.", f"{nearest(wanted, map(str, record))} {fields}")
        value = record[wanted]
    if value is None:
        return ""
    if isinstance(value, str):
        return " ".join(value.split())
    tokens = [str(token) for token in value if isinstance(token, str | int)] if isinstance(value, list) else []
    if not tokens or len(tokens) < len(value) or any(token.split() != [token] for token in tokens):
        raise DataError(f"{where} holds neither a text nor a list of tokens without blanks.", "Correct that line.")
    if settings.tokenizer != "whitespace":
        raise DataError(
            f"{where} holds a list of tokens.",
            "Set tokenizer=whitespace (--tokenizer whitespace), which keeps them as they are.",
        )
    return " ".join(tokens)
