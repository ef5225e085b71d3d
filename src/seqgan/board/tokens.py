"""Who may write: accounts, and tokens of 256 random bits with scopes, an end and a way to revoke them.

A token is shown once; the database holds its SHA-256 only. A browser exchanges its token for a cookie of its own.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from seqgan.board import events
from seqgan.board.session import Row, Session
from seqgan.errors import BoardError, nearest

SCOPES = ("submit", "review", "admin")
FIRST_ACCOUNT = "admin"
DAYS = 365  # how long a token lasts where nobody says
SESSION_HOURS = 12
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
_TOKEN = re.compile(r"sgb_([0-9]{1,18})_([A-Za-z0-9_-]{43})")
_FOUND = (
    "SELECT token.id, token.account_id, token.sha256, token.scopes, token.expires_at, token.revoked_at, "
    "account.name FROM token JOIN account ON account.id = token.account_id "
)


@dataclass(frozen=True)
class Caller:
    """Who is at the other end: an account with the scopes of the token that it showed."""

    account: int
    name: str
    scopes: frozenset[str]
    token: int

    def may(self, scope: str) -> bool:
        """Tell whether the token allows something; ``admin`` allows everything."""
        return scope in self.scopes or "admin" in self.scopes


def create(session: Session, account: str, scopes: Iterable[str], actor: str, label: str = "", days: int = DAYS) -> str:
    """Make a token for an account, which is made where it is new, and return it: nobody can read it again.

    Raises BoardError for a name that is none, an unknown scope or an end in the past.
    """
    wanted = list(dict.fromkeys(scopes))
    for scope in wanted:
        if scope not in SCOPES:
            raise BoardError(f"There is no scope '{scope}'.", nearest(scope, SCOPES))
    if not wanted or days < 1:
        raise BoardError("A token needs a scope and at least one day.", f"Scopes: {', '.join(SCOPES)}.")
    moment = datetime.now(UTC)
    number = session.insert(
        "token",
        account_id=ensure_account(session, account),
        label=label[:80],
        sha256=secrets.token_hex(32),  # replaced below, when the number is known
        scopes=" ".join(wanted),
        created_at=moment.isoformat(timespec="seconds"),
        expires_at=(moment + timedelta(days=days)).isoformat(timespec="seconds"),
    )
    secret = f"sgb_{number}_{secrets.token_urlsafe(32)}"
    session.run("UPDATE token SET sha256 = :sha256 WHERE id = :id", sha256=_hash(secret), id=number)
    details = {"account": account, "scopes": wanted, "days": days}
    events.append(session, actor, "token created", "token", number, details=details)
    return secret


def ensure_account(session: Session, name: str) -> int:
    """Return the id of an account, made where it is new; raises BoardError for a name that is none."""
    if not _NAME.fullmatch(name):
        raise BoardError(
            f"'{name[:60]}' is no name of an account.", "Letters, digits, '.', '_' and '-', at most 40, a letter first."
        )
    found = session.value("SELECT id FROM account WHERE name = :name", name=name)
    return int(found) if found is not None else session.insert("account", name=name, created_at=events.now())


def bootstrap(session: Session) -> str | None:
    """Return a first token with all scopes for a board that has no account yet, else None."""
    if session.value("SELECT count(*) FROM account"):
        return None
    return create(session, FIRST_ACCOUNT, SCOPES, "board", label="made at the first start")


def caller(session: Session, secret: str) -> Caller | None:
    """Return whom a token belongs to, or None where it is unknown, expired or revoked; compares in constant time."""
    shape = _TOKEN.fullmatch(secret)
    row = session.row(f"{_FOUND}WHERE token.id = :id", id=int(shape.group(1))) if shape else None
    known = row["sha256"] if row else "0" * 64
    if not hmac.compare_digest(known, _hash(secret)) or row is None:
        return None
    return _valid(row)


def _valid(row: Row) -> Caller | None:
    if row["revoked_at"] is not None or (row["expires_at"] and row["expires_at"] <= events.now()):
        return None
    return Caller(row["account_id"], row["name"], frozenset(row["scopes"].split()), row["id"])


def revoke(session: Session, number: int, actor: str) -> None:
    """End a token and every browser that signed in with it; raises BoardError where there is none of that number."""
    changed = session.run(
        "UPDATE token SET revoked_at = :now WHERE id = :id AND revoked_at IS NULL", now=events.now(), id=number
    )
    if not changed:
        raise BoardError(f"There is no valid token {number}.", "See: seqgan board token list.")
    session.run("DELETE FROM browser_session WHERE token_id = :id", id=number)
    events.append(session, actor, "token revoked", "token", number)


def listed(session: Session) -> list[Row]:
    """Return every token without what is secret."""
    return session.rows(
        "SELECT token.id, account.name AS account, token.label, token.scopes, token.created_at, token.expires_at, "
        "token.revoked_at, token.last_used_at "
        "FROM token JOIN account ON account.id = token.account_id ORDER BY token.id"
    )


def used(session: Session, token: int) -> None:
    """Note that a token was used now."""
    session.run("UPDATE token SET last_used_at = :now WHERE id = :id", now=events.now(), id=token)


def sign_in(session: Session, secret: str) -> str | None:
    """Return the value of a cookie that stands for a token in one browser, None for a token that is not valid."""
    found = caller(session, secret)
    if found is None:
        return None
    session.run("DELETE FROM browser_session WHERE expires_at <= :now", now=events.now())
    value, moment = secrets.token_urlsafe(32), datetime.now(UTC)
    session.run(
        "INSERT INTO browser_session (sha256, token_id, created_at, expires_at) VALUES (:sha256, :token, :now, :end)",
        sha256=_hash(value),
        token=found.token,
        now=moment.isoformat(timespec="seconds"),
        end=(moment + timedelta(hours=SESSION_HOURS)).isoformat(timespec="seconds"),
    )
    used(session, found.token)
    return value


def signed_in(session: Session, cookie: str) -> Caller | None:
    """Return whom a browser's cookie stands for, or None."""
    if not cookie:
        return None
    row = session.row(
        f"{_FOUND}JOIN browser_session ON browser_session.token_id = token.id "
        "WHERE browser_session.sha256 = :sha256 AND browser_session.expires_at > :now",
        sha256=_hash(cookie),
        now=events.now(),
    )
    return None if row is None else _valid(row)


def sign_out(session: Session, cookie: str) -> None:
    """Forget a browser's cookie."""
    session.run("DELETE FROM browser_session WHERE sha256 = :sha256", sha256=_hash(cookie))


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
