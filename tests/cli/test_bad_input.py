"""Bad input: exit code 2, one message with the cause and the remedy, nothing written."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cli import files
from cli.command import seqgan
from seqgan import api


def _missing(folder: Path) -> list[object]:
    files.write(folder / "captions.txt", files.captions())
    return [folder / "captoins.txt"]


def _empty(folder: Path) -> list[object]:
    return [files.write(folder / "empty.txt", [])]


def _blank(folder: Path) -> list[object]:
    return [files.write(folder / "blank.txt", ["", "  ", ""])]


def _one_line(folder: Path) -> list[object]:
    return [files.write(folder / "one.txt", ["a single line"])]


def _binary(folder: Path) -> list[object]:
    path = folder / "binary.txt"
    path.write_bytes(b"a line\n\x00\x01\x02\xff\n" * 50)
    return [path]


def _encoding(folder: Path) -> list[object]:
    path = folder / "latin.txt"
    path.write_bytes("ein Bär und ein Löwe\n".encode("latin-1") * 50)
    return [path]


def _column(folder: Path) -> list[object]:
    return [files.csv(folder / "own.csv"), "--column", "txet"]


def _field(folder: Path) -> list[object]:
    return [files.jsonl(folder / "own.jsonl"), "--field", "boby"]


def _ids(folder: Path) -> list[object]:
    path = files.ids(folder / "own.ids")
    path.write_text(path.read_text() + "3 -1 4\n")
    return [path]


def _ids_over(folder: Path) -> list[object]:
    return [files.ids(folder / "own.ids"), "--set", "task.vocabulary_size=5"]


def _too_long(folder: Path) -> list[object]:
    return [files.write(folder / "long.txt", files.captions()), "--max-len", "2"]


def _one_token(folder: Path) -> list[object]:
    return [files.write(folder / "same.txt", [" ".join(["a"] * (1 + n % 9)) for n in range(200)])]


def _same_test(folder: Path) -> list[object]:
    path = files.write(folder / "own.txt", files.captions())
    return [path, "--set", f"task.test_path={path}"]


def _folder(folder: Path) -> list[object]:
    (folder / "data").mkdir()
    return [folder / "data"]


CASES = {
    "missing": (_missing, "captoins.txt", "captions.txt"),
    "empty": (_empty, "empty.txt", ""),
    "blank": (_blank, "blank.txt", ""),
    "one line": (_one_line, "one", ""),
    "binary": (_binary, "binary.txt", ""),
    "encoding": (_encoding, "Line 1", "UTF-8"),
    "column": (_column, "txet", "text"),
    "field": (_field, "boby", "body"),
    "negative id": (_ids, "121", "-1"),
    "id out of range": (_ids_over, "Line ", "vocabulary_size"),
    "too long": (_too_long, "max_len=2", "Raise max_len"),
    "one token": (_one_token, "one token", "tokenizer"),
    "test is training": (_same_test, "test", "train"),
    "folder": (_folder, "folder", "one file"),
}


@pytest.mark.parametrize("command", ["train", "data"])
@pytest.mark.parametrize("case", CASES)
def test_a_bad_file_is_one_clear_message_and_nothing_is_written(
    case: str, command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make, cause, remedy = CASES[case]
    arguments = make(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    monkeypatch.chdir(tmp_path)
    said = seqgan(command, *arguments)
    assert said.code == 2, said.err
    assert said.out == ""
    assert said.err.splitlines()[-1].startswith("error: ") or said.err.startswith("error: ")
    assert said.err.count("error: ") == 1
    message = said.err.replace(str(tmp_path), "")  # the folder is called after this test
    assert cause in message
    assert remedy in message
    assert "Traceback" not in said.err
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["oracle_gramar"], ["no task called 'oracle_gramar' and no file", "Did you mean 'oracle_grammar'?"]),
        (["oracle_grammar", "--set", "generator.hiden=3"], ["generator.hiden", "Did you mean 'hidden'?"]),
        (["oracle_grammar", "--set", "generator.hidden=-3"], ["generator.hidden", "-3"]),
        (["oracle_grammar", "--set", "generator.hidden"], ["section.key=value"]),
        (["oracle_grammar", "--set", "generator=gru"], ["generator", "'gru'", "generator.name=gru"]),
        (["oracle_grammar", "--set", "run=3"], ["run", "3", "run.KEY="]),
        (["oracle_grammar", "--algorithm", "seqgn"], ["'seqgn'", "Did you mean 'seqgan'?"]),
        (["oracle_grammar", "--seed", "-1"], ["seed", "-1"]),
        (["oracle_grammar", "--column", "text"], ["task.column", "no such setting"]),
        (["absent.toml"], ["There is no file absent.toml"]),
        (["oracle_grammar", "--set", "run.device=cuda:9"], ["no device 'cuda:9'", "run.device=auto"]),
        (["oracle_grammar", "--set", "discriminator.scale=inf"], ["discriminator.scale", "finite number"]),
        (["oracle_grammar", "--set", "run.checkpoint_minutes=nan"], ["run.checkpoint_minutes", "finite number"]),
        (["oracle_grammar", "--set", "run.threads=99999"], ["run.threads", "1024"]),
        (["oracle_grammar", "--max-len", "many"], ["--max-len", "seqgan train --help"]),
        ([], ["Missing argument", "seqgan train --help"]),
    ],
)
def test_bad_settings_are_one_clear_message_and_nothing_is_written(
    arguments: list[str], words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said = seqgan("train", *arguments)
    assert said.code == 2
    for word in words:
        assert word in said.err
    assert said.out == ""
    assert list(tmp_path.iterdir()) == []


def test_a_file_task_asks_for_no_mirror(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEQGAN_MIRROR", str(tmp_path / "absent"))
    path = files.write(tmp_path / "own.txt", files.captions())
    assert len(api.load_task(api.experiment(path)).train) == 102
    assert "absent is no folder" in seqgan("data", "coco").err


def test_all_faults_are_told_together() -> None:
    said = seqgan("train", "oracle_grammar", "--set", "generator.hiden=3", "--set", "run.dtype=fp8")
    assert "generator.hiden" in said.err
    assert "run.dtype" in said.err


def test_data_that_were_never_fetched_name_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SEQGAN_MIRROR", raising=False)
    monkeypatch.setenv("SEQGAN_DATA", str(tmp_path))
    said = seqgan("data", "coco")
    assert said.code == 2
    assert "seqgan fetch coco" in said.err
    assert "SEQGAN_MIRROR" in said.err


@pytest.mark.parametrize("command", ["resume", "report", "sample", "evaluate"])
def test_a_run_that_is_not_there(command: str, tmp_path: Path) -> None:
    said = seqgan(command, tmp_path / "nowhere")
    assert said.code == 2
    assert "nowhere" in said.err
    assert said.out == ""


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="the superuser may write everywhere")
def test_a_place_that_may_not_be_written(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    said = seqgan("train", "oracle_grammar", "--out", tmp_path / "run", *files.flags(**files.GRAMMAR))
    assert said.code == 2
    assert "cannot be made" in said.err
