"""Captions as the published tables tokenise them: lower-cased, NLTK's word tokeniser on the whole line."""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def captions(path: Path) -> list[list[str]]:
    from nltk import NLTKWordTokenizer

    split = NLTKWordTokenizer().tokenize
    return [split(line.lower()) for line in path.read_text(encoding="utf-8").splitlines()]
