"""A real headless browser on a real server, for tests and for the pictures in the documents."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from house.source import SRC

CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), ""
)
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"]
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@contextmanager
def serving(database: Path, *options: str) -> Iterator[str]:
    """Run ``seqgan board`` on a database in a process of its own and yield its address."""
    command = [sys.executable, "-m", "seqgan.cli.main", "board", "--database", str(database), "--port", "0", *options]
    environment = {**os.environ, "PYTHONPATH": str(SRC), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as server:
        try:
            line = server.stdout.readline() if server.stdout else ""
            yield next(word for word in line.split() if word.startswith("http"))
        finally:
            server.terminate()


@contextmanager
def chromium() -> Iterator[Any]:
    """Yield Debian's Chromium under playwright; skips with a message where either is absent."""
    playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright: pip install -e '.[browser]'")
    if not CHROMIUM:
        pytest.skip("needs Chromium: apt install chromium")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


class Tab:
    """One page of the browser; :attr:`faults` collects console errors, exceptions and requests that failed."""

    def __init__(self, browser: Any, address: str, size: dict[str, int] | None = None, dark: bool = False) -> None:
        """Open a tab of a size, in light or dark."""
        self.address = address
        self.context = browser.new_context(viewport=size or WIDE, color_scheme="dark" if dark else "light")
        self.page = self.context.new_page()
        self.page.set_default_timeout(60_000)
        self.faults: list[str] = []
        self.page.on("console", lambda message: self._note(message.type == "error", f"console: {message.text}"))
        self.page.on("pageerror", lambda error: self._note(True, f"exception: {error}"))
        self.page.on("requestfailed", lambda request: self._note(True, f"failed: {request.url}"))
        self.page.on("request", lambda request: self._note(not self._ours(request.url), f"elsewhere: {request.url}"))

    def _ours(self, url: str) -> bool:
        return url.startswith((self.address, "data:"))

    def _note(self, fault: bool, text: str) -> None:
        if fault:
            self.faults.append(f"{self.page.url}: {text}")

    def visit(self, path: str) -> Any:
        """Load a page, wait for all of it and return it."""
        self.page.goto(f"{self.address}{path}", wait_until="networkidle")
        return self.page

    def overflow(self) -> int:
        """Return by how many pixels the page is wider than the window."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - innerWidth"))

    def axe(self) -> list[str]:
        """Return what the accessibility checker axe finds wrong."""
        module = pytest.importorskip("axe_core_python.sync_playwright", reason="needs axe: pip install -e '.[browser]'")
        found = module.Axe().run(self.page)["violations"]
        return [f"{self.page.url}: {one['id']}: {one['nodes'][0]['html'][:160]}" for one in found]

    def __enter__(self) -> Tab:
        """Return the tab."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the tab."""
        self.context.close()
