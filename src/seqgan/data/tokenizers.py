"""Tokenisers: from a line to tokens and back; each is described by plain data, so a model file can carry it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, Protocol

from seqgan.errors import ConfigError, DataError, nearest

KINDS = ("word", "whitespace", "char", "bytes", "regex")
PATTERNS = {
    # Atoms in brackets, two-letter elements before one-letter ones, ring numbers of two digits after a percent sign.
    "smiles": r"\[[^\[\]]+\]|Br|Cl|[BCNOPSFIbcnops]|%\d\d|[0-9]|[-=#$:/\\.()+*~@]",
    "dna": r"[ACGTNacgtn]",
}


class Tokenizer(Protocol):
    """What every tokeniser can do; ``tokenize(detokenize(tokens)) == tokens`` for tokens made by ``tokenize``."""

    def tokenize(self, text: str) -> list[str]:
        """Split one line."""
        ...

    def detokenize(self, tokens: Sequence[str]) -> str:
        """Join tokens to a line that a person reads."""
        ...

    def as_dict(self) -> dict[str, Any]:
        """Return the tokeniser as plain data that :func:`make` reads."""
        ...


def make(spec: Mapping[str, Any]) -> Tokenizer:
    """Return the tokeniser of ``{"kind": ..., "lower": ..., "pattern": ..., "joiner": ...}``; only ``kind`` is needed.

    ``smiles`` and ``dna`` are short for ``regex`` with that ready pattern. Raises ConfigError for an unknown kind.
    """
    kind, lower = str(spec["kind"]), bool(spec.get("lower", False))
    if kind in PATTERNS:
        return Regex(PATTERNS[kind], lower)
    if kind == "regex":
        pattern = str(spec.get("pattern") or "")
        return Regex(PATTERNS.get(pattern, pattern), lower, str(spec.get("joiner") or ""))
    simple: dict[str, Callable[[bool], Tokenizer]]
    simple = {"word": Word, "whitespace": Whitespace, "char": Char, "bytes": Bytes}
    if kind not in simple:
        raise ConfigError(f"There is no tokeniser called '{kind}'.", nearest(kind, [*KINDS, *PATTERNS]))
    return simple[kind](lower)


def label(spec: Mapping[str, Any]) -> str:
    """Return a tokeniser's description in a few words, for a score's signature: kind, pattern, lower-casing."""
    parts = [str(spec["kind"]), str(spec.get("pattern") or ""), "lower" if spec.get("lower") else ""]
    return ",".join(part for part in parts if part)


def hint(lines: Iterable[str]) -> str | None:
    """Return ``smiles`` where nearly all ``lines`` look like molecules, ``dna`` for strands of DNA, else None."""
    texts = [text for text in lines if text]
    molecule = re.compile(f"(?=.*[Cc])(?:{PATTERNS['smiles']})+")
    for kind, pattern in (("dna", re.compile("[ACGTNacgtn]{4,}")), ("smiles", molecule)):
        if texts and sum(bool(pattern.fullmatch(text)) for text in texts) >= 0.95 * len(texts):
            return kind
    return None


class _Simple:
    kind = ""

    def __init__(self, lower: bool = False) -> None:
        """Make the tokeniser; ``lower`` lower-cases every line first."""
        self.lower = lower

    def _case(self, text: str) -> str:
        return text.lower() if self.lower else text

    def as_dict(self) -> dict[str, Any]:
        """Return the tokeniser as plain data."""
        return {"kind": self.kind, "lower": self.lower}


class Whitespace(_Simple):
    """Tokens are what stands between blanks."""

    kind = "whitespace"

    def tokenize(self, text: str) -> list[str]:
        """Split at runs of blanks."""
        return self._case(text).split()

    def detokenize(self, tokens: Sequence[str]) -> str:
        """Join with single blanks."""
        return " ".join(tokens)


class Char(_Simple):
    """Tokens are single characters, blanks included."""

    kind = "char"

    def tokenize(self, text: str) -> list[str]:
        """Split into code points."""
        return list(self._case(text))

    def detokenize(self, tokens: Sequence[str]) -> str:
        """Join without blanks."""
        return "".join(tokens)


class Bytes(_Simple):
    """Tokens are the bytes of the UTF-8 text, written as two hexadecimal digits."""

    kind = "bytes"

    def tokenize(self, text: str) -> list[str]:
        """Split into bytes."""
        return [f"{byte:02x}" for byte in self._case(text).encode("utf-8")]

    def detokenize(self, tokens: Sequence[str]) -> str:
        """Decode the bytes; a sampled row that is no valid UTF-8 shows the replacement character."""
        return bytes(int(token, 16) for token in tokens if _is_byte(token)).decode("utf-8", errors="replace")


def _is_byte(token: str) -> bool:
    return len(token) == 2 and all(digit in "0123456789abcdef" for digit in token)


class Regex(_Simple):
    """Tokens are the matches of a regular expression, which must cover the whole line.

    With a ``joiner`` of blanks, blanks between matches may stay uncovered and tokens are joined with it.
    """

    kind = "regex"

    def __init__(self, pattern: str, lower: bool = False, joiner: str = "") -> None:
        """Compile the pattern; raises ConfigError where it is empty or no regular expression."""
        super().__init__(lower)
        if not pattern:
            raise ConfigError(
                "The tokeniser 'regex' needs a pattern.", f"Set pattern to one of {', '.join(PATTERNS)} or your own."
            )
        try:
            self._regex = re.compile(pattern)
        except re.error as error:
            raise ConfigError(f"The pattern {pattern!r} is no regular expression: {error}.", "Correct it.") from None
        self.pattern, self.joiner = pattern, joiner

    def tokenize(self, text: str) -> list[str]:
        """Return the matches in order; raises DataError at the first text that no match covers."""
        text = self._case(text)
        tokens, place = [], 0
        for match in self._regex.finditer(text):
            if match.end() == match.start():
                continue
            self._uncovered(text[place : match.start()], place)
            tokens.append(match.group())
            place = match.end()
        self._uncovered(text[place:], place)
        return tokens

    def _uncovered(self, rest: str, place: int) -> None:
        if rest and (rest.strip() or not self.joiner.isspace()):
            raise DataError(
                f"The pattern covers no token at character {place + 1}: {rest[:20]!r}.",
                "Widen the pattern, or set joiner=' ' where blanks separate tokens.",
            )

    def detokenize(self, tokens: Sequence[str]) -> str:
        """Join with the joiner."""
        return self.joiner.join(tokens)

    def as_dict(self) -> dict[str, Any]:
        """Return the tokeniser as plain data."""
        return {"kind": self.kind, "lower": self.lower, "pattern": self.pattern, "joiner": self.joiner}


class Word(_Simple):
    """English words and punctuation by ``nltk.NLTKWordTokenizer`` on the whole line, without sentence splitting.

    ``detokenize`` writes natural spacing where that reads back to the same tokens, single blanks otherwise. A
    sampled row can hold a token that only exists at another place of a line (``st.`` inside, ``st .`` at
    the end), which no spacing reads back; measurements therefore use tokens, not strings.
    """

    kind = "word"

    @cached_property
    def _parts(self) -> tuple[Any, Any]:
        from nltk.tokenize.destructive import NLTKWordTokenizer
        from nltk.tokenize.treebank import TreebankWordDetokenizer

        return NLTKWordTokenizer(), TreebankWordDetokenizer()

    def tokenize(self, text: str) -> list[str]:
        """Split into words and punctuation."""
        tokens: list[str] = self._parts[0].tokenize(self._case(text))
        return tokens

    def detokenize(self, tokens: Sequence[str]) -> str:
        """Join with natural spacing where it is reversible."""
        natural: str = self._parts[1].detokenize(list(tokens))
        return natural if self.tokenize(natural) == list(tokens) else " ".join(tokens)
