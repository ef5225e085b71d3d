"""The pages in a real browser: no console error, nothing from elsewhere, accessible, by keyboard, on a phone.

``BOARD_SCREENSHOTS`` names a folder for the pictures of docs/board.md.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from board.browser import PHONE, Tab, chromium, serving
from seqgan.board.demo.fill import fill
from seqgan.board.store import open_store

pytestmark = pytest.mark.thorough
PAPER = "/paper/seqgan-sequence-generative-adversarial-nets-with-policy-gradient"
BOARD = "/sota/text-generation-on-coco-captions"
PAGES = (
    *("/", "/sota", BOARD, f"{BOARD}?tier=all", "/sota/sequence-generation-on-oracle-lstm", f"{BOARD}/compare", PAPER),
    *(
        "/tasks",
        "/task/text-generation",
        "/datasets",
        "/dataset/coco-captions",
        "/papers",
        "/methods",
        "/method/seqgan",
    ),
    *("/search?q=gan", "/about", "/submit"),
)


IN_THE_DARK = ("/", BOARD, "/about", "/search?q=gan")
PICTURES = {
    "board-explore": ("/", 900),
    "board-leaderboard": (f"{BOARD}?tier=claimed&metric=BLEU-2+%28Texygen%29", 1720),
}
PICTURES["board-paper"] = (PAPER, 2100)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, str]]:
    with chromium() as browser:
        database = tmp_path_factory.mktemp("site") / "board.sqlite"
        store = open_store(database)
        fill(store)
        store.close()
        with serving(database) as address:
            yield browser, address


def test_every_page_loads_without_fault_and_is_accessible_in_light_and_dark(site: tuple[Any, str]) -> None:
    found: list[str] = []
    for dark, pages in ((False, PAGES), (True, IN_THE_DARK)):
        with Tab(*site, dark=dark) as tab:
            for path in pages:
                tab.visit(path)
                found += [*tab.axe(), *([f"{path} is {tab.overflow()} pixels too wide"] if tab.overflow() > 0 else [])]
            found += tab.faults
    assert found == []


def test_a_page_with_a_console_error_is_noticed(site: tuple[Any, str]) -> None:
    with Tab(*site) as tab:
        tab.visit("/").evaluate("console.error('broken')")
        tab.page.evaluate("setTimeout(() => { throw new Error('worse') })")
        tab.page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">x</p>')")
        tab.page.wait_for_timeout(200)
        assert [fault.partition(": ")[2][:12] for fault in tab.faults][:2] == ["console: bro", "exception: w"]
        assert "Content Security Policy" in tab.faults[2]


def test_nothing_is_wider_than_a_phone(site: tuple[Any, str]) -> None:
    with Tab(*site, size=PHONE) as tab:
        wide = {path: tab.overflow() for path in PAGES if tab.visit(path) and tab.overflow() > 0}
        assert wide == {}
        assert tab.faults == []


def test_the_first_value_of_a_result_is_in_view(site: tuple[Any, str]) -> None:
    with Tab(*site) as tab:
        page = tab.visit(f"{BOARD}?tier=computed")
        tab.visit(page.get_attribute("table.board tbody th a", "href"))
        box = page.locator("td.n .value").first.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] < 1280


def test_the_ranking_value_of_a_leaderboard_is_in_view_on_a_phone(site: tuple[Any, str]) -> None:
    with Tab(*site, size=PHONE) as tab:
        page = tab.visit("/sota/sequence-generation-on-oracle-lstm")
        box = page.locator("td.n .value").first.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] < PHONE["width"]


def test_suggestions_by_keyboard(site: tuple[Any, str]) -> None:
    with Tab(*site) as tab:
        page = tab.visit("/")
        page.focus("input[type=search]")
        page.keyboard.type("seqgan: seq", delay=5)
        page.wait_for_selector("#suggestions li")
        page.keyboard.press("ArrowDown")
        assert page.get_attribute("#suggestions li >> nth=0", "aria-selected") == "true"
        page.keyboard.press("Enter")
        page.wait_for_url("**/method/seqgan")
        assert tab.faults == []


def test_tooltips_by_keyboard_and_pointer(site: tuple[Any, str]) -> None:
    with Tab(*site) as tab:
        page = tab.visit(f"{BOARD}?tier=archive")
        page.focus("a.dot.record >> nth=0")
        assert page.inner_text(".tip").startswith("SeqGAN: 0.831")
        page.keyboard.press("Escape")
        assert page.is_hidden(".tip")
        page.hover(".mark.archive >> nth=0")
        assert "imported from the archive" in page.inner_text(".tip")


def test_the_theme_is_chosen_and_kept(site: tuple[Any, str]) -> None:
    with Tab(*site) as tab:
        page = tab.visit("/")
        page.click("[data-theme-toggle]")
        assert page.evaluate("document.documentElement.dataset.theme") == "dark"
        assert tab.visit("/about").evaluate("document.documentElement.dataset.theme") == "dark"


def test_two_rows_are_chosen_and_compared(site: tuple[Any, str]) -> None:
    with Tab(*site) as tab:
        page = tab.visit(BOARD)
        boxes = page.locator("input[name=pick]")
        boxes.nth(0).check()
        boxes.nth(1).check()
        assert boxes.nth(2).is_disabled()
        page.click("text=Compare the two chosen")
        page.wait_for_selector("text=Difference")
        assert tab.faults == []


def test_pages_work_without_scripts(site: tuple[Any, str], tmp_path: Path) -> None:
    browser, address = site
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}{BOARD}?tier=claimed")
    assert page.locator("svg.timeline circle").count() >= 2
    page.click("text=archive >> nth=0")
    assert page.locator("table.board tbody tr").count() == 5
    context.close()


@pytest.mark.parametrize("name", PICTURES)
def test_the_pictures_of_the_documents(site: tuple[Any, str], tmp_path: Path, name: str) -> None:
    folder = Path(os.environ.get("BOARD_SCREENSHOTS") or tmp_path)
    path, height = PICTURES[name]
    with Tab(*site, size={"width": 1180, "height": height}) as tab:
        tab.visit(path).screenshot(path=folder / f"{name}.png")
    assert 20_000 < (folder / f"{name}.png").stat().st_size < 1_000_000
