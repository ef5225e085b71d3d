"""Every message about a user's data stands in docs/own_data.md with its remedy."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from house.source import PACKAGE, ROOT, place, tree

FILES = [PACKAGE / "data" / f"{name}.py" for name in ("files", "own", "build", "corpus", "splits", "tokenizers")]


def pieces(node: ast.expr) -> list[str]:
    """Return the constant parts of a message, without what is filled in."""
    if isinstance(node, ast.Constant):
        return [str(node.value)]
    if isinstance(node, ast.JoinedStr):
        return [str(part.value) for part in node.values if isinstance(part, ast.Constant)]
    if isinstance(node, ast.BinOp):
        return [*pieces(node.left), *pieces(node.right)]
    return []


def messages(path: Path) -> Iterator[tuple[int, str]]:
    """Yield (line, the longest constant part) of every error that a file raises."""
    for node in ast.walk(tree(path)):
        raised = node.exc if isinstance(node, ast.Raise) else None
        if isinstance(raised, ast.Call) and ast.unparse(raised.func) in ("DataError", "ConfigError"):
            fixed = max(pieces(raised.args[0]), key=len, default="")
            if fixed.strip(" .:,'"):
                yield node.lineno, fixed.strip(" .:,'")


def test_messages_are_found_and_their_fixed_part_is_taken() -> None:
    found = [text for path in FILES for _, text in messages(path)]
    assert len(found) > 20
    assert "is empty" in found


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_every_message_about_data_is_documented(path: Path) -> None:
    text = " ".join((ROOT / "docs" / "own_data.md").read_text(encoding="utf-8").split())
    missing = [f"{place(path, line)} {message!r}" for line, message in messages(path) if message not in text]
    assert not missing, "docs/own_data.md lacks these messages:\n" + "\n".join(missing)
