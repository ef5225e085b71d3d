"""Full-text search over papers, tasks, datasets and methods; what a reader types is words, never a query language."""

from __future__ import annotations

import re

from seqgan.board.papers import CODE, RESULTS, listed
from seqgan.board.session import Row, Session

WORDS = 12  # of a question that count
CANDIDATES = 400  # newest matches among which papers are ranked
KINDS = ("task", "dataset", "method")


def words_of(text: str) -> list[str]:
    """Return the words of a question: letters and digits, at most :data:`WORDS` of at most 40 letters."""
    return [word[:40] for word in re.findall(r"\w+", text)[:WORDS]]


def quoted(words: list[str], prefix: bool = False) -> str:
    """Return words as an FTS5 question in which each is quoted, so that none is an operator; all must occur."""
    parts = [f'"{word}"' for word in words]
    if prefix and parts:
        parts[-1] += "*"
    return " AND ".join(parts)


def things(
    session: Session, text: str, kinds: tuple[str, ...] = KINDS, most: int = 8, prefix: bool = True
) -> list[Row]:
    """Return tasks, datasets and methods that a question names, the best matches first."""
    words = words_of(text)
    if not words:
        return []
    if session.dialect == "sqlite":
        match = "thing_text MATCH :text"
        source = "thing_text JOIN thing ON thing.id = thing_text.rowid"
        asked = quoted(words, prefix)
    else:
        match = (
            "to_tsvector('english', name || ' ' || other_names || ' ' || description) @@ to_tsquery('english', :text)"
        )
        source = "thing"
        asked = _tsquery(words, prefix)
    named = " AND ".join(f"lower(thing.name) LIKE :w{place}" for place in range(len(words)))
    return session.rows(
        f"SELECT thing.kind, thing.slug, thing.name, substr(thing.description, 1, 160) AS description FROM {source} "
        f"WHERE {match} AND thing.kind IN :kinds "
        f"ORDER BY lower(thing.name) = :whole DESC, ({named}) DESC, thing.weight DESC, thing.name LIMIT :most",
        text=asked,
        kinds=list(kinds),
        whole=text.strip().lower(),
        most=most,
        **{f"w{place}": f"%{word.lower()}%" for place, word in enumerate(words)},
    )


def papers(session: Session, text: str, most: int = 20, prefix: bool = False) -> list[Row]:
    """Return papers with all words of a question, those with the words in their title first, newer before older.

    At most :data:`CANDIDATES` of the newest matches are ranked, so that a word which half of all papers have costs no
    more than a rare one.
    """
    words = words_of(text)
    if not words:
        return []
    find = _sqlite if session.dialect == "sqlite" else _postgresql
    titled = find(session, words, True, prefix)
    found = titled if len(titled) >= most else [*titled, *find(session, words, False, prefix)]
    return listed(session, list(dict.fromkeys(found))[:most])


def _sqlite(session: Session, words: list[str], title: bool, prefix: bool) -> list[int]:
    text = quoted(words, prefix)
    newest = session.column(
        "SELECT rowid FROM paper_text WHERE paper_text MATCH :text ORDER BY rowid DESC LIMIT :most",
        text=f"title : ({text})" if title else text,
        most=CANDIDATES,
    )
    return _ranked(session, newest, words)


def _postgresql(session: Session, words: list[str], title: bool, prefix: bool) -> list[int]:
    whole = "to_tsvector('english', title || ' ' || authors || ' ' || coalesce(abstract, ''))"
    narrow = "AND to_tsvector('english', title) @@ to_tsquery('english', :text)" if title else ""
    newest = session.column(
        f"SELECT id FROM paper WHERE {whole} @@ to_tsquery('english', :text) {narrow} ORDER BY id DESC LIMIT :most",
        text=_tsquery(words, prefix),
        most=CANDIDATES,
    )
    return _ranked(session, newest, words)


def _tsquery(words: list[str], prefix: bool) -> str:
    parts = [f"'{word}'" for word in words]
    if prefix:
        parts[-1] += ":*"
    return " & ".join(parts)


def _ranked(session: Session, numbers: list[int], words: list[str]) -> list[int]:
    """Return papers in the order of their worth: title short and of these words, results, code, then the day."""
    rows = session.lookup(
        f"SELECT id, title, published, {CODE} AS code_count, {RESULTS} AS result_count FROM paper WHERE id IN :keys",
        numbers,
    )
    wanted = {word.lower() for word in words}

    def worth(row: Row) -> tuple[float, str]:
        title = re.findall(r"\w+", row["title"].lower())
        share = sum(word in wanted for word in title) / max(len(title), 1)
        fame = 0.1 * min(row["result_count"], 10) + 0.05 * min(row["code_count"], 10)
        return share + fame, row["published"] or ""

    return [row["id"] for row in sorted(rows, key=worth, reverse=True)]
