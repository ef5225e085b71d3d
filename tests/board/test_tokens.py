"""Tokens: shown once, kept as a hash, with scopes, an end and a way to revoke them."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from seqgan.board import events, tokens
from seqgan.board.store import Store, open_store
from seqgan.errors import BoardError


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = open_store(tmp_path / "b.sqlite")
    yield made
    made.close()


def test_the_first_token_is_made_once(store: Store) -> None:
    with store.write() as session:
        first = tokens.bootstrap(session)
        assert first is not None
        assert tokens.bootstrap(session) is None
        caller = tokens.caller(session, first)
    assert caller is not None
    assert all(caller.may(scope) for scope in tokens.SCOPES)


def test_the_database_does_not_hold_the_secret(store: Store, tmp_path: Path) -> None:
    with store.write() as session:
        secret = tokens.create(session, "ann", ["submit"], "test")
        assert secret.rpartition("_")[2] not in str(session.rows("SELECT * FROM token"))
        assert secret not in str(session.rows("SELECT * FROM event"))
        assert len(secret.split("_", 2)[2]) == 43  # 256 bits
    assert secret.encode() not in b"".join(path.read_bytes() for path in tmp_path.glob("b.sqlite*"))


def test_scopes_limit_and_unknown_ones_are_refused(store: Store) -> None:
    with store.write() as session:
        caller = tokens.caller(session, tokens.create(session, "ann", ["submit"], "test"))
        assert caller is not None
        assert (caller.may("submit"), caller.may("review"), caller.may("admin")) == (True, False, False)
        for scopes, name in ((["sumbit"], "ann"), ([], "ann"), (["submit"], "an n"), (["submit"], "")):
            with pytest.raises(BoardError):
                tokens.create(session, name, scopes, "test")


@pytest.mark.parametrize(
    "wrong", ["", "sgb_1_", "sgb_1_" + "A" * 43, "sgb_99_" + "A" * 43, "x" * 5000, "sgb_1_é" + "A" * 42]
)
def test_wrong_tokens_are_nobody(store: Store, wrong: str) -> None:
    with store.write() as session:
        tokens.create(session, "ann", ["submit"], "test")
        assert tokens.caller(session, wrong) is None


def test_secrets_are_compared_in_constant_time(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[Any, Any]] = []
    original = hmac.compare_digest

    def noted(one: Any, other: Any) -> bool:
        seen.append((one, other))
        return original(one, other)

    monkeypatch.setattr("seqgan.board.tokens.hmac.compare_digest", noted)
    with store.write() as session:
        secret = tokens.create(session, "ann", ["submit"], "test")
        assert tokens.caller(session, secret) is not None
        assert tokens.caller(session, "nonsense") is None
    assert len(seen) == 2
    assert all(len(one) == len(other) == 64 for one, other in seen)


def test_an_expired_or_revoked_token_is_nobody_and_signs_nobody_in(store: Store) -> None:
    with store.write() as session:
        old = tokens.create(session, "ann", ["submit"], "test")
        revoked = tokens.create(session, "ann", ["submit"], "test")
        cookie = tokens.sign_in(session, revoked)
        assert cookie is not None
        assert tokens.signed_in(session, cookie) is not None
        session.run("UPDATE token SET expires_at = '2020-01-01T00:00:00+00:00' WHERE id = 1")
        tokens.revoke(session, 2, "test")
        assert tokens.caller(session, old) is None
        assert tokens.caller(session, revoked) is None
        assert tokens.sign_in(session, revoked) is None
        assert tokens.signed_in(session, cookie) is None
        with pytest.raises(BoardError, match="no valid token"):
            tokens.revoke(session, 2, "test")
        actions = session.column("SELECT action FROM event ORDER BY id")
        assert actions == ["token created", "token created", "token revoked"]
        assert not events.verify(session).faults


def test_a_cookie_is_no_token_and_ends_when_signed_out(store: Store) -> None:
    with store.write() as session:
        secret = tokens.create(session, "ann", ["submit"], "test")
        cookie = tokens.sign_in(session, secret)
        assert cookie is not None
        assert secret not in cookie
        assert tokens.caller(session, cookie) is None
        found = tokens.signed_in(session, cookie)
        assert found is not None
        assert found.name == "ann"
        assert tokens.signed_in(session, cookie + "x") is None
        tokens.sign_out(session, cookie)
        assert tokens.signed_in(session, cookie) is None
