"""Names: slugs, permalinks, and one paper under its many addresses."""

from __future__ import annotations

import pytest

from seqgan.board.keys import arxiv_id, as_day, free_slug, paper_names, permalink, plain_title, plain_url, slug


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Text Generation", "text-generation"),
        ("  Émile & Co. ", "emile-co"),
        ("a" * 200, "a" * 80),
        ("BLEU-2 (x)", "bleu-2-x"),
    ],
)
def test_slugs_are_plain(text: str, expected: str) -> None:
    assert slug(text) == expected


def test_a_slug_is_never_empty_and_never_ambiguous() -> None:
    assert slug("中文") != slug("日本") != ""
    taken: set[str] = set()
    assert [free_slug("A b", taken) for _ in range(3)] == ["a-b", "a-b-2", "a-b-3"]


@pytest.mark.parametrize(
    "text",
    [
        "1609.05473",
        "1609.05473v6",
        "http://arxiv.org/abs/1609.05473v6",
        "https://arxiv.org/pdf/1609.05473v6.pdf",
        "arXiv:1609.05473",
    ],
)
def test_one_arxiv_number_in_its_spellings(text: str) -> None:
    assert arxiv_id(text) == "1609.05473"


@pytest.mark.parametrize("text", ["", None, "https://openreview.net/forum?id=rJedV3R5tm", "2019-05-01", "cs/foo"])
def test_what_is_no_arxiv_number(text: str | None) -> None:
    assert arxiv_id(text) == ""


def test_old_arxiv_numbers() -> None:
    assert arxiv_id("https://arxiv.org/abs/cmp-lg/9404003") == "cmp-lg/9404003"


def test_addresses_and_titles_are_compared_without_their_spelling() -> None:
    assert plain_url("https://www.Example.org/a/") == plain_url("http://example.org/a")
    assert plain_title("SeqGAN: Sequence!") == plain_title("seqgan  SEQUENCE")
    first = paper_names("1609.05473", ["http://arxiv.org/abs/1609.05473v1", "http://x.org/p"], "A long enough title")
    second = paper_names("", ["https://arxiv.org/pdf/1609.05473"], "Other")
    assert first[0] == second[0]
    assert len(first) == 3
    assert paper_names("", [None], "short") == []
    assert all(0 <= name < 2**63 for name in first)


def test_permalinks_are_stable_and_tell_their_parts_apart() -> None:
    assert permalink("a", "b", 1) == permalink("a", "b", 1)
    assert permalink("a", "bc") != permalink("ab", "c")
    assert len(permalink("x")) == 12


def test_days() -> None:
    assert as_day("2019-05-01") == 20190501
    assert as_day(None) == 0
