"""Folk tunes as sequences of 32 piano keys, one every 0.4 seconds (Yu et al. 2017, Sec. "Music Generation", Table 4).

The tunes are the 1,034 of the cleaned Nottingham Music Database, read from ABC; a mirror may also hold their melodies
as MIDI. A sequence is 32 keys of one tune, from 0 (the lowest of 88) to 87; the paper counts from 1. There is no end
symbol. What the paper leaves open, and what is done here:

- It uses 695 tunes. The usual split of this collection has 694 for training, so 695 are taken as training tunes and
  the others are divided equally into validation and test; no tune is in two splits. Which ones: ``split_seed``.
- The solo track is the melody; of notes that sound together the highest is taken. Nothing is transposed.
- A quarter note lasts half a second, as no file but three gives a tempo. In a rest the note before it goes on.
- A tune is cut into pieces that follow each other from its first note on; what remains at its end is left out.
- Repeats are played out as written; a part order (``P:ABACA``) is not followed.
"""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from fractions import Fraction
from typing import Any, Literal

import numpy as np
from pydantic import Field

from seqgan import config
from seqgan.data.abc_notation import Note, read_tune, tune_blocks
from seqgan.data.build import Plan
from seqgan.data.corpus import Corpus, TokenTable, read_corpus
from seqgan.data.music import KEYS, read_midi, sampled
from seqgan.data.published import publish
from seqgan.data.source import RemoteFile, Source
from seqgan.data.task import Task
from seqgan.data.tokenizers import Whitespace
from seqgan.errors import DataError
from seqgan.rng import derive
from seqgan.stats.sentence_bleu import Definition

_BASE = "https://raw.githubusercontent.com/jukedeck/nottingham-dataset/0992bb6cd864f6d4b90d6663e08c0ef53ffaa08f/"
_LICENCE = "GPL-3.0 (cleaned edition of the Nottingham Music Database)"
_HASHES = {
    "ashover": "6586eea8dca53866b42721050d11fc1408bdb2cf31a902b41c5c13504139b164",
    "hpps": "6d035c6972ac0c204ba79d8128e2d71978ece2214a29ffceeb3e053e27f17db5",
    "jigs": "5bb6f621e443bde552540810e3ea53e53531fd22258736e338d795e7a5bdcaf5",
    "morris": "cbf60b212c87748dea226c76b72a15db5b4f606bb35a580763e9cd8f7294e7da",
    "playford": "070877bc37176e0dedbcd038268d6669399201cd7b58d88b4ab36127528f9c76",
    "reelsa-c": "f92ed0e66024e0a5bb7d21fe3172cd50c3fb4cb7f642b4ec7cd5aa8ad0396da8",
    "reelsd-g": "33f535569116ec8cfb530c112f4cdc3bfb7fc042c271e0317cf6458bad30dfae",
    "reelsh-l": "cb701d4ffe6839cb7a5655bc21785ecb71a72ab63d8560f7be3856f6aedaf7e5",
    "reelsm-q": "a99f2967cf47460bba70bae40cd355a220b537a87180131c6d9433750bc446a1",
    "reelsr-t": "f80a2c0f37a49b9b0c748e922924d59c40d82758abc5b0f7fc9245d7fd563be0",
    "reelsu-z": "d104d7d1bb83eb1ca18f6b944dc22cf9f7bfe5f955d07cd573615985f69c2c1f",
    "slip": "da686b3a0de20aab38e64f8c8ec57edace980bab6450a6c388d79a2866e5b16a",
    "waltzes": "ffa773d012756be17784ab4a84e0e4618f316be5c6f244f9d60c06b23cd812c6",
    "xmas": "05ebc4b856c8c5186bb828641e8f88f723c109d47ba7e3f1e5048b536e091249",
}
FILES = tuple(
    RemoteFile(
        name=f"nottingham/ABC_cleaned/{book}.abc",
        task="nottingham",
        address=f"{_BASE}ABC_cleaned/{book}.abc",
        licence=_LICENCE,
        sha256=sha256,
    )
    for book, sha256 in _HASHES.items()
)
MIDI = RemoteFile(
    name="nottingham/nottingham-melody-midi.tar.gz",
    task="nottingham",
    address="",
    licence=_LICENCE,
    sha256="021f482cd0beb3cab0bf43fce89b4b04f034b0b6007856b3b23b228973804a13",
)


class Settings(config.Settings):
    """How tunes become sequences; "paper" is Yu et al. 2017."""

    form: Literal["abc", "midi"] = Field("abc", description="what the tunes are read from; midi needs a mirror")
    length: int = Field(32, ge=2, le=1_000, description="T, keys of a sequence (paper: 32)")
    milliseconds: int = Field(400, ge=10, le=10_000, description="between two keys (paper: 400)")
    stride: int = Field(32, ge=1, le=1_000, description="keys from one piece of a tune to the next (paper: not stated)")
    train_tunes: int = Field(695, ge=1, le=1_000, description="tunes to learn from (paper: 695 in all)")
    split_seed: int = Field(1, ge=0, description="chooses them; not the run's seed")
    definition: Definition = Field("texygen", description="of bleu and self_bleu: see the metric bleu")


def load(settings: Settings, seed: int, source: Source | None = None) -> Task:
    """Return the task; a tune that cannot be read is left out and counted among the facts.

    Raises DataError where a file is missing or damaged, MissingExtraError where ``form`` is midi and mido is missing.
    """
    place, skipped = source or Source.default(), list[str]()
    tunes = _from_midi(place) if settings.form == "midi" else _from_abc(place, skipped)
    melodies = [sampled(notes, Fraction(settings.milliseconds, 1000)) for notes in tunes]
    order = np.random.default_rng(derive(settings.split_seed, "nottingham")).permutation(len(melodies))
    chosen = np.split(order, [settings.train_tunes, (settings.train_tunes + len(order)) // 2])
    table = TokenTable()
    parts = {
        name: _pieces([melodies[tune] for tune in sorted(part)], settings, table)
        for name, part in zip(("train", "valid", "test"), chosen, strict=True)
    }
    plan = Plan(
        "nottingham",
        Whitespace(),
        end=False,
        integers=True,
        vocabulary_size=KEYS,
        metrics=("nll_gen", "bleu", "self_bleu", "pitch_mse", "uniqueness"),
        details={"definition": settings.definition},
        facts={"tunes": len(melodies), "unreadable_tunes": skipped, "form": settings.form},
    )
    return publish(parts, table, plan, (MIDI,) if settings.form == "midi" else FILES)


def _from_abc(place: Source, skipped: list[str]) -> Iterator[list[Note]]:
    for file in FILES:
        for title, block in tune_blocks(place.path(file).read_text(encoding="utf-8", errors="replace")):
            try:
                yield read_tune(block)
            except DataError:
                skipped.append(title)


def _from_midi(place: Source) -> Iterator[list[Note]]:
    with tarfile.open(place.path(MIDI)) as archive:
        for member in sorted((found for found in archive if found.name.endswith(".mid")), key=lambda m: m.name):
            if (stream := archive.extractfile(member)) is not None:
                yield read_midi(stream)


def _pieces(melodies: list[list[int]], settings: Settings, table: TokenTable) -> Corpus:
    rows: list[tuple[int, Any]] = []
    for number, keys in enumerate(melodies, start=1):
        for start in range(0, len(keys) - settings.length + 1, settings.stride):
            rows.append((number, " ".join(map(str, keys[start : start + settings.length]))))
    return read_corpus(rows, str.split, table, "the tunes")
