"""Every page: on an empty board, on the demonstration, on a board full of hostile text; its twins say the same."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree

import pytest

from board.submitting import Visitor
from seqgan.board.pages.feeds import NEWEST
from seqgan.board.store import Store
from seqgan.board.web.app import routes
from seqgan.board.web.page import Page, Visit
from seqgan.board.web.render import render

EVERYWHERE = ("/", "/sota", "/tasks", "/datasets", "/papers", "/methods", "/methods/hidden", "/search", "/about")
SLUGS = {
    "/sota/{slug}": "SELECT slug FROM board ORDER BY entry_count DESC LIMIT 3",
    "/sota/{slug}/compare": "SELECT slug FROM board ORDER BY entry_count DESC LIMIT 1",
    "/area/{slug}": "SELECT slug FROM area",
    "/task/{slug}": "SELECT slug FROM task ORDER BY board_count DESC LIMIT 3",
    "/dataset/{slug}": "SELECT slug FROM dataset ORDER BY description = '' LIMIT 3",
    "/paper/{slug}": "SELECT slug FROM paper ORDER BY stub DESC, id LIMIT 6",
    "/methods/category/{slug}": "SELECT slug FROM collection",
    "/method/{slug}": "SELECT slug FROM method ORDER BY hidden DESC LIMIT 3",
    "/result/{permalink}": "SELECT permalink FROM entry ORDER BY source DESC, id LIMIT 4",
    "/result/{permalink}/samples": "SELECT permalink FROM entry ORDER BY source DESC LIMIT 2",
}


def paths(store: Store) -> list[str]:
    """Return addresses of pages of every kind."""
    with store.read() as session:
        inner = [re.sub(r"\{\w+\}", slug, path) for path, sql in SLUGS.items() for slug in session.column(sql)]
    extra = [
        "/search?q=writing",
        "/papers?with=code",
        "/papers?with=results",
        "/datasets?modality=Texts",
        "/papers?page=2",
    ]
    return [*EVERYWHERE, *inner, *extra]


class Reader(HTMLParser):
    """Collects what a page links to and checks that every element is closed."""

    VOID = frozenset({"meta", "link", "input", "img", "br", "hr", "circle", "line", "rect", "path"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.tags: list[str] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src", "action")]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag


@pytest.mark.parametrize("path", EVERYWHERE)
def test_an_empty_board_has_every_page(store: Store, path: str) -> None:
    answer = Visitor(store).get(path)
    assert answer.status_code == 200
    assert not Reader(answer.text).open


@pytest.mark.parametrize("name", ["archive", "demo"])
def test_every_page_is_whole_and_harmless_and_its_links_lead_somewhere(
    name: str, request: pytest.FixtureRequest
) -> None:
    store = request.getfixturevalue(name)
    visitor = Visitor(store)
    inner: set[str] = set()
    for path in paths(store):
        answer = visitor.get(path)
        assert answer.status_code == 200, path
        found = Reader(answer.text)
        assert not found.open, path
        assert "<script>alert" not in answer.text
        assert "<img src=x" not in answer.text
        assert not [link for link in found.links if link.startswith(("javascript:", "data:text"))], path
        inner |= {link.partition("#")[0] for link in found.links if link.startswith("/")}
    seen = sorted(link for link in inner if not link.startswith(("/static", "/submi", "/search?q=")))
    broken = [link for link in seen[:: max(1, len(seen) // 120)] if visitor.get(link).status_code != 200]
    assert broken == []


def plain(data: Any) -> Any:
    if isinstance(data, Mapping):
        return {str(key): plain(value) for key, value in data.items()}
    return [plain(value) for value in data] if isinstance(data, list | tuple) else data


def page_of(store: Store, path: str) -> Page:
    """Return the page behind an address, from its own function."""
    for route in routes():
        pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(route.path))
        match = re.fullmatch(pattern, path)
        if match and route.kind == "page":
            with store.read() as session:
                page: Page = route.function(Visit(session, match.groupdict(), [], path))
                return page
    raise AssertionError(path)


@pytest.mark.parametrize("name", ["archive", "demo"])
def test_the_json_twin_equals_the_page(name: str, request: pytest.FixtureRequest) -> None:
    store = request.getfixturevalue(name)
    visitor = Visitor(store)
    for path in (path for path in paths(store) if "?" not in path):
        answer = visitor.get("/index.json" if path == "/" else f"{path}.json")
        data = json.loads(answer.text)
        page = page_of(store, path)
        assert answer.headers["content-type"] == "application/json"
        assert data == plain(page.data), path
        around = {"page": page, "url": path, "address": "http://127.0.0.1:8080", "query": "", "csrf": ""}
        assert visitor.get(path).text == render(page.template, **around, **data), path


def test_programs_get_json_by_asking_for_it(demo: Store) -> None:
    visitor = Visitor(demo)
    assert visitor.get("/about", headers={"accept": "application/json"}).json()["sources"]
    assert visitor.get("/nope", headers={"accept": "application/json"}).json()["status"] == 404
    assert "<html" in visitor.get("/about", headers={"accept": "text/html,application/json"}).text


@pytest.mark.parametrize("name", ["archive", "demo"])
def test_every_table_is_a_csv(name: str, request: pytest.FixtureRequest) -> None:
    store = request.getfixturevalue(name)
    visitor = Visitor(store)
    for path in (path for path in paths(store) if "?" not in path):
        page = page_of(store, path)
        for table, expected in page.tables.items():
            answer = visitor.get(("/index" if path == "/" else path) + f".csv?table={table}")
            rows = list(csv.reader(io.StringIO(answer.text)))
            assert len(rows) == 1 + len(expected.rows), path
            assert {len(row) for row in rows} == {len(expected.columns)}
            assert not [cell for row in rows for cell in row if cell.startswith(("=", "@"))]
    assert visitor.get("/about.csv?table=nope").status_code == 404


def test_the_leaderboard_of_the_demonstration(demo: Store) -> None:
    visitor = Visitor(demo)
    board = visitor.get("/sota/text-generation-on-coco-captions.json?tier=archive").json()
    assert [(row["rank"], row["model"], row["values"]["BLEU-2"]["raw"]) for row in board["rows"]] == [
        (1, "LeakGAN", "0.950"), (2, "partGAN", "0.910"), (3, "RankGAN", "0.850"), (4, "RelGAN (100)", "0.849"),
        (5, "SeqGAN", "0.831"),
    ]  # fmt: skip
    assert {tier["name"] for tier in board["tiers"]} == {"computed", "claimed", "archive"}
    one_tier = visitor.get("/sota/text-generation-on-coco-captions").text
    assert 'class="mark computed"' in one_tier
    by_other = visitor.get("/sota/text-generation-on-coco-captions.json?tier=archive&metric=BLEU-5").json()
    assert by_other["rows"][0]["values"]["BLEU-5"]["raw"] == "0.686"


def test_two_rows_side_by_side(demo: Store) -> None:
    rows = Visitor(demo).get("/sota/text-generation-on-coco-captions.json?tier=computed").json()["rows"]
    name = next(metric for metric in rows[0]["values"] if metric.startswith("BLEU-2"))
    picks = "&".join(f"pick={row['permalink']}" for row in [row for row in rows if name in row["values"]][:2])
    found = Visitor(demo).get(f"/sota/text-generation-on-coco-captions/compare.json?{picks}").json()
    line = next(line for line in found["lines"] if line["metric"] == name)
    first, second = (cell["number"] for cell in line["cells"])
    assert line["difference"] == pytest.approx(second - first)
    assert line["same_definition"]
    assert any(found["samples"])
    unknown = Visitor(demo).get("/sota/text-generation-on-coco-captions/compare?pick=x&pick=y")
    assert unknown.status_code == 200


def test_a_superseded_row_keeps_its_address(store: Store, tmp_path: Any) -> None:
    from board.world import fill

    fill(store, tmp_path)
    with store.write() as session:
        link = session.value("SELECT permalink FROM entry LIMIT 1")
        session.run("UPDATE entry SET state = 'superseded' WHERE permalink = :link", link=link)
    answer = Visitor(store).get(f"/result/{link}")
    assert answer.status_code == 200
    assert "This result is superseded" in answer.text
    with store.read() as session:
        raw = session.value("SELECT raw FROM value JOIN entry ON entry.id = entry_id WHERE permalink = :l", l=link)
    assert Visitor(store).get(f"/result/{link}.json").json()["row"]["values"]
    assert raw in answer.text


def test_the_two_that_are_compared_are_the_two_that_are_chosen(demo: Store) -> None:
    rows = Visitor(demo).get("/sota/text-generation-on-coco-captions.json?tier=computed").json()["rows"]
    a, b = (row["permalink"] for row in rows[-2:])
    page = Visitor(demo).get(f"/sota/text-generation-on-coco-captions/compare?a={a}&b={b}").text
    assert re.findall(r'<option value="([^"]+)" selected', page) == [a, b]
    assert "(computed)" in page


def test_rows_that_a_leaderboard_ranks_together_are_comparable(demo: Store) -> None:
    shown = Visitor(demo).get("/sota/sequence-generation-on-oracle-lstm.json?tier=computed").json()
    rows = [row["permalink"] for row in shown["rows"] if shown["metric"] in row["values"]]
    path = f"/sota/sequence-generation-on-oracle-lstm/compare.json?a={rows[0]}&b={rows[-1]}"
    lines = [line for line in Visitor(demo).get(path).json()["lines"] if line["metric"] == shown["metric"]]
    assert [line["same_definition"] for line in lines if line["difference"] is not None] == [True]


def test_a_note_on_rows_of_the_archive_stands_only_above_these(demo: Store) -> None:
    board, words = "/sota/text-generation-on-coco-captions", "one table of the LeakGAN paper"
    assert words in Visitor(demo).get(f"{board}?tier=archive").text
    assert words not in Visitor(demo).get(f"{board}?tier=computed").text


@pytest.mark.parametrize("path", ["/", "/about.json", "/sota/text-generation-on-coco-captions/badge.svg"])
def test_the_head_of_a_page_can_be_asked_for_alone(demo: Store, path: str) -> None:
    assert Visitor(demo)._ask("HEAD", path).status_code == 200


def test_what_is_not_there_is_said_in_plain_words(demo: Store) -> None:
    assert "There is no paper &#39;x&#39;." in Visitor(demo).get("/paper/x").text


def test_a_filter_of_zero_filters_nothing(demo: Store) -> None:
    board = "/sota/text-generation-on-coco-captions.json?tier=computed"
    every = len(Visitor(demo).get(board).json()["rows"])
    assert len(Visitor(demo).get(f"{board}&seeds=0&size=0").json()["rows"]) == every
    assert len(Visitor(demo).get(f"{board}&seeds=1").json()["rows"]) == every > 0


def test_feed_and_badge(demo: Store) -> None:
    visitor = Visitor(demo)
    feed = ElementTree.fromstring(visitor.get("/sota/text-generation-on-coco-captions/feed.atom").content)
    names = {"a": "http://www.w3.org/2005/Atom"}
    entries = feed.findall("a:entry", names)
    with demo.read() as session:
        board = "SELECT entry_count FROM board WHERE slug = 'text-generation-on-coco-captions'"
        assert len(entries) == min(session.value(board), NEWEST) > 20
    dates = [entry.findtext("a:updated", namespaces=names) for entry in entries]
    assert dates == sorted(dates, reverse=True)
    badge = visitor.get("/sota/text-generation-on-coco-captions/badge.svg?tier=archive")
    assert badge.headers["content-type"] == "image/svg+xml"
    assert "#1 LeakGAN (archive)" in badge.text
    assert visitor.get("/sota/none/badge.svg").status_code == 404


def test_suggestions(demo: Store) -> None:
    found = Visitor(demo).get("/suggest?q=seqg").json()
    assert {"kind": "method", "name": "SeqGAN", "url": "/method/seqgan"} in found
    assert any(one["kind"] == "paper" for one in found)
    assert Visitor(demo).get("/suggest?q=%22").json() == []


@pytest.mark.parametrize(
    "query", ["page=-1", "page=99999999999", "page=x", "tag=%00", "tier=%27", "seeds=1e9", "metric=" + "x" * 999]
)
def test_odd_questions_are_answered(demo: Store, query: str) -> None:
    for path in ("/papers", "/sota/text-generation-on-coco-captions", "/task/text-generation", "/datasets"):
        assert Visitor(demo).get(f"{path}?{query}").status_code == 200


@pytest.mark.parametrize(
    "path", ["/sota/x", "/task/x", "/dataset/x", "/paper/x", "/method/x", "/result/x", "/area/x", "/nope"]
)
def test_what_is_not_there_is_a_plain_404(demo: Store, path: str) -> None:
    answer = Visitor(demo).get(path)
    assert answer.status_code == 404
    assert "There is no" in answer.text


def test_the_machine_readable_description_lists_every_page(demo: Store) -> None:
    described = Visitor(demo).get("/openapi.json").json()["paths"]
    assert "/sota/{slug}.json" in described
    parameters = described["/sota/{slug}.json"]["get"]["parameters"]
    assert {"slug", "tier", "metric"} <= {parameter["name"] for parameter in parameters}
