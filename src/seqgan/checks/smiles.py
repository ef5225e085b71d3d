"""Molecules written as SMILES: valid when RDKit reads and sanitises them (needs the extra `chem`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from seqgan.errors import MissingExtraError


def check(rows: Sequence[Sequence[str]]) -> list[bool]:
    """Return for every token list, joined without blanks, whether it is a molecule; an empty row gets false.

    A molecule parses, every atom has a possible valence and every aromatic ring a Kekule form. RDKit's own messages
    are silenced meanwhile. Raises MissingExtraError where RDKit is not installed.
    """
    chem, base = _rdkit()
    with base.BlockLogs():
        return [_is_line(text) and chem.MolFromSmiles(text) is not None for text in map("".join, rows)]


def _is_line(text: str) -> bool:
    """Tell whether the text is one word: RDKit takes what follows a blank for a name, and nothing for a molecule."""
    return bool(text) and not any(character.isspace() for character in text)


def _rdkit() -> tuple[Any, Any]:
    try:
        from rdkit import Chem, rdBase
    except ImportError as error:
        raise MissingExtraError("The check 'smiles' needs RDKit.", extra="chem") from error
    return Chem, rdBase
