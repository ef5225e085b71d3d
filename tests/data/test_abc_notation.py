"""ABC tunes: pitches, keys, accidentals, lengths, tuplets, ties, repeats and endings, against notes written by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest

from seqgan.data.abc_notation import multiple, read_tune, signature, tune_blocks
from seqgan.errors import DataError

C, D, E, F, G, A, B = 60, 62, 64, 65, 67, 69, 71


def read(body, head="M:4/4\nL:1/4\nK:C"):
    return read_tune(f"X:1\nT:Invented\n{head}\n{body}\n")


def pitches(body, head="M:4/4\nL:1/4\nK:C"):
    return [pitch for pitch, _ in read(body, head)]


def lengths(body, head="M:4/4\nL:1/4\nK:C"):
    return [length for _, length in read(body, head)]


def test_letters_and_octaves_are_midi_numbers():
    assert pitches("C, C c c' A,B") == [48, 60, 72, 84, 57, 71]


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("C", {}),
        ("G", {"F": 1}),
        ("D", {"F": 1, "C": 1}),
        ("Bb", {"B": -1, "E": -1}),
        ("Am", {}),
        ("Em", {"F": 1}),
        ("Gm", {"B": -1, "E": -1}),
        ("F#m", {"F": 1, "C": 1, "G": 1}),
        ("A mixolydian", {"F": 1, "C": 1}),
        ("Edor", {"F": 1, "C": 1}),
        ("Amin", {}),
        ("none", {}),
    ],
)
def test_a_key_raises_and_lowers_its_letters(key, expected):
    assert signature(key) == expected


def test_an_accidental_holds_to_the_end_of_the_bar_and_in_its_octave():
    assert pitches("^C C c|C", "L:1/4\nK:C") == [61, 61, 72, 60]
    assert pitches("F =F ^^F _f F|F", "L:1/4\nK:D") == [66, 65, 67, 76, 67, 66]


def test_the_key_changes_inside_a_tune():
    assert pitches("F\nK:G\nF [K:C] F") == [65, 66, 65]


@pytest.mark.parametrize(
    ("text", "value"),
    [("", 1), ("2", 2), ("/", 0.5), ("/2", 0.5), ("//", 0.25), ("3/2", 1.5), ("3/", 1.5), ("/4", 0.25)],
)
def test_written_lengths(text, value):
    assert multiple(text) == Fraction(value)


def test_the_unit_comes_from_its_field_or_from_the_metre():
    assert lengths("C", "M:4/4\nK:C") == [Fraction(1, 2)]
    assert lengths("C", "M:2/4\nK:C") == [Fraction(1, 4)]
    assert lengths("C2", "M:2/4\nL:1/8\nK:C") == [1]


def test_a_triplet_lasts_as_long_as_two_and_ends_after_three():
    assert lengths("(3CDE F") == [Fraction(2, 3)] * 3 + [1]


def test_tied_notes_are_one_and_equal_notes_are_two():
    assert read("C-C C2-|C D-E") == [(C, 2), (C, 3), (D, 1), (E, 1)]


def test_of_notes_that_sound_together_the_highest_is_kept():
    assert read("[CEG]2 [c2E2] z") == [(G, 2), (72, 2), (None, 1)]
    assert read("[C-E-][CE]") == [(E, 2)]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("C|D", "CD"),
        ("|:C|D:|", "CDCD"),
        ("C|D:|E|F", "CDCDEF"),
        ("|:C:|:D:|", "CCDD"),
        ("|:C::D:|", "CCDD"),
        ("C||D:|", "CDD"),
        ("|:C|[1D:|[2E||F", "CDCEF"),
        ("|:C|1 D:|2 E|]F", "CDCEF"),
        ("|:C| [1 D:| [2 E||\nP:B\n|:F:|", "CDCEFF"),
        ("C:|\nP:B\nD|E:|", "CCDEDE"),
        ("|[CE]G|", "EG"),
    ],
)
def test_repeats_are_played_out_with_their_endings(body, expected):
    assert pitches(body) == [{"C": C, "D": D, "E": E, "F": F, "G": G, "A": A, "B": B}[letter] for letter in expected]


def test_chord_symbols_decorations_grace_notes_and_comments_make_no_sound():
    assert pitches('"Am7/c"C {de}D !trill!E ~F (G A) B\\ % "C"c') == [C, D, E, F, G, A, B]


def test_the_tunes_of_a_file_come_one_by_one_with_their_titles():
    text = "% a book\nX:1\nT:One\nK:C\nC|\n\n\nX: 2\nT: Two \nK:G\nF|\n"
    found = [(title, [pitch for pitch, _ in read_tune(block)]) for title, block in tune_blocks(text)]
    assert found == [("One", [60]), ("Two", [66])]


def test_what_is_no_abc_is_refused():
    with pytest.raises(DataError, match="is no ABC"):
        read("C D [E F")
