"""Tables as CSV that a spreadsheet cannot mistake for formulas."""

from __future__ import annotations

import csv
import io
from typing import Any

from seqgan.board.web.page import Table

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")


def guarded(value: Any) -> Any:
    """Return a cell; a text that a spreadsheet would run gets an apostrophe in front, a number stays a number."""
    if not isinstance(value, str):
        return "" if value is None else value
    if not value.startswith(DANGEROUS) and not value.lstrip().startswith(DANGEROUS):
        return value
    return value if _is_number(value) else f"'{value}"


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return text.strip() == text


def to_csv(table: Table) -> str:
    """Return a table as CSV with a header line."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([guarded(column) for column in table.columns])
    writer.writerows([guarded(cell) for cell in row] for row in table.rows)
    return out.getvalue()
