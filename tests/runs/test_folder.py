"""The run folder: files, the lock, what a killed process leaves behind."""

from __future__ import annotations

import pytest

from seqgan.errors import RunError
from seqgan.runs.folder import RunFolder, check_new, created, opened


def test_a_new_folder_holds_the_resolved_settings(tmp_path, toy):
    experiment = toy("seed=5")
    with created(tmp_path / "a" / "b", experiment) as folder:
        assert folder.experiment().as_dict() == experiment.as_dict()


def test_the_lock_keeps_others_out_until_it_is_released(tmp_path, toy):
    with created(tmp_path / "run", toy()), pytest.raises(RunError, match="Another process"):
        opened(tmp_path / "run").__enter__()
    with opened(tmp_path / "run") as folder:
        assert folder.path == tmp_path / "run"


def test_what_a_killed_process_leaves_is_no_obstacle_and_is_swept(tmp_path, toy):
    run = tmp_path / "run"
    (run / "checkpoint").mkdir(parents=True)
    (run / ".lock").touch()
    (run / ".config.toml.77.part").write_text("half")
    (run / "checkpoint").rmdir()
    with created(run, toy()):
        pass
    (run / "samples").mkdir()
    (run / "samples" / ".mle_best.txt.77.part").write_text("half")
    with opened(run):
        assert [p for p in run.rglob("*") if p.name.endswith(".part")] == []


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "run").write_text("mine")
    with pytest.raises(RunError, match="not empty"):
        check_new(tmp_path / "run")
    with pytest.raises(RunError, match="no run folder"):
        opened(tmp_path / "run").__enter__()


def test_samples_are_one_line_each(tmp_path):
    folder = RunFolder(tmp_path)
    folder.write_samples("mle", ["one", "two\nlines", "čtyři", ""])
    assert (tmp_path / "samples" / "mle.txt").read_text("utf-8") == "one\ntwo lines\nčtyři\n\n"


def test_an_unreadable_environment_counts_as_none(tmp_path):
    folder = RunFolder(tmp_path)
    assert folder.read_environment() == {}
    folder.environment.write_text("{")
    assert folder.read_environment() == {}
    folder.write_environment({"a": 1})
    assert folder.read_environment() == {"a": 1}


def test_a_place_that_cannot_be_written_is_an_error_with_a_remedy(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(RunError, match="Make room"):
        RunFolder(tmp_path / "file").write_environment({})
