"""JSON from strangers: a size limit, a depth limit, no key twice, no infinities, nothing that is no Unicode."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from seqgan.errors import BoardError

DEPTH = 8
DIGITS = 18  # of a whole number: it fits 64 bits
_OPENING, _CLOSING = "[{", "]}"


def loads(text: str, what: str, depth: int = DEPTH) -> Any:
    """Return the value of a JSON text; raises BoardError that begins with ``what`` and says what is wrong."""
    _check_depth(text, what, depth)
    try:
        return json.loads(
            text, object_pairs_hook=_once, parse_constant=_no_constant, parse_int=_short, parse_float=_finite
        )
    except (ValueError, RecursionError) as error:
        raise BoardError(f"{what} is no JSON that the board takes: {error}.", "Mend it.") from None


def decode(data: bytes, what: str) -> str:
    """Return UTF-8 bytes as text without NUL; raises BoardError for anything else."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BoardError(f"{what} is no UTF-8: byte {error.start + 1}.", "Save it as UTF-8.") from None
    if "\0" in text:
        raise BoardError(f"{what} holds a NUL character.", "Remove it.")
    return text


def check_text(text: str, what: str) -> str:
    """Return a text that came out of JSON; raises BoardError for NUL and for halves of a surrogate pair."""
    if "\0" in text:
        raise BoardError(f"{what} holds a NUL character.", "Remove it.")
    if any("\ud800" <= letter <= "\udfff" for letter in text) and not _encodes(text):
        raise BoardError(f"{what} holds half of a surrogate pair, which is no character.", "Remove it.")
    return text


def _encodes(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _check_depth(text: str, what: str, most: int) -> None:
    """Count brackets outside strings before any parser recurses into them."""
    if text.count("[") + text.count("{") <= most:
        return
    level, inside, escaped = 0, False, False
    for letter in text:
        if inside:
            escaped, inside = (letter == "\\" and not escaped), (letter != '"' or escaped)
        elif letter == '"':
            inside = True
        elif letter in _OPENING:
            level += 1
            if level > most:
                raise BoardError(f"{what} is nested more than {most} deep.", "Make it flatter.")
        elif letter in _CLOSING:
            level -= 1


def _once(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {key[:40]!r} stands twice")
        found[key] = value
    return found


def _no_constant(word: str) -> float:
    raise ValueError(f"{word} is no number")


def _short(digits: str) -> int:
    if len(digits.lstrip("-")) > DIGITS:
        raise ValueError("a whole number has too many digits")
    return int(digits)


def _finite(digits: str) -> float:
    value = float(digits)
    if value in (float("inf"), float("-inf")):
        raise ValueError(f"{digits[:20]} is too large")
    return value
