"""What is saved beside a checkpoint: a disk that refuses it takes nothing else away."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest

from runs.rig import Impatient, journal, results
from seqgan.progress import Progress
from seqgan.runs.model import SO_FAR, load_model
from seqgan.runs.session import Session
from seqgan.runs.signals import Interrupted
from seqgan.runs.train import resume, train

QUIET = Progress(quiet=True)


def obstruct(folder: Path) -> Path:
    """Put a folder with a file in it where the model of the last checkpoint would be: nobody can write that."""
    folder.mkdir(exist_ok=True)
    (folder / "mine").touch()
    return folder


def test_a_run_without_the_model_of_its_checkpoints_ends_as_any_other(tmp_path, toy):
    whole, run, heard = train(toy(), tmp_path / "whole", QUIET), tmp_path / "run", io.StringIO()
    with pytest.raises(Interrupted):
        train(toy("run.checkpoint_minutes=0"), run, Impatient(quiet=True))
    (run / SO_FAR).unlink()
    obstruct(run / SO_FAR)
    resume(run, Progress(stream=heard))
    assert len(list((run / "checkpoint").glob("*.safetensors"))) == 2
    assert heard.getvalue().count("warning:") == 1
    assert f"{SO_FAR} could not be written (Is a directory). The checkpoint was" in heard.getvalue()
    assert journal(run) == journal(whole)
    assert "so_far" not in load_model(run).about
    (run / SO_FAR).rename(tmp_path / "aside")
    assert results(run) == results(whole)


def test_the_model_is_tried_again_with_every_checkpoint(begin: Callable[..., Session], tmp_path, monkeypatch):
    session, said = begin(), []
    monkeypatch.setattr(session, "say", said.append)
    (tmp_path / SO_FAR).unlink()
    for _ in range(2):
        aside = obstruct(tmp_path / SO_FAR)
        assert session.saver.save()
        assert session.saver.save()
        (aside / "mine").unlink()
        aside.rmdir()
        assert session.saver.save()
        assert "so_far" in load_model(tmp_path).about
        (tmp_path / SO_FAR).unlink()
    assert [text.partition(" (")[0] for text in said] == [f"warning: {SO_FAR} could not be written"] * 2
    assert not list(tmp_path.glob(".*.part"))


def test_the_end_of_a_stage_is_saved_and_a_step_within_it_is_not(begin: Callable[..., Session], monkeypatch):
    session, saved = begin(), []
    assert session.experiment.run.checkpoint_minutes > 0
    monkeypatch.setattr(session.saver, "save", lambda: saved.append(session.positions.place()))
    for _ in session.phase("short", 3):
        pass
    assert not saved, "less than the seconds that are worth a checkpoint"
    monkeypatch.setattr("seqgan.runs.saving.STAGE", 0.0)
    for _ in session.phase("long", 3):
        for _ in session.phase("inner", 2):
            pass
    assert saved == [("long", 3)]
