"""Verified files: mirror, cache, download from an address, wrong hashes, interruptions."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from seqgan import registry
from seqgan.data.source import RemoteFile, Source, cache_folder, fetch, git_blob
from seqgan.errors import DataError

CONTENT = b"a caption\nanother\n" * 9_000
SHA256 = hashlib.sha256(CONTENT).hexdigest()
# As `git hash-object` prints it for the six bytes "hello\n".
HELLO_BLOB = "ce013625030ba8dba906f756967f9e9ca394464a"


@pytest.fixture
def served(tmp_path):
    """A file behind an address that needs no network."""
    path = tmp_path / "upstream" / "file.txt"
    path.parent.mkdir()
    path.write_bytes(CONTENT)
    return RemoteFile("set/file.txt", "set", path.as_uri(), "free", sha256=SHA256)


def left(folder):
    return [str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()]


def test_download_verifies_reports_and_keeps(tmp_path, served):
    source, seen = Source(None, tmp_path / "cache"), []
    (path,) = fetch([served], source, lambda *step: seen.append(step))
    assert path.read_bytes() == CONTENT
    assert source.path(served) == path
    assert left(tmp_path / "cache") == ["set/file.txt"]
    assert seen[-1] == ("set/file.txt", len(CONTENT), len(CONTENT))
    assert [done for _, done, _ in seen] == sorted(done for _, done, _ in seen)
    seen.clear()
    assert fetch([served], source, lambda *step: seen.append(step)) == [path]
    assert not seen


@pytest.mark.parametrize("known", [{"sha256": "0" * 64}, {"sha256": "", "git_blob": "0" * 40}])
def test_a_wrong_hash_is_an_error_and_nothing_is_kept(tmp_path, served, known):
    wrong = replace(served, **known)
    with pytest.raises(DataError, match=r"is not the genuine set/file\.txt"):
        fetch([wrong], Source(None, tmp_path / "cache"))
    assert left(tmp_path / "cache") == []


def test_a_damaged_file_in_the_cache_is_refused_then_replaced(tmp_path, served):
    source = Source(None, tmp_path / "cache")
    (path,) = fetch([served], source)
    path.write_bytes(CONTENT[:-1])
    with pytest.raises(DataError, match=r"is not the genuine"):
        source.path(served)
    fetch([served], source)
    assert source.path(served).read_bytes() == CONTENT


def test_a_failed_download_leaves_what_was_there(tmp_path, served):
    gone = replace(served, address=(tmp_path / "nowhere").as_uri())
    with pytest.raises(DataError, match=r"cannot be downloaded.*SEQGAN_MIRROR"):
        fetch([gone], Source(None, tmp_path / "cache"))
    assert left(tmp_path / "cache") == []


def test_an_interrupted_download_leaves_nothing(tmp_path, served):
    def stop(name, done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch([served], Source(None, tmp_path / "cache"), stop)
    assert left(tmp_path / "cache") == []


def test_the_mirror_comes_first_and_is_verified(tmp_path, served):
    mirror = tmp_path / "mirror"
    (mirror / "set").mkdir(parents=True)
    (mirror / "set" / "file.txt").write_bytes(CONTENT)
    source = Source(mirror, tmp_path / "cache")
    unreachable = replace(served, address="file:///nowhere/at/all")
    assert source.path(unreachable) == mirror / "set" / "file.txt"
    (path,) = fetch([unreachable], source)
    assert path == tmp_path / "cache" / "set" / "file.txt"
    (mirror / "set" / "file.txt").write_bytes(b"something else")
    with pytest.raises(DataError, match="genuine"):
        source.path(unreachable)


def test_nothing_is_downloaded_silently(tmp_path, served):
    with pytest.raises(DataError, match="seqgan fetch set"):
        Source(None, tmp_path / "cache").path(served)
    assert not (tmp_path / "cache").exists()


def test_a_mirror_that_is_no_folder_is_told_only_where_a_file_is_needed(tmp_path, served):
    source = Source(tmp_path / "absent", tmp_path / "cache")
    assert fetch([], source) == []
    with pytest.raises(DataError, match=r"absent is no folder. Correct SEQGAN_MIRROR"):
        source.path(served)
    with pytest.raises(DataError, match="is no folder"):
        fetch([served], source)


def test_git_names_contents_the_same_way(tmp_path):
    (tmp_path / "hello").write_bytes(b"hello\n")
    assert git_blob(tmp_path / "hello") == HELLO_BLOB


def test_folders_follow_the_variables(tmp_path, monkeypatch):
    monkeypatch.setenv("SEQGAN_DATA", str(tmp_path / "mine"))
    monkeypatch.setenv("SEQGAN_MIRROR", str(tmp_path))
    source = Source.default()
    assert (source.cache, source.mirror) == (tmp_path / "mine", tmp_path)
    assert Source.default(tmp_path / "..").mirror == tmp_path / ".."
    monkeypatch.setenv("SEQGAN_MIRROR", str(tmp_path / "absent"))
    assert Source.default().mirror == tmp_path / "absent"
    monkeypatch.delenv("SEQGAN_DATA")
    assert cache_folder().name == "seqgan"


@pytest.mark.parametrize("task", ["coco", "coco_leakgan", "emnlp", "emnlp_10k", "obama", "oracle_lstm", "poems"])
def test_every_published_file_says_where_it_comes_from(task):
    files = registry.load("tasks", task).FILES
    assert files
    for file in files:
        assert file.task == task
        assert file.address.startswith("https://") or file.name == "coco_leakgan/test.txt"
        assert file.licence
        assert bool(len(file.sha256) == 64) != bool(len(file.git_blob) == 40)
