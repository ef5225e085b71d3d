"""Melodies as piano keys: sampled in time, written as MIDI and read back; ABC and MIDI of real tunes agree."""

from __future__ import annotations

import re
import sys
import tarfile
from fractions import Fraction

import mido
import pytest

from seqgan.data import music
from seqgan.data.abc_notation import read_tune, tune_blocks
from seqgan.data.music import read_midi, sampled, write_melodies, write_midi
from seqgan.data.source import Source
from seqgan.errors import DataError, MissingExtraError
from seqgan.tasks import nottingham

STEP = Fraction(2, 5)


def test_a_melody_is_sampled_from_its_first_note_on():
    """At 120 quarter notes a minute a quarter lasts 0.5 s: times 0, 0.4, 0.8, 1.2 fall on notes 1, 1, 2, 3."""
    quarters = [(None, Fraction(4)), (60, Fraction(1)), (62, Fraction(1)), (64, Fraction(1))]
    assert sampled(quarters, STEP) == [39, 39, 41, 43]


def test_in_a_rest_the_last_note_goes_on():
    assert sampled([(60, Fraction(1)), (None, Fraction(2)), (62, Fraction(1))], Fraction(1, 2)) == [39, 39, 39, 41]


def test_only_the_keys_of_a_piano_are_keys():
    assert sampled([(21, Fraction(1)), (108, Fraction(1))], Fraction(1, 2)) == [0, 87]
    with pytest.raises(DataError, match="no key of a piano"):
        sampled([(20, Fraction(1))], STEP)


def test_what_is_written_as_midi_reads_back(tmp_path):
    keys = [39, 39, 41, 0, 87, 87, 39]
    write_midi(tmp_path / "m.mid", keys, STEP)
    with (tmp_path / "m.mid").open("rb") as stream:
        assert sampled(read_midi(stream), STEP) == keys
    assert mido.MidiFile(tmp_path / "m.mid").length == pytest.approx(7 * 0.4, abs=0.01)


def test_the_highest_of_notes_that_sound_together_is_read(tmp_path):
    file, track = mido.MidiFile(ticks_per_beat=480), mido.MidiTrack()
    file.tracks.append(track)
    for kind, note, time in (("on", 60, 480), ("on", 67, 480), ("off", 67, 480), ("off", 60, 480)):
        track.append(mido.Message(f"note_{kind}", note=note, velocity=64, time=time))
    file.save(tmp_path / "chord.mid")
    with (tmp_path / "chord.mid").open("rb") as stream:
        assert read_midi(stream) == [(None, 1), (60, 1), (67, 1), (60, 1)]


def test_sampled_strings_become_files(tmp_path):
    paths = write_melodies(tmp_path / "new" / "folder", ["39 39 41", "0 87"])
    assert [path.name for path in paths] == ["melody-1.mid", "melody-2.mid"]
    with paths[1].open("rb") as stream:
        assert sampled(read_midi(stream), STEP) == [0, 87]


@pytest.mark.parametrize("text", ["39 a", "88", "-1", "1.5"])
def test_strings_that_are_no_keys_are_refused_before_anything_is_written(tmp_path, text):
    with pytest.raises(DataError, match="no key of a piano"):
        write_melodies(tmp_path / "out", ["39", text])
    assert not (tmp_path / "out").exists()


def test_without_mido_the_error_names_the_extra(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "mido", None)
    with pytest.raises(MissingExtraError, match=r"pip install -e '\.\[music\]'"):
        music.write_midi(tmp_path / "m.mid", [1], STEP)


@pytest.mark.thorough
def test_the_reader_of_abc_agrees_with_the_midi_of_the_same_tunes(mirror):
    """The MIDI was made by another program, which plays hornpipes twice as fast and ends accidentals with their note.

    Its repeats differ too where a sign is missing, so the first 32 keys are compared, of every twelfth tune.
    """
    source = Source(mirror, mirror)
    blocks = {}
    for file in nottingham.FILES:
        for title, block in tune_blocks(source.path(file).read_text(encoding="utf-8", errors="replace")):
            number = re.match(r"X:\s*(\d+)", block).group(1)
            if not re.search(r"^R:.*ornpipe", block, re.MULTILINE) and title != "Joy of the Dance":
                blocks[f"{file.name.split('/')[-1][:-4]}{number}"] = block
    agreeing = []
    with tarfile.open(source.path(nottingham.MIDI)) as archive:
        for name in sorted(blocks)[::12]:
            notes = read_midi(archive.extractfile(f"MIDI/melody/{name}.mid"))
            agreeing.append(sampled(notes, STEP)[:32] == sampled(read_tune(blocks[name]), STEP)[:32])
    assert len(agreeing) > 75
    assert sum(agreeing) / len(agreeing) > 0.93
