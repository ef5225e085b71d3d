"""The vocabulary: which token has which number."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from seqgan.errors import DataError


@dataclass(frozen=True)
class Vocab:
    """Tokens in the order of their ids; ``end`` and ``unknown`` are ids of special symbols, or None.

    Built from training data only and sorted, so equal data gives equal ids in every process. There is no padding
    symbol and no begin symbol.
    """

    tokens: tuple[str, ...]
    end: int | None = None
    unknown: int | None = None

    @classmethod
    def build(cls, words: Iterable[str], *, end: bool = True, unknown: bool = False, ordered: bool = False) -> Vocab:
        """Sort ``words`` by code point (unless already ``ordered``) and put the special symbols after them.

        A special symbol that is also a word of the data is renamed (``<end>``, ``<end2>``, ...), never merged with it.
        """
        unique = list(dict.fromkeys(words)) if ordered else sorted(set(words))
        taken = set(unique)
        unknown_at = end_at = None
        if unknown:
            unknown_at = len(unique)
            unique.append(_free("unk", taken))
        if end:
            end_at = len(unique)
            unique.append(_free("end", taken))
        return cls(tuple(unique), end_at, unknown_at)

    def __len__(self) -> int:
        """Return V, special symbols included."""
        return len(self.tokens)

    @cached_property
    def ids(self) -> dict[str, int]:
        """Return the map from token to id."""
        return {token: i for i, token in enumerate(self.tokens)}

    @cached_property
    def _words(self) -> dict[str, int]:
        return {token: i for token, i in self.ids.items() if i != self.end}

    @cached_property
    def digest(self) -> str:
        """Return the SHA-256 of the tokens in order and the special symbols."""
        return hashlib.sha256(json.dumps(self.as_dict(), ensure_ascii=True).encode()).hexdigest()

    def encode(self, tokens: Sequence[str]) -> list[int]:
        """Return the ids of ``tokens`` without an end symbol.

        A token that is not in the vocabulary, or is spelt like the end symbol, becomes the unknown symbol; raises
        DataError where there is none.
        """
        if self.unknown is not None:
            return [self._words.get(token, self.unknown) for token in tokens]
        try:
            return [self._words[token] for token in tokens]
        except KeyError as error:
            raise DataError(
                f"The token {error.args[0]!r} is not among the {len(self)} of the vocabulary.",
                "Use tokens of the training data; a vocabulary made with min_count=2 has an unknown symbol.",
            ) from None

    def decode(self, ids: Iterable[int]) -> list[str]:
        """Return the tokens of ``ids``."""
        return [self.tokens[int(i)] for i in ids]

    def as_dict(self) -> dict[str, Any]:
        """Return the vocabulary as plain data."""
        return {"tokens": list(self.tokens), "end": self.end, "unknown": self.unknown}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Vocab:
        """Read what :meth:`as_dict` wrote."""
        return cls(tuple(data["tokens"]), data["end"], data["unknown"])


def _free(name: str, taken: set[str]) -> str:
    symbol, number = f"<{name}>", 2
    while symbol in taken:
        symbol, number = f"<{name}{number}>", number + 1
    return symbol
