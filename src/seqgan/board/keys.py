"""Names under which the same thing is found again: slugs, permalinks, and the many addresses of one paper."""

from __future__ import annotations

import re
import unicodedata
from base64 import b32encode
from hashlib import blake2b

SLUG_LENGTH = 80
_ARXIV = re.compile(
    r"(?:arxiv\.org/(?:abs|pdf)/|^arxiv:|^)((?:[a-z\-]+(?:\.[a-z]{2})?/\d{7})|\d{4}\.\d{4,5})(?:v\d+)?", re.I
)


def slug(text: str) -> str:
    """Return a name as a part of an address: lower-case ASCII letters, digits and single hyphens, never empty."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    return words[:SLUG_LENGTH].rstrip("-") or f"x-{digest(text)[:8]}"


def free_slug(text: str, taken: set[str]) -> str:
    """Return a slug that is not taken yet, with a number behind it where needed, and take it."""
    first = slug(text)
    found, number = first, 1
    while found in taken:
        number += 1
        found = f"{first}-{number}"
    taken.add(found)
    return found


def digest(text: str) -> str:
    """Return a short stable name of a text: 16 lower-case letters and digits, from BLAKE2b."""
    return b32encode(blake2b(text.encode("utf-8", "replace"), digest_size=10).digest()).decode().lower()


def permalink(*parts: object) -> str:
    """Return the public name of a row, the same after every import: made of what identifies the row."""
    return digest("\x1f".join(str(part) for part in parts))[:12]


def hashed(text: str) -> int:
    """Return a text as a number of 63 bits, for the small index of papers' names."""
    return int.from_bytes(blake2b(text.encode("utf-8", "replace"), digest_size=8).digest(), "big") >> 1


def arxiv_id(text: str | None) -> str:
    """Return the arXiv number in an address or a number, without its version, or nothing."""
    found = _ARXIV.search(text or "")
    return found.group(1).lower() if found else ""


def plain_url(url: str) -> str:
    """Return an address without what differs between its spellings: scheme, www, a closing slash."""
    return re.sub(r"^https?://(www\.)?", "", url.strip()).rstrip("/").lower()


def plain_title(title: str) -> str:
    """Return a title's letters and digits in lower case: the same for every spelling of it."""
    folded = unicodedata.normalize("NFKD", title).casefold()
    return "".join(character for character in folded if character.isalnum())


def paper_names(arxiv: str | None, urls: list[str | None], title: str | None) -> list[int]:
    """Return the names of a paper as numbers, the surest first: arXiv number, addresses, title."""
    number = next((found for text in (arxiv, *urls) if (found := arxiv_id(text))), "")
    names = [f"arxiv:{number}"] if number else []
    names += [f"url:{plain_url(url)}" for url in urls if url and not arxiv_id(url)]
    plain = plain_title(title or "")
    names += [f"title:{plain}"] if len(plain) > 8 else []
    return list(dict.fromkeys(hashed(name) for name in names))


def as_day(date: str | None) -> int:
    """Return a date YYYY-MM-DD as the number YYYYMMDD, 0 for none: lists of papers are kept in its order."""
    return int(date.replace("-", "")) if date else 0
