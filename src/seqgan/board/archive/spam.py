"""Advertisements among the methods of the late archive: hidden with the reason, never deleted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_PHONE = re.compile(r"(?:\+|\(|\b)\d[\d\s().\-\u2013~+]{7,}\d")
_MARKS = re.compile(r"[?¿!★☎✆➤➜→⇒▶►\u2190-\u21ff\u2780-\u27bf]")
_TRADE = re.compile(
    r"\b(?:call|phone|toll[- ]?free|customer (?:care|service|support)|helpline|refund|airlines?|booking|speak to|"
    r"live person|quickbooks|coinbase|expedia|wallet)\b",
    re.IGNORECASE,
)


def reason(method: Mapping[str, Any]) -> str | None:
    """Return why a method looks like an advertisement, or None.

    Only a method that at most one paper uses and that names no source can be suspect; then a telephone number, a
    question mark or arrow in the name, or a service line's words in the name.
    """
    if (method.get("num_papers") or 0) > 1 or method.get("source_url"):
        return None
    name = f"{method.get('name') or ''} {method.get('full_name') or ''}"
    if any(sum(c.isdigit() for c in found) >= 7 for found in _PHONE.findall(name)):
        return "a telephone number in the name"
    if _MARKS.search(name):
        return "a question mark or an arrow in the name"
    return "the words of a service line in the name" if _TRADE.search(name) else None
