"""Search: words are words, whatever a reader types; titles first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqgan.board.search import WORDS, papers, quoted, things, words_of
from seqgan.board.store import Store

QUERIES = [
    '"',
    "a AND",
    "title:x",
    "NEAR(a b)",
    "a*",
    "-b",
    "(",
    "'; DROP TABLE paper; --",
    "\0",
    "a" * 10_000,
    "é 中文",
    "%_",
]


@pytest.mark.parametrize("text", QUERIES)
def test_no_typed_text_is_a_query_language(archive: Store, text: str) -> None:
    with archive.read() as session:
        papers(session, text)
        things(session, text)
        assert session.value("SELECT count(*) FROM paper") == 13


@given(text=st.text(max_size=60))
def test_any_text_becomes_quoted_words(text: str) -> None:
    words = words_of(text)
    assert len(words) <= WORDS
    assert all(word.replace("_", "a").isalnum() for word in words)
    assert quoted(words).count('"') == 2 * len(words)


def test_all_words_must_occur_and_stems_match(archive: Store) -> None:
    with archive.read() as session:
        assert len(papers(session, "writing genome")) == 12
        assert [row["title"] for row in papers(session, "numbered 11")] == ["A paper numbered 11"]
        assert papers(session, "genome zebra") == []
        assert papers(session, "") == []


def test_authors_are_found(archive: Store) -> None:
    with archive.read() as session:
        assert len(papers(session, "Ada Lovelace")) == 12


def test_things_are_found_by_the_beginning_of_a_word(archive: Store) -> None:
    with archive.read() as session:
        assert [(one["kind"], one["name"]) for one in things(session, "fruit f")] == [("dataset", "Fruit Fly")]
        assert "DNA Writing" in [one["name"] for one in things(session, "writ", kinds=("task",))]
        assert things(session, "fruit", kinds=("method",)) == []


def test_the_whole_name_comes_first(archive: Store) -> None:
    with archive.read() as session:
        assert things(session, "writing")[0]["name"] == "Writing"
