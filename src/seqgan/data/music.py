"""Melodies as sequences of piano keys: sampled at equal times from notes, read from MIDI and written as MIDI.

A key is a number from 0 (A0, MIDI note 21) to 87 (C8, MIDI note 108). MIDI files go through the package mido.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import groupby
from math import ceil
from pathlib import Path
from typing import IO, Any

from seqgan.data.abc_notation import Note
from seqgan.errors import DataError, MissingExtraError

LOWEST, KEYS = 21, 88
QUARTER = Fraction(1, 2)  # seconds of a quarter note where a file gives no tempo: 120 a minute, the default of MIDI


def sampled(notes: Iterable[Note], seconds: Fraction) -> list[int]:
    """Return the key that sounds at 0, ``seconds``, 2 ``seconds``, ... from the first note on.

    In a rest the note before it goes on, as no key stands for silence. Raises DataError for a note outside the piano.
    """
    keys: list[int] = []
    sounding, now, step = None, Fraction(0), seconds / QUARTER
    for pitch, quarters in notes:
        sounding = sounding if pitch is None else pitch
        if sounding is None:
            continue
        if not LOWEST <= sounding < LOWEST + KEYS:
            raise DataError(f"The note {sounding} is no key of a piano.", f"Keys are {LOWEST} to {LOWEST + KEYS - 1}.")
        now += quarters
        keys += [sounding - LOWEST] * (ceil(now / step) - len(keys))
    return keys


def read_midi(stream: IO[bytes]) -> list[Note]:
    """Return the melody of a MIDI file: the highest note at every moment, rests in between, lengths in quarter notes.

    Raises MissingExtraError without mido.
    """
    mido = _mido()
    file = mido.MidiFile(file=stream)
    notes: list[Note] = []
    on: set[int] = set()
    for message in mido.merge_tracks(file.tracks):
        if message.time:
            notes.append((max(on, default=None), Fraction(message.time, file.ticks_per_beat)))
        if message.type == "note_on" and message.velocity > 0:
            on.add(message.note)
        elif message.type in ("note_on", "note_off"):
            on.discard(message.note)
    return notes


def write_midi(path: Path, keys: Sequence[int], seconds: Fraction) -> None:
    """Write keys as a MIDI file that any player plays, ``seconds`` each; a key that is repeated is held.

    Raises DataError for a number that is no key, MissingExtraError without mido.
    """
    if wrong := [key for key in keys if not 0 <= key < KEYS]:
        raise DataError(f"{wrong[0]} is no key of a piano.", f"Keys are 0 to {KEYS - 1}.")
    mido = _mido()
    file, track = mido.MidiFile(), mido.MidiTrack()
    file.tracks.append(track)
    track.append(mido.MetaMessage("set_tempo", tempo=int(QUARTER * 1_000_000)))
    for key, run in groupby(keys):
        ticks = int(len(list(run)) * seconds / QUARTER * file.ticks_per_beat)
        track.append(mido.Message("note_on", note=key + LOWEST, velocity=80))
        track.append(mido.Message("note_off", note=key + LOWEST, time=ticks))
    file.save(str(path))


def write_melodies(folder: Path, strings: Sequence[str], seconds: Fraction = Fraction(2, 5)) -> list[Path]:
    """Write each string of keys (``39 39 41``) as ``melody-<number>.mid`` into a folder and return the paths.

    Raises DataError for a string that holds something else, before anything is written; then as :func:`write_midi`.
    """
    melodies = [_keys(text) for text in strings]
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"melody-{number}.mid" for number in range(1, len(strings) + 1)]
    for path, keys in zip(paths, melodies, strict=True):
        write_midi(path, keys, seconds)
    return paths


def _keys(text: str) -> list[int]:
    words = text.split()
    if wrong := [word for word in words if not (word.isascii() and word.isdigit() and int(word) < KEYS)]:
        raise DataError(f"{wrong[0]!r} is no key of a piano.", f"Only strings of keys from 0 to {KEYS - 1} are music.")
    return [int(word) for word in words]


def _mido() -> Any:
    try:
        import mido
    except ModuleNotFoundError as error:
        raise MissingExtraError("MIDI files need the package mido.", extra="music") from error
    return mido
