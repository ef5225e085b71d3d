"""What commands say: results on the standard output, messages on the standard error, always in plain lines."""

from __future__ import annotations

import json
import math
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import typer

from seqgan.cli._options import holds_json
from seqgan.errors import ConfigError
from seqgan.reports.tables import screen_width


def say(text: str = "") -> None:
    """Write a result line to the standard output."""
    typer.echo(text)


def note(text: str = "") -> None:
    """Write a message line to the standard error."""
    with suppress(BrokenPipeError):  # nobody reads on; the work goes on, and the result is not lost
        typer.echo(text, err=True)


def dump(value: Any, out: str = "-") -> None:
    """Write a result as JSON for machines to a file or, as ``-``, to the standard output.

    What JSON cannot hold (infinities, NaN) becomes null.
    """
    text = json.dumps(_plain(value), ensure_ascii=False, indent=2, default=str)
    if out == "-":
        typer.echo(text)
        return
    write_lines(Path(out), [text])


def write_lines(path: Path, lines: Iterable[str]) -> None:
    """Write lines to a file, whole or not at all."""
    from seqgan.runs.files import replace

    replace(path, "".join(f"{line}\n" for line in lines).encode("utf-8", "replace"))


def writable(out: str | None) -> str | None:
    """Return where a result is to be written; raises ConfigError, before any work, where that cannot or must not be."""
    if out is None or out == "-":
        return out
    path = Path(out)
    if not path.parent.is_dir():
        raise ConfigError(f"There is no folder {path.parent} to write {path.name} into.", "Make it, or name another.")
    if path.exists() and not holds_json(path):
        raise ConfigError(f"{path} exists and holds no JSON: it is not overwritten.", "Name another file.")
    return out


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def columns(rows: Iterable[Sequence[str]], indent: str = "") -> list[str]:
    """Return rows as lines with aligned columns, two spaces apart; the last column is not padded."""
    table = [tuple(row) for row in rows]
    if not table:
        return []
    widths = [
        max(screen_width(row[place]) for row in table if place < len(row)) for place in range(max(map(len, table)))
    ]
    return [
        indent
        + "  ".join(
            cell + " " * (width - screen_width(cell)) for cell, width in zip(row, widths, strict=False)
        ).rstrip()
        for row in table
    ]


def one_line(text: str) -> str:
    """Return ``text`` on one line: line breaks and what else would move the cursor are written as escapes."""
    if text.isprintable():
        return text
    return "".join(_visible(character) for character in text)


def _visible(character: str) -> str:
    if character.isprintable() or character == "\t" or unicodedata.category(character) not in ("Cc", "Zl", "Zp"):
        return character
    return character.encode("unicode_escape").decode()


def count(number: float, one: str, many: str = "") -> str:
    """Return a number with its noun, as in ``1 line`` or ``1,200 lines``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def duration(seconds: float) -> str:
    """Return a duration in the unit that a person would use."""
    if seconds < 1:
        return "under 1 s"
    if seconds < 60:
        return f"{seconds:.0f} s"
    if seconds < 3600:
        return f"{seconds / 60:.0f} min"
    return f"{seconds // 3600:.0f} h {seconds % 3600 / 60:.0f} min"


def size(byte_count: float) -> str:
    """Return a number of bytes in the unit that a person would use."""
    for unit in ("B", "KB", "MB"):
        if byte_count < 1000:
            return f"{byte_count:.0f} {unit}"
        byte_count /= 1000
    return f"{byte_count:.1f} GB"
