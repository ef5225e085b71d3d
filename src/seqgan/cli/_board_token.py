"""Make, list and revoke the tokens of a board."""

from __future__ import annotations

from typing import Annotated

import typer

from seqgan.cli._options import DATABASE, Database
from seqgan.cli._output import columns, note, say
from seqgan.errors import ConfigError, nearest

ACTIONS = ("create", "list", "revoke")
Scopes = Annotated[
    list[str] | None, typer.Option("--scope", metavar="submit|review|admin", help="What it allows; may be repeated.")
]


def command(
    action: Annotated[str, typer.Argument(metavar="create|list|revoke", show_default=False)],
    name: Annotated[str, typer.Argument(metavar="ACCOUNT|NUMBER", help="Whose token; or which, to revoke it.")] = "",
    scope: Scopes = None,
    label: Annotated[str, typer.Option("--label", metavar="TEXT", help="What it is for.")] = "",
    days: Annotated[int, typer.Option("--days", min=1, max=3650, help="How long it lasts.")] = 365,
    database: Database = DATABASE,
) -> None:
    """Make a token, which is shown once and never again; list them; revoke one.

    Example: seqgan board token create anna --scope submit --scope review
    """
    if action not in ACTIONS:
        raise ConfigError(f"'{action}' is no action.", nearest(action, ACTIONS))
    if action != "list" and not name:
        raise ConfigError(f"Whom or what to {action}?", "Name an account, or to revoke a token its number.")
    from seqgan.board import tokens
    from seqgan.board.store import open_store

    store = open_store(database)
    try:
        with store.write() as session:
            if action == "create":
                say(tokens.create(session, name, scope or ["submit"], "operator", label, days))
            elif action == "revoke":
                tokens.revoke(session, _number(name), "operator")
            rows = tokens.listed(session)
    finally:
        store.close()
    if action == "create":
        note(f"Of {name}, for {', '.join(scope or ['submit'])}, {days} days. It is shown only now.")
    elif action == "revoke":
        note(f"Token {name} is revoked.")
    else:
        head = ("number", "account", "scopes", "until", "revoked", "last used", "label")
        keys = ("id", "account", "scopes", "expires_at", "revoked_at", "last_used_at", "label")
        for line in columns([head, *(tuple(str(row[key] or "-") for key in keys) for row in rows)]):
            say(line)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise ConfigError(f"'{text}' is no number of a token.", "See: seqgan board token list.")
    return int(text)
