"""Reading the tunes of an ABC file: keys, accidentals, lengths, ties, tuplets, repeats with their endings.

A reader for collections of single-voice folk tunes, not for all of ABC: chords in brackets keep their highest note,
grace notes, slurs, decorations and chord symbols are left out, and what it does not know it refuses.
Source: the ABC standard 2.1 (abcnotation.com).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache

from seqgan.errors import DataError

Note = tuple[int | None, Fraction]
"""A MIDI note number, or None for a rest, and its length in quarter notes."""

_STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_FIFTHS = "FCGDAEB"
_MODES = {
    "": 0,
    "maj": 0,
    "ion": 0,
    "mix": -1,
    "dor": -2,
    "m": -3,
    "min": -3,
    "aeo": -3,
    "phr": -4,
    "loc": -5,
    "lyd": 1,
}
_TUPLETS = {2: 3, 3: 2, 4: 3, 6: 2, 8: 3}  # so many notes in the time of so many; 5, 7 and 9 depend on the metre
_LENGTH = r"(?P<length>\d*(?:/+\d*)?)"
_NOTE = r"(?P<accidental>\^{1,2}|_{1,2}|=)?(?P<letter>[A-Ga-gzx])(?P<octave>[,']*)"
_SINGLE = re.compile(_NOTE + _LENGTH)
_ITEM = re.compile(
    rf"(?P<note>{_NOTE}{_LENGTH})"
    r"|(?P<chord>\[(?P<inside>[\^_=A-Ga-g,'/\d\s+-]*[A-Ga-g][\^_=A-Ga-g,'/\d\s+-]*)\](?P<stretch>\d*(?:/+\d*)?))"
    r"|\[(?P<field>[A-Z]):(?P<value>[^\]]*)\]"
    r"|(?P<ending>(?:[|:]*\|)?\s*\[?(?<=[\[|])(?P<number>[12]))"
    r"|(?P<bar>[|:]*\|[|:]*\]?|::|\])"
    r"|\((?P<tuplet>\d)(?::\d*){0,2}"
    r"|(?P<tie>-)"
    r"|(?P<skipped>\"[^\"]*\"|![^!\n]*!|\+[^+\n]*\+|\{[^}]*\}|[\s()~.`\\*]|[TuvHLMOPS](?=[\^_=A-Ga-g]))"
)


@dataclass
class _Reading:
    """Where the reader stands in one tune."""

    metre: Fraction = Fraction(1)
    unit: Fraction | None = None
    key: dict[str, int] = field(default_factory=dict)
    bar: dict[tuple[str, str], int] = field(default_factory=dict)
    tied: bool = False
    tuplet: list[Fraction] = field(default_factory=list)
    played: list[Note] = field(default_factory=list)
    section: list[Note] = field(default_factory=list)
    common: int | None = None

    def quarters(self, length: str) -> Fraction:
        """Return a written length in quarter notes, shortened inside a tuplet."""
        unit = self.unit or Fraction(1, 16 if self.metre < Fraction(3, 4) else 8)
        quarters = 4 * unit * multiple(length)
        return quarters * self.tuplet.pop() if self.tuplet else quarters

    def end_section(self, *, again: bool = False) -> None:
        """Play the open section, and with ``again`` once more without what only the first time has."""
        self.played += self.section
        if again:
            self.played += self.section[: self.common]
        self.section, self.common = [], None


@cache
def multiple(length: str) -> Fraction:
    """Return what a written length (``3``, ``/2``, ``3/2``, ``//``, nothing) multiplies the unit by."""
    above, slashes, below = re.fullmatch(r"(\d*)(/*)(\d*)", length).groups()  # type: ignore[union-attr]
    return Fraction(int(above or 1), int(below or 1) if below else 2 ** len(slashes))


def signature(text: str) -> dict[str, int]:
    """Return the accidentals of a key field (``G``, ``F#m``, ``A mixolydian``): letter -> semitones up or down."""
    found = re.match(r"([A-G])([#b]?)\s*([A-Za-z]*)", text.strip())
    if found is None:
        return {}
    tonic, accidental, mode = found.groups()
    mode = mode.lower()[:3]
    shift = _MODES["m"] if mode in ("m", "mi") else _MODES.get(mode, 0)
    fifths = _FIFTHS.index(tonic) - 1 + {"#": 7, "b": -7, "": 0}[accidental] + shift
    letters, step = (_FIFTHS[:fifths], 1) if fifths > 0 else (_FIFTHS[::-1][:-fifths], -1)
    return dict.fromkeys(letters, step) if fifths else {}


def tune_blocks(text: str) -> Iterator[tuple[str, str]]:
    """Yield (title, text) of every tune of an ABC file; a tune begins with its number, ``X:``."""
    for block in re.split(r"^(?=X:)", text, flags=re.MULTILINE):
        if block.startswith("X:"):
            title = re.search(r"^T:(.*)$", block, re.MULTILINE)
            yield (title.group(1).strip() if title else ""), block


def read_tune(text: str) -> list[Note]:
    """Return the notes of one tune in the order of their sound, repeats played out.

    Raises DataError for text that this reader does not know.
    """
    reading, in_body = _Reading(), False
    for line in text.splitlines():
        line = re.sub(r"(?<!\\)%.*", "", line).rstrip()
        # In the body a line like "A:|" is a note and a repeat, not a field.
        if header := re.match(r"([IK-NP-RT-Wmrsw]):(.*)" if in_body else r"([A-Za-z]):(.*)", line):
            _set(reading, *header.groups())
            in_body = in_body or header.group(1) == "K"
            if header.group(1) == "P":
                reading.end_section()
        elif in_body:
            _line(reading, line)
    reading.end_section()
    return reading.played


def _set(reading: _Reading, name: str, value: str) -> None:
    value = value.strip()
    if name == "K":
        reading.key, reading.bar = signature(value), {}
    elif name == "L" and (found := re.match(r"(\d+)/(\d+)", value)):
        reading.unit = Fraction(int(found.group(1)), int(found.group(2)))
    elif name == "M":
        found = re.match(r"(\d+)/(\d+)", value)
        reading.metre = Fraction(int(found.group(1)), int(found.group(2))) if found else Fraction(1)


def _line(reading: _Reading, line: str) -> None:
    place = 0
    while place < len(line):
        found = _ITEM.match(line, place)
        if found is None or found.end() == place:
            raise DataError(f"{line[place:][:12]!r} is no ABC known here.", "Correct the tune.")
        _item(reading, found)
        place = found.end()


def _item(reading: _Reading, found: re.Match[str]) -> None:
    if found["note"]:
        _add(reading, _pitch(reading, found), reading.quarters(found["length"]))
    elif found["chord"]:
        inside = list(_SINGLE.finditer(found["inside"]))
        pitches = [pitch for note in inside if (pitch := _pitch(reading, note)) is not None]
        length = reading.quarters(inside[0]["length"]) * multiple(found["stretch"])
        _add(reading, max(pitches), length)
        reading.tied = "-" in found["inside"]
    elif found["field"]:
        _set(reading, found["field"], found["value"])
    elif found["ending"] or found["bar"]:
        _bar(reading, found)
    elif found["tuplet"]:
        count = int(found["tuplet"])
        within = _TUPLETS.get(count, 3 if reading.metre.numerator % 3 == 0 else 2)
        reading.tuplet = [Fraction(within, count)] * count
    elif found["tie"]:
        reading.tied = True


def _pitch(reading: _Reading, note: re.Match[str]) -> int | None:
    """Return the MIDI number of a note; an accidental holds to the end of its bar, in its octave."""
    letter, octave = note["letter"], note["octave"]
    if letter in "zx":
        return None
    place = (letter, octave)
    if note["accidental"]:
        reading.bar[place] = {"^": 1, "_": -1, "=": 0}[note["accidental"][0]] * len(note["accidental"])
    shift = reading.bar.get(place, reading.key.get(letter.upper(), 0))
    height = 60 + 12 * letter.islower() + 12 * (octave.count("'") - octave.count(","))
    return height + _STEPS[letter.upper()] + shift


def _add(reading: _Reading, pitch: int | None, length: Fraction) -> None:
    if reading.tied and reading.section and reading.section[-1][0] == pitch:
        reading.section[-1] = (pitch, reading.section[-1][1] + length)
    else:
        reading.section.append((pitch, length))
    reading.tied = False


def _bar(reading: _Reading, found: re.Match[str]) -> None:
    """Begin a new bar; a repeat sign plays the section again, a double bar or another repeat begins a new one."""
    sign, number = found["bar"] or found["ending"], found["number"]
    reading.bar = {}
    if ":|" in sign or "::" in sign:
        reading.end_section(again=True)
    elif "|:" in sign or "||" in sign or "]" in sign:
        reading.end_section()
    if number == "1":
        reading.common = len(reading.section)
