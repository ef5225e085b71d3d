"""What stands before every page: strangers' hosts and origins refused, sizes capped, headers on every answer."""

from __future__ import annotations

import re

import pytest

from board.submitting import Visitor
from seqgan.board.store import Store
from seqgan.board.web.security import HEADERS, Guard, form_token, secret


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:8080", "localhost:9", "[::1]:8080", "LOCALHOST"])
def test_this_machines_own_names_are_answered(store: Store, host: str) -> None:
    assert Visitor(store).get("/", headers={"host": host}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "localhost.", "[::2]"])
def test_other_hosts_are_refused(store: Store, host: str) -> None:
    answer = Visitor(store).get("/", headers={"host": host})
    assert answer.status_code == 421
    assert "seqgan board" not in answer.text


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({}, True),
        ({"origin": "http://127.0.0.1"}, True),
        ({"origin": "http://evil.example"}, False),
        ({"origin": "null"}, False),
        ({"referer": "http://127.0.0.1/x"}, True),
        ({"referer": "http://evil.example/127.0.0.1"}, False),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "same-site"}, False),
        ({"sec-fetch-site": "same-origin", "origin": "http://127.0.0.1"}, True),
    ],
)
def test_changes_come_from_our_own_pages_or_from_programs(headers: dict[str, str], allowed: bool) -> None:
    refusal = Guard(None).refusal("POST", {"host": "127.0.0.1", **headers})
    assert (refusal is None) == allowed
    assert Guard(None).refusal("GET", {"host": "127.0.0.1", **headers}) is None


def test_large_and_lying_lengths_are_refused() -> None:
    for length in ("99999999999", "-1", "1e3", "x"):
        refusal = Guard(None).refusal("POST", {"host": "localhost", "content-length": length})
        assert refusal is not None
        assert refusal[0] == 413


@pytest.mark.parametrize("path", ["/", "/nope", "/static/board.css", "/suggest?q=a", "/index.json"])
def test_every_answer_carries_the_headers(store: Store, path: str) -> None:
    headers = Visitor(store).get(path).headers
    assert {name: headers.get(name) for name in HEADERS} == HEADERS
    policy = headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "server" not in headers


def test_pages_have_no_inline_script_style_or_handler(demo: Store) -> None:
    for path in ("/", "/sota/text-generation-on-coco-captions", "/about", "/methods", "/papers"):
        text = Visitor(demo).get(path).text
        assert not re.search(r"<script(?![^>]* src=\"/static/)", text)
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=", text)
        assert not re.findall(r"(?:src|href)=\"(?:https?:)?//(?!arxiv|openreview|github)[^\"]*\.(?:js|css|woff)", text)


def test_the_secret_is_made_once_and_tokens_belong_to_one_visitor(store: Store) -> None:
    key = secret(store)
    assert key == secret(store)
    assert len(key) == 32
    assert form_token(key, "a") != form_token(key, "b")
    assert form_token(key, "a") != form_token(b"other", "a")


def test_the_visitors_cookie_is_for_this_site_only(store: Store) -> None:
    cookie = Visitor(store).get("/").headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie


def test_paths_cannot_leave_the_static_folder(store: Store) -> None:
    for path in ("/static/../web/app.py", "/static/%2e%2e/web/app.py", "/static/..%2fweb%2fapp.py"):
        assert Visitor(store).get(path).status_code == 404
