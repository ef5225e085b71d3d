"""Checkpoint files: everything comes back equal, everything else is noticed."""

from __future__ import annotations

import time

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from seqgan.errors import CheckpointError
from seqgan.runs import checkpoint
from seqgan.runs.checkpoint import Checkpoints, pack, unpack

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: (
        st.lists(inner)
        | st.lists(inner).map(tuple)
        | st.dictionaries(st.text(), inner)
        | st.dictionaries(st.integers(), inner)
    ),
    max_leaves=20,
)


@given(plain)
def test_plain_data_come_back_equal_and_of_the_same_type(tmp_path_factory, value):
    path = tmp_path_factory.getbasetemp() / "plain.safetensors"
    checkpoint.write(path, *pack(value))
    back = unpack(*checkpoint.read(path))
    assert back == value
    assert repr(back) == repr(value)  # 1 is not 1.0 is not True, a tuple is no list


def test_tensors_come_back_equal(tmp_path):
    base = torch.arange(12.0)
    state = {
        "half": torch.tensor([1.5, -0.0], dtype=torch.bfloat16),
        "bits": torch.tensor([True, False]),
        "empty": (torch.empty(0, 3), torch.empty(0, dtype=torch.int64)),
        "scalar": torch.tensor(3),
        "views": [base[2:5], base.view(3, 4).T, base, base[::2]],
        "special": torch.tensor([float("nan"), float("inf")]),
        "$": {"$": 1},
        3: "a key that is a number",
    }
    checkpoint.write(tmp_path / "c", *pack(state))
    back = unpack(*checkpoint.read(tmp_path / "c"))
    assert back["half"].dtype == torch.bfloat16
    assert torch.equal(back["half"], state["half"])
    assert torch.equal(back["bits"], state["bits"])
    assert [tuple(t.shape) for t in back["empty"]] == [(0, 3), (0,)]
    assert back["empty"][1].dtype == torch.int64
    assert back["scalar"].shape == ()
    assert all(torch.equal(a, b) for a, b in zip(back["views"], state["views"], strict=True))
    assert torch.equal(back["special"], state["special"]) or back["special"].isnan()[0]
    assert back["$"] == {"$": 1}
    assert back[3] == state[3]


def test_a_tensor_that_occurs_twice_is_stored_once(tmp_path):
    weights = torch.randn(50_000)
    checkpoint.write(tmp_path / "c", *pack({"a": weights, "b": weights}))
    assert (tmp_path / "c").stat().st_size < 250_000


def test_what_is_no_plain_data_is_refused():
    with pytest.raises(CheckpointError, match="type set cannot be saved"):
        pack({"a": {1, 2}})


def test_every_single_changed_byte_is_noticed(tmp_path):
    path = tmp_path / "c"
    checkpoint.write(path, *pack({"a": torch.arange(3.0), "b": "text"}))
    data = path.read_bytes()
    for place in range(len(data)):
        path.write_bytes(data[:place] + bytes([data[place] ^ 0x20]) + data[place + 1 :])
        try:
            back = checkpoint.read(path)
        except CheckpointError:
            continue
        assert torch.equal(unpack(*back)["a"], torch.arange(3.0)), place  # white space of the header
        assert unpack(*back)["b"] == "text"


def test_every_length_that_is_cut_is_noticed(tmp_path):
    path = tmp_path / "c"
    checkpoint.write(path, *pack({"a": torch.arange(3.0), "b": "text"}))
    data = path.read_bytes()
    for length in range(len(data)):
        path.write_bytes(data[:length])
        with pytest.raises(CheckpointError, match="damaged"):
            checkpoint.read(path)


def test_files_with_the_same_content_have_the_same_bytes(tmp_path):
    for name in ("a", "b"):
        checkpoint.write(tmp_path / name, *pack({"x": torch.arange(4), "y": torch.ones(2), "z": {"k": "v"}}))
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_old_checkpoints_go_and_the_newest_is_loaded(tmp_path):
    files = Checkpoints(tmp_path / "c", keep=2)
    assert files.load(print) is None
    for number in range(4):
        files.save({"number": number})
    assert [path.name for path in files.files()] == ["checkpoint-000004.safetensors", "checkpoint-000003.safetensors"]
    loaded = files.load(print)
    assert loaded is not None
    assert loaded[0] == {"number": 3}


def test_the_newest_has_the_largest_number_however_it_is_written(tmp_path):
    for name in ("000002", "999999", "1000000", "mine"):
        (tmp_path / f"checkpoint-{name}.safetensors").write_bytes(b"")
    saved = Checkpoints(tmp_path, 3).save({"step": 1})
    assert saved.name == "checkpoint-1000001.safetensors"
    assert sorted(path.stem for path in tmp_path.iterdir()) == [
        "checkpoint-1000000", "checkpoint-1000001", "checkpoint-999999", "checkpoint-mine",
    ]  # fmt: skip


def test_after_a_damaged_checkpoint_the_next_one_is_the_newest(tmp_path):
    files, said = Checkpoints(tmp_path, keep=3), []
    for number in range(3):
        files.save({"number": number})
    files.files()[0].write_bytes(b"nonsense")
    loaded = files.load(said.append)
    assert loaded is not None
    assert loaded[0] == {"number": 1}
    assert len(said) == 1
    files.save({"number": 9})
    again = files.load(said.append)
    assert again is not None
    assert again[0] == {"number": 9}
    assert len(said) == 1


@pytest.mark.parametrize(
    ("how", "says"), [("loop", "cannot be read"), ("folder", "cannot be read"), ("away", "no file")]
)
def test_a_checkpoint_that_cannot_be_read_just_now_is_no_damage_and_stays(tmp_path, how, says):
    """The three stand for what an ordinary test cannot do to a disk: each makes opening the file fail."""
    files, aside = Checkpoints(tmp_path, keep=3), tmp_path / "aside"
    files.save({"number": 0})
    newest = files.save({"number": 1})
    newest.rename(aside)
    newest.mkdir() if how == "folder" else newest.symlink_to(newest if how == "loop" else tmp_path / "disk")
    names = sorted(path.name for path in tmp_path.iterdir())
    with pytest.raises(CheckpointError, match=says):
        files.load(pytest.fail)
    assert sorted(path.name for path in tmp_path.iterdir()) == names
    newest.rmdir() if how == "folder" else newest.unlink()
    aside.rename(newest)
    loaded = files.load(pytest.fail)
    assert loaded is not None
    assert loaded[0] == {"number": 1}


@pytest.mark.parametrize("how", ["link", "file"])
def test_a_folder_that_shows_no_names_is_not_taken_for_an_empty_one(tmp_path, how):
    """A run without any checkpoint begins anew, and its journal with it."""
    folder = tmp_path / "checkpoint"
    folder.symlink_to(tmp_path / "disk") if how == "link" else folder.touch()
    with pytest.raises(CheckpointError, match="cannot be read"):
        Checkpoints(folder, keep=2).load(pytest.fail)


def test_a_failed_write_leaves_nothing(tmp_path):
    target = tmp_path / "taken"
    target.mkdir()
    (target / "inside").touch()
    with pytest.raises(OSError):  # noqa: PT011, the system's own words
        checkpoint.replace(target, b"data")
    assert [p.name for p in tmp_path.iterdir()] == ["taken"]


@pytest.mark.slow
def test_a_hundred_megabytes_are_saved_within_two_seconds(tmp_path):
    state = {str(n): torch.randn(250_000) for n in range(100)}
    files = Checkpoints(tmp_path, keep=2)
    begun = time.perf_counter()
    files.save(state)
    assert time.perf_counter() - begun < 2.0
