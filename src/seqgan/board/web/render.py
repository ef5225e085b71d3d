"""Templates: autoescaped, with the few filters that pages use for foreign text, links, numbers and dates."""

from __future__ import annotations

import json
import re
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from markupsafe import Markup

if TYPE_CHECKING:
    from jinja2 import Environment

FOLDER = Path(__file__).parent.parent
ALLOWED_TAGS = {
    *("p", "em", "strong", "code", "pre", "ul", "ol", "li", "blockquote", "br", "hr", "a", "sub", "sup", "del"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"),
}
DIRECTIONS = {"higher": "↑", "lower": "↓", "unknown": ""}
MEANING = {
    "archive": "imported from the archive as it was",
    "claimed": "printed in a paper, with its citation",
    "computed": "computed by this software from the samples",
    "regenerated": "regenerated from a model file and a seed, then computed",
}
ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E"
    "%3Cpath fill='%230f766e' d='M8 1l7 7-7 7-7-7z'/%3E%3C/svg%3E"
)
_HEADINGS = {f"<{mark}h{level}>": f"<{mark}h{level + 2}>" for level in (4, 3, 2, 1) for mark in ("", "/")}


@cache
def environment() -> Environment:
    """Return the template environment: everything escaped, a missing name is an error."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    from seqgan.board.charts import drawings

    made = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        markdown=markdown,
        strip_markdown=strip_markdown,
        link=safe_link,
        number=number,
        part=part,
        domain=domain,
        compact=compact,
        plural=plural,
    )
    made.globals.update(
        static=static, arrow=DIRECTIONS, meaning=MEANING, icon=ICON, twin=twin, with_query=with_query, **drawings()
    )
    return made


def render(template: str, **data: Any) -> str:
    """Return a template filled with data."""
    return environment().get_template(template).render(**data)


@cache
def static(name: str) -> str:
    """Return the address of a static file with its hash, so that browsers may keep it for ever."""
    digest = sha256((FOLDER / "static" / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={digest}"


@cache
def _markdown_parser() -> Any:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False, "linkify": False}).enable("table").disable("image")


def markdown(text: str | None) -> Markup:
    """Return untrusted Markdown as HTML: no raw HTML, no images, no foreign attributes, web links only."""
    import nh3

    html = _markdown_parser().render((text or "")[:100_000])
    clean = nh3.clean(
        html,
        tags=ALLOWED_TAGS,
        attributes={"a": {"href", "title"}},
        attribute_filter=lambda _tag, name, value: (safe_link(value) or None) if name == "href" else value,
        url_schemes={"http", "https"},
        link_rel="nofollow noopener noreferrer",
    )
    for old, new in _HEADINGS.items():
        clean = clean.replace(old, new if int(new[-2]) < 7 else old)
    return Markup(clean)


def strip_markdown(text: str | None) -> str:
    """Return Markdown as plain words for a line in a list."""
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)?", r"\1", text or "")
    return re.sub(r"[*_`#>\s]+", " ", plain).strip()


def safe_link(url: str | None) -> str:
    """Return a web address, or nothing where a text is none: only http and https with a host, no control characters."""
    text = (url or "").strip()
    if not text.isprintable() or " " in text or len(text) > 2000:
        return ""
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    return text if parts.scheme in ("http", "https") and parts.netloc else ""


def domain(url: str | None) -> str:
    """Return what a person reads of a link: owner and name on a code host, else the host."""
    parts = urlsplit(safe_link(url))
    host = parts.netloc.removeprefix("www.")
    path = parts.path.strip("/")
    return path if host in ("github.com", "gitlab.com", "bitbucket.org") and "/" in path else host


def part(text: str) -> str:
    """Return a text as one part of a path."""
    return quote(text, safe="")


def number(value: float | None, digits: int = 4) -> str:
    """Return a number as tables write it, or a dash."""
    if value is None:
        return "\u2013"
    return f"{value:,.{digits}g}" if abs(value) >= 1e5 or 0 < abs(value) < 1e-3 else f"{value:.{digits}g}"


def with_query(query: str, **changes: Any) -> str:
    """Return the query of a link to the same page with some words changed; None takes a word out."""
    kept = [(key, value) for key, value in parse_qsl(query) if key not in changes]
    added = [(key, str(value)) for key, value in changes.items() if value is not None]
    return f"?{urlencode(kept + added)}"


def twin(url: str, query: str, suffix: str, table: str = "") -> str:
    """Return the address of a page's JSON twin or of one of its tables, with what the reader asked of the page."""
    path = "/index" if url == "/" else url
    asked = with_query(query, table=table or None)
    return f"{path}{suffix}{asked if len(asked) > 1 else ''}"


def compact(value: int) -> str:
    """Return a count with thousands apart."""
    return f"{value:,}"


def plural(value: int, one: str, many: str = "") -> str:
    """Return a count with its noun."""
    return f"{value:,} {one if value == 1 else many or one + 's'}"


def to_json(data: Any) -> str:
    """Return the data of a page as JSON; what is no plain value becomes text."""
    return json.dumps(data, ensure_ascii=False, allow_nan=False, default=str)
