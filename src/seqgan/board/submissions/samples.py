"""Reads a file of samples, JSON lines or gzip of them, as a stranger sends it: every limit is counted while reading."""

from __future__ import annotations

import gzip
import hashlib
import json
import unicodedata
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from typing import IO, Any

from seqgan.board.benchmarks.contract import Contract
from seqgan.board.submissions import strict
from seqgan.errors import BoardError

FILE_BYTES = 32 * 2**20  # of a file as it is sent
DECOMPRESSED_BYTES = 100 * 2**20  # of all files of a submission together
LINE_LETTERS = 4096
SKETCH = 256
_BLOCK = 1 << 16
_GZIP = b"\x1f\x8b"
_DIRECTIONS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True)
class Read:
    """A file of samples that is as it must be: its rows again as JSON lines in one spelling, gzipped; hash of these.

    ``sketch`` are the smallest hashes of its different rows, by which files are compared; ``marks`` counts rows with
    direction or control characters and blank rows.
    """

    lines: int
    size: int
    sha256: str
    content: bytes
    sketch: list[int]
    marks: dict[str, int]


class Budget:
    """How many decompressed bytes a submission may still have."""

    def __init__(self, most: int = DECOMPRESSED_BYTES) -> None:
        """Begin with ``most`` bytes."""
        self.most = self.left = most

    def take(self, count: int, what: str) -> None:
        """Use some of it; raises BoardError when it is used up."""
        self.left -= count
        if self.left < 0:
            raise BoardError(
                f"{what} makes the samples larger than {self.most:,} bytes.", "Send fewer or shorter ones."
            )


def read_samples(stream: IO[bytes], name: str, contract: Contract, budget: Budget) -> Read:
    """Return the samples in a stream; raises BoardError with the line that is not as the benchmark wants it."""
    digest, sketch, marks = hashlib.sha256(), set[int](), {"directions": 0, "controls": 0, "blank": 0}
    pieces, size, count = zlib.compressobj(6, wbits=31), 0, 0
    content = bytearray()
    for count, line in enumerate(_lines(blocks(stream, name, budget), name), 1):
        if count > contract.samples:
            raise BoardError(
                f"{name} has more than {contract.samples:,} lines.", f"{contract.id} takes exactly so many."
            )
        value = _sample(line, count, name, contract)
        data = _spelled(count - 1, value).encode()
        digest.update(data)
        content += pieces.compress(data)
        size += len(data)
        sketch.add(_hash(value))
        _mark(value, marks)
    if count != contract.samples:
        raise BoardError(f"{name} has {count:,} lines.", f"{contract.id} takes exactly {contract.samples:,}.")
    content += pieces.flush()
    return Read(count, size, digest.hexdigest(), bytes(content), nsmallest(SKETCH, sketch), marks)


def blocks(stream: IO[bytes], name: str, budget: Budget) -> Iterator[bytes]:
    """Yield the plain bytes of a stream in pieces of bounded size, decompressed where it is gzip."""
    total, unpacker = 0, None
    while block := stream.read(_BLOCK):
        if total == 0 and block.startswith(_GZIP):
            unpacker = zlib.decompressobj(wbits=31)
        total += len(block)
        if total > FILE_BYTES:
            raise BoardError(f"{name} has more than {FILE_BYTES:,} bytes.", "Send fewer or shorter samples.")
        for piece in (block,) if unpacker is None else _unpacked(unpacker, block, name):
            budget.take(len(piece), name)
            yield piece
        if unpacker is not None and unpacker.eof and (unpacker.unused_data or stream.read(1)):
            raise BoardError(f"{name} has something behind its compressed data.", "Compress the file once, as a whole.")
    if unpacker is not None and not unpacker.eof:
        raise BoardError(f"{name} ends before its compressed data do.", "Send it again.")


def _unpacked(unpacker: Any, block: bytes, name: str) -> Iterator[bytes]:
    """Yield what a compressed block holds, never more than a block at once."""
    try:
        yield unpacker.decompress(block, _BLOCK)
        while unpacker.unconsumed_tail and not unpacker.eof:
            yield unpacker.decompress(unpacker.unconsumed_tail, _BLOCK)
    except zlib.error:
        raise BoardError(f"{name} is no gzip that can be read.", "Compress it again.") from None


