"""A person with a browser: from the token to the published row, without an error on any console.

``BOARD_SCREENSHOTS`` names a folder for pictures of the way.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from board.browser import CHROMIUM
from seqgan.board import tokens
from seqgan.board.store import open_store
from seqgan.board.submissions.samples import to_jsonl
from seqgan.checks.captions import captions

playwright = pytest.importorskip(
    "playwright.sync_api", reason="the browser test needs playwright: pip install -e '.[browser]'"
)
SOURCE = Path(__file__).parents[2] / "src"
SHOTS = os.environ.get("BOARD_SCREENSHOTS", "")
pytestmark = [
    pytest.mark.thorough,
    pytest.mark.skipif(not CHROMIUM, reason="the browser test needs Chromium: apt install chromium"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@dataclass
class Server:
    """A board that runs as a person would start it."""

    url: str
    database: Path
    token: str
    errors: list[str] = field(default_factory=list)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    database = tmp_path / "board.sqlite"
    environment = {**os.environ, "PYTHONPATH": str(SOURCE), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "seqgan.cli.main", "board", "--database", str(database), "--port", "0"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stderr is not None
    found = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
    assert found, process.stderr.read()
    process.stderr.readline()
    yield Server(found.group(), database, process.stderr.readline().strip())
    process.terminate()
    process.communicate(timeout=30)


@pytest.fixture
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield running
        running.close()


def visit(browser: Any, server: Server) -> Any:
    """Return the page of a new person, whose console errors are noted."""
    page = browser.new_context(viewport={"width": 1100, "height": 820}).new_page()
    page.set_default_timeout(120_000)
    page.on("console", lambda said: server.errors.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: server.errors.append(str(error)))
    return page


def shoot(page: Any, name: str) -> None:
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"))


def sign_in(page: Any, server: Server, token: str, back: str) -> None:
    page.goto(f"{server.url}/account?back={back}")
    page.fill("input[name=token]", token)
    page.click("main button")
    page.wait_for_url(f"{server.url}{back}")


def sentences(seed: int, n: int = 2000) -> list[str]:
    grammar = captions()
    ids, lengths = grammar.sample(n, np.random.default_rng(seed))
    return [
        " ".join(grammar.words[word] for word in row[: length - 1]) for row, length in zip(ids, lengths, strict=True)
    ]


def colleague(server: Server) -> str:
    """Return the token of somebody else, who may review."""
    store = open_store(server.database)
    try:
        with store.write() as session:
            return tokens.create(session, "rob", ["review"], "test")
    finally:
        store.close()


def test_from_the_upload_to_the_published_row(server: Server, browser: Any, tmp_path: Path) -> None:
    page = visit(browser, server)
    sign_in(page, server, server.token, "/submit")
    files = []
    for seed in (1, 2):
        files.append(tmp_path / f"samples.{seed}.jsonl.gz")
        files[-1].write_bytes(to_jsonl(sentences(seed)))
    page.select_option("select[name=benchmark]", "oracle-grammar@1")
    page.set_input_files("input[name=samples]", [str(file) for file in files])
    page.fill("input[name=model]", "The grammar itself")
    page.fill("input[name=temperature]", "1")
    page.get_by_text("Paper, code, claims, notes").click()
    page.fill("textarea[name=claimed]", "nll_oracle = 1.2")
    page.fill("input[name=claimed_from]", "a claim that does not hold")
    page.get_by_role("heading", name="With this form").scroll_into_view_if_needed()
    shoot(page, "submit-form")
    page.get_by_role("button", name="Submit", exact=True).click()
    page.wait_for_url("**/submission/*")
    assert "Waiting to be scored" in page.inner_text("main")
    shoot(page, "submission-waiting")
    page.wait_for_selector(".checks")  # the page looks again by itself until the worker is done
    text = page.inner_text("main")
    assert "nobody reviews a submission of their own" in text
    assert "claimed 1.2" in text
    assert page.locator("button[value=accept]").count() == 0
    address = page.url.removeprefix(server.url)

    reviewer = visit(browser, server)
    sign_in(reviewer, server, colleague(server), "/review")
    shoot(reviewer, "review")
    reviewer.get_by_role("link", name="The grammar itself").click()
    shoot(reviewer, "submission-checked")
    reviewer.fill("textarea[name=reason]", "the grammar's own draws, as a ceiling")
    reviewer.click("button[value=accept]")
    reviewer.wait_for_selector(".states .published")
    shoot(reviewer, "submission-published")

    page.goto(f"{server.url}{address}")
    page.get_by_role("link", name="The published row").click()
    assert sentences(1)[0] in page.inner_text(".samples")
    assert "computed" in page.inner_text("table")
    shoot(page, "submission-row")
    page.goto(f"{server.url}/sota/sequence-generation-on-caption-grammar")
    assert "The grammar itself" in page.inner_text("main")
    shoot(page, "submission-leaderboard")
    for path in ("/submissions", "/log", "/benchmark/oracle-grammar@1", f"{address}/samples"):
        page.goto(f"{server.url}{path}")
    shoot(page, "submission-samples")
    assert server.errors == []


def test_a_console_error_would_be_seen(server: Server, browser: Any) -> None:
    page = visit(browser, server)
    page.goto(f"{server.url}/submit")
    page.evaluate("console.error('seen')")
    assert server.errors == ["seen"]


def test_the_pages_of_submitting_pass_an_accessibility_check(server: Server, browser: Any) -> None:
    checker = pytest.importorskip(
        "axe_core_python.sync_playwright", reason="needs axe-core-python: pip install -e '.[browser]'"
    )
    page = visit(browser, server)
    faults = {}
    for path in ("/submit", "/account", "/submissions", "/review", "/log", "/benchmark/coco-texygen@1"):
        page.goto(f"{server.url}{path}")
        faults[path] = [one["id"] for one in checker.Axe().run(page)["violations"]]
    sign_in(page, server, server.token, "/submit")
    faults["form"] = [one["id"] for one in checker.Axe().run(page)["violations"]]
    assert {path: found for path, found in faults.items() if found} == {}
