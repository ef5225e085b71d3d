"""Untrusted text on pages: Markdown without HTML, links that lead to the web, cells that are no formulas."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from board.world import HOSTILE
from seqgan.board.web.page import Table
from seqgan.board.web.render import (
    domain,
    markdown,
    number,
    plural,
    safe_link,
    strip_markdown,
    to_json,
    twin,
    with_query,
)
from seqgan.board.web.tables import DANGEROUS, guarded, to_csv


@pytest.mark.parametrize(
    "text",
    [
        HOSTILE,
        "[a](javascript:alert(1))",
        "[a](JaVaScRiPt:alert(1))",
        "[a](data:text/html,<script>)",
        "![x](https://evil.example/track.png)",
        "<a href='https://x.org' onclick='alert(1)'>x</a>",
        '<https://x.org/"onmouseover=alert(1)>',
        "`<b>`<iframe src=x>",
        "[a](//evil.example)",
    ],
)
def test_markdown_of_strangers_brings_no_html(text: str) -> None:
    html = str(markdown(text)).lower()
    for part in (
        "<script",
        "<img",
        "<iframe",
        'href="javascript',
        'href="data',
        'href="//',
        ' onerror="',
        ' onclick="',
        'onmouseover="',
    ):
        assert part not in html


def test_markdown_keeps_what_it_should() -> None:
    html = str(markdown("# Big\n**bold** [link](https://x.org/a)\n\n|a|b|\n|-|-|\n|1|2|"))
    assert "<h3>Big</h3>" in html
    assert "<strong>bold</strong>" in html
    assert 'href="https://x.org/a"' in html
    assert 'rel="nofollow noopener noreferrer"' in html
    assert "<table>" in html
    assert str(markdown(None)) == ""


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "ftp://x.org",
        "//x.org",
        "/a",
        "http://",
        "https://a b",
        "http://[",
        "",
        None,
        "https://x\n.org",
    ],
)
def test_only_web_addresses_become_links(url: str | None) -> None:
    assert safe_link(url) == ""


def test_web_addresses_are_read_short() -> None:
    assert safe_link(" https://x.org/a?b=1#c ") == "https://x.org/a?b=1#c"
    assert domain("https://github.com/LantaoYu/SeqGAN") == "LantaoYu/SeqGAN"
    assert domain("https://www.example.org/a/b") == "example.org"


@pytest.mark.parametrize("cell", ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", " =1", "-cmd|' /C calc'!A0"])
def test_formulas_are_guarded(cell: str) -> None:
    assert guarded(cell).startswith("'")


@given(cell=st.text(max_size=12))
def test_no_cell_begins_as_a_formula_unless_it_is_a_number(cell: str) -> None:
    found = guarded(cell)
    if found.lstrip().startswith(DANGEROUS):
        float(found)
    assert found.removeprefix("'") == cell or found == cell


def test_csv_has_plain_values() -> None:
    text = to_csv(Table(("a", "=b"), [(1, "x,y"), (None, "-2.5"), (0.5, 'q"')]))
    assert list(csv.reader(io.StringIO(text))) == [["a", "'=b"], ["1", "x,y"], ["", "-2.5"], ["0.5", 'q"']]


def test_links_to_the_same_page_change_one_word() -> None:
    assert with_query("tier=all&tag=a&tag=b", tier="claimed", page=None) == "?tag=a&tag=b&tier=claimed"
    assert with_query("", q="a&b") == "?q=a%26b"
    assert twin("/", "", ".json") == "/index.json"
    assert twin("/sota/x", "tier=all", ".csv", "results") == "/sota/x.csv?tier=all&table=results"


def test_words_for_people() -> None:
    assert strip_markdown("# A **b** [c](http://x) `d`") == "A b c d"
    assert [number(value) for value in (None, 0.83123, 1234567.0, 0.00001, 12.0)] == [
        "\u2013",
        "0.8312",
        "1.235e+06",
        "1e-05",
        "12",
    ]
    assert [plural(n, "row") for n in (0, 1, 2000)] == ["0 rows", "1 row", "2,000 rows"]
    assert to_json({"a": "é"}) == '{"a": "é"}'
    with pytest.raises(ValueError, match="JSON"):
        to_json({"a": float("nan")})