def _lines(pieces: Iterator[bytes], name: str) -> Iterator[str]:
    """Yield lines without their ends; a line that grows too long ends the reading."""
    rest, number = b"", 0
    for piece in pieces:
        *whole, rest = (rest + piece).split(b"\n")
        for line in whole:
            number += 1
            yield _line(line, number, name)
        if len(rest) > 4 * LINE_LETTERS:
            _line(rest, number + 1, name)
    if rest:
        yield _line(rest, number + 1, name)


def _line(data: bytes, number: int, name: str) -> str:
    what = f"Line {number:,} of {name}"
    if len(data) > 4 * LINE_LETTERS:  # no letter has more than four bytes
        raise BoardError(f"{what} has more than {LINE_LETTERS:,} characters.", "Shorten that sample.")
    text = strict.decode(data, what)
    if len(text) > LINE_LETTERS:
        raise BoardError(f"{what} has more than {LINE_LETTERS:,} characters.", "Shorten that sample.")
    return text


def _sample(line: str, number: int, name: str, contract: Contract) -> str | list[int]:
    """Return the text or the ids of one line."""
    what = f"Line {number:,} of {name}"
    sample = strict.loads(line, what)
    if not isinstance(sample, dict) or set(sample) != {"i", contract.content}:
        raise BoardError(
            f'{what} is not {{"i": {number - 1}, "{contract.content}": ...}}.', "Nothing else may stand there."
        )
    if type(sample["i"]) is not int or sample["i"] != number - 1:
        raise BoardError(f"{what} has the number {sample['i']!r:.40}.", f"Lines count from 0: write {number - 1}.")
    value = sample[contract.content]
    return _ids(value, what, contract) if contract.content == "ids" else _text(value, what)


def _text(value: Any, what: str) -> str:
    if not isinstance(value, str):
        raise BoardError(f"The text of {what[0].lower()}{what[1:]} is no text.", "Put it in quotation marks.")
    return strict.check_text(value, what)


def _ids(value: Any, what: str, contract: Contract) -> list[int]:
    if not isinstance(value, list) or any(type(one) is not int for one in value):
        raise BoardError(f"{what} holds no list of whole numbers.", "Write the ids as [3, 14, ...].")
    if len(value) != contract.length:
        raise BoardError(f"{what} has {len(value)} ids.", f"{contract.id} has exactly {contract.length} in a row.")
    wrong = next((one for one in value if not 0 <= one < contract.vocabulary), None)
    if wrong is not None:
        raise BoardError(f"{what} holds the id {wrong}.", f"Ids go from 0 to {contract.vocabulary - 1}.")
    return value


def _spelled(place: int, value: str | list[int]) -> str:
    key = "text" if isinstance(value, str) else "ids"
    return json.dumps({"i": place, key: value}, ensure_ascii=False) + "\n"


def _hash(value: str | list[int]) -> int:
    text = "".join(value.lower().split()) if isinstance(value, str) else ",".join(map(str, value))
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=6).digest(), "big")


def _mark(value: str | list[int], marks: dict[str, int]) -> None:
    if isinstance(value, str):
        marks["blank"] += not value.strip()
        marks["directions"] += not _DIRECTIONS.isdisjoint(value)
        marks["controls"] += any(unicodedata.category(one) == "Cc" and one not in "\t\n\r" for one in value)


def overlap(one: list[int], other: list[int]) -> float:
    """Return the share of rows that two files have in common (Jaccard), estimated from their sketches."""
    union = nsmallest(SKETCH, set(one) | set(other))
    both = set(one) & set(other)
    return sum(value in both for value in union) / len(union) if union else 0.0


def to_jsonl(rows: Sequence[str | list[int]]) -> bytes:
    """Return texts or rows of ids as the gzipped JSON lines that a submission sends."""
    return gzip.compress("".join(_spelled(place, row) for place, row in enumerate(rows)).encode(), mtime=0)


def unpack(content: bytes) -> bytes:
    """Return the JSON lines of a stored file."""
    return gzip.decompress(content)


def rows_in(content: bytes) -> list[Any]:
    """Return the texts or rows of ids of a stored file."""
    samples = [json.loads(line) for line in unpack(content).decode("utf-8").split("\n")[:-1]]
    return [sample["text"] if "text" in sample else sample["ids"] for sample in samples]
