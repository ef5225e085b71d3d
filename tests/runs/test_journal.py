"""The journal: lines as promised, cut back at resume, readable after a kill."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch

from seqgan.errors import RunError
from seqgan.runs.journal import Journal, plain, read


def test_a_line_begins_with_event_phase_step_and_ends_with_times(tmp_path):
    log = Journal(tmp_path / "j")
    log.write("mle", "pretrain", 3, {"loss": torch.tensor(1.5), "text": "žluť\n"}, 2.34567)
    log.close()
    line = (tmp_path / "j").read_text("utf-8")
    assert line.count("\n") == 1
    event = json.loads(line)
    assert list(event) == ["event", "phase", "step", "loss", "text", "seconds", "time"]
    assert (event["loss"], event["text"], event["seconds"]) == (1.5, "žluť\n", 2.346)


def test_every_number_is_written_so_that_it_reads_back_exactly(tmp_path):
    values = [0.1, 1 / 3, 5e-324, 1.7976931348623157e308, -0.0]
    log = Journal(tmp_path / "j")
    log.write("e", "p", 0, {"v": values}, 0)
    assert next(read(tmp_path / "j"))["v"] == values


def test_nan_and_infinity_become_null_so_that_every_reader_can_read():
    assert plain({"a": float("nan"), 1: [float("inf"), np.float32(2)], "t": (torch.ones(2), None, True)}) == {
        "a": None,
        "1": [None, 2.0],
        "t": [[1.0, 1.0], None, True],
    }


def test_reopening_keeps_only_what_the_checkpoint_knew(tmp_path):
    log = Journal(tmp_path / "j")
    log.write("one", "p", 1, {}, 0)
    known = log.length
    log.write("two", "p", 2, {}, 0)
    log.close()
    with (tmp_path / "j").open("ab") as unfinished:
        unfinished.write(b'{"event": "hal')
    again = Journal(tmp_path / "j", known)
    again.write("three", "p", 3, {}, 0)
    assert [event["event"] for event in read(tmp_path / "j")] == ["one", "three"]
    assert again.length == (tmp_path / "j").stat().st_size


def test_an_unfinished_last_line_is_skipped_by_readers(tmp_path):
    (tmp_path / "j").write_text('{"event": "one"}\n{"event": "tw')
    assert [event["event"] for event in read(tmp_path / "j")] == ["one"]


def test_a_journal_that_lost_lines_is_refused(tmp_path):
    (tmp_path / "j").write_text("{}\n")
    with pytest.raises(RunError, match="shorter than its checkpoint"):
        Journal(tmp_path / "j", 100)
