"""Reads an archive file, a JSON array that may be gzipped and larger than the memory, one record at a time."""

from __future__ import annotations

import gzip
import io
import json
import re
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO, TextIO

from seqgan.errors import DataError

CHUNK = 1 << 20  # characters read at once
RECORD_LIMIT = 256 << 20  # characters of one record
_BETWEEN = re.compile(r"[\s,]*")
Record = dict[str, Any]


def checksum(path: Path) -> str:
    """Return the SHA-256 of a file. Raises DataError where it cannot be read."""
    try:
        with path.open("rb") as file:
            found = sha256()
            while block := file.read(1 << 20):
                found.update(block)
            return found.hexdigest()
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}.", "Check the path.") from error


def records(path: Path) -> Iterator[tuple[Record, int]]:
    """Yield every record of the array with the number of the file's bytes read so far.

    Raises DataError where the file is no gzipped or plain JSON array of objects, is cut short, or has a record that is
    too large. What the memory holds is one record and one chunk, however large the file.
    """
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
        file.seek(0)
        raw = gzip.GzipFile(fileobj=file) if packed else file
        text = io.TextIOWrapper(raw, encoding="utf-8")
        try:
            yield from _objects(text, file, path)
        except (EOFError, gzip.BadGzipFile, UnicodeDecodeError, OSError) as error:
            raise DataError(f"{path} is damaged or cut short: {error}.", "Fetch the file again.") from error


def _objects(text: TextIO, file: BinaryIO, path: Path) -> Iterator[tuple[Record, int]]:
    decode = json.JSONDecoder().raw_decode
    buffer, place, step = text.read(CHUNK), 0, CHUNK
    if not buffer.lstrip().startswith("["):
        raise DataError(f"{path} is no JSON array.", "Give a file of the archive as it was published (.json.gz).")
    place = buffer.index("[") + 1
    while True:
        place = _BETWEEN.match(buffer, place).end()  # type: ignore[union-attr]
        if buffer.startswith("]", place):
            return
        try:
            record, place = decode(buffer, place)
        except (json.JSONDecodeError, RecursionError) as error:
            more = text.read(step)
            if not more or len(buffer) - place > RECORD_LIMIT or isinstance(error, RecursionError):
                raise DataError(f"{path} is damaged after {file.tell():,} bytes.", "Fetch the file again.") from error
            buffer, place, step = buffer[place:] + more, 0, min(2 * step, RECORD_LIMIT)
            continue
        if not isinstance(record, dict):
            raise DataError(f"{path} holds something else than records.", "Give a file of the archive.")
        step = CHUNK
        yield record, file.tell()


def text_of(record: Record, key: str) -> str:
    """Return a text of a record without what no database can keep; '' for what is missing, null or the word None."""
    value = record.get(key)
    if not isinstance(value, str) or value == "None":
        return ""
    return value.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def list_of(record: Record, key: str) -> list[Any]:
    """Return a list of a record, [] for what is none."""
    value = record.get(key)
    return value if isinstance(value, list) else []


def objects_of(record: Record, key: str) -> list[Record]:
    """Return the objects in a list of a record."""
    return [one for one in list_of(record, key) if isinstance(one, dict)]


def texts_of(record: Record, key: str) -> list[str]:
    """Return the texts in a list of a record, each once and in order."""
    found = (one.replace("\0", "") for one in list_of(record, key) if isinstance(one, str))
    return list(dict.fromkeys(one for one in found if one and one != "None"))


def date_of(record: Record, key: str, last_year: int = 2100) -> str | None:
    """Return a date YYYY-MM-DD of a record, None for none or one that cannot be (the archive knows the year 2222)."""
    found = text_of(record, key)[:10]
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", found):
        return None
    return found if 1900 <= int(found[:4]) < last_year else None
