"""``seqgan sample``: strings, one a line, the same ones for the same seed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

import seqgan as seqgan_package
from cli import files
from cli.command import seqgan
from seqgan.cli._output import one_line
from seqgan.cli.sample import note_empty
from seqgan.runs import checkpoint


def test_strings_stand_one_a_line_and_a_seed_repeats_them(run_folder: Path) -> None:
    first = seqgan("sample", run_folder, "-n", 7, "--seed", 3)
    assert first.code == 0
    assert len(first.out.splitlines()) == 7
    assert first.err == ""
    assert seqgan("sample", run_folder, "-n", 7, "--seed", 3).out == first.out
    assert seqgan("sample", run_folder, "-n", 7, "--seed", 4).out != first.out


def test_a_model_file_alone_gives_the_same_strings(run_folder: Path, tmp_path: Path) -> None:
    model = tmp_path / "somewhere.safetensors"
    model.write_bytes((run_folder / "model.safetensors").read_bytes())
    assert seqgan("sample", model, "--seed", 3).out == seqgan("sample", run_folder, "--seed", 3).out


def test_a_prefix_begins_every_string(run_folder: Path) -> None:
    lines = seqgan("sample", run_folder, "-n", 5, "--prefix", "a dog").out.splitlines()
    assert len(lines) == 5
    assert all(line.startswith("a dog") for line in lines)


def test_a_low_temperature_and_the_likeliest_token_take_the_choice_away(run_folder: Path) -> None:
    for options in (["--temperature", 0], ["--top-k", 1], ["--top-p", 0.0001]):
        assert len(set(seqgan("sample", run_folder, "-n", 4, *options).out.splitlines())) == 1


def test_out_writes_a_file_and_json_a_list(run_folder: Path, tmp_path: Path) -> None:
    printed = seqgan("sample", run_folder, "-n", 4, "--seed", 1).out
    out = tmp_path / "drawn.txt"
    said = seqgan("sample", run_folder, "-n", 4, "--seed", 1, "--out", out)
    assert said.out == ""
    assert "4 strings" in said.err
    assert out.read_text(encoding="utf-8") == printed
    assert json.loads(seqgan("sample", run_folder, "-n", 4, "--seed", 1, "--json").out) == printed.splitlines()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["-n", "0"], "'-n'"),
        (["--temperature", "-1"], "temperature"),
        (["--top-p", "1.5"], "top_p"),
        (["--prefix", "zebrafish"], "zebrafish"),
        (["--seed", "99999999999999999999999"], "seed must be from 0"),
    ],
)
def test_what_cannot_be_sampled_is_said(options: list[str], words: str, run_folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "drawn.txt"
    said = seqgan("sample", run_folder, *options, "--out", out)
    assert said.code == 2
    assert words in said.err
    assert not out.exists()


def test_json_and_a_file_together_write_json(run_folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "drawn.json"
    for _ in range(2):  # an earlier result may be replaced
        said = seqgan("sample", run_folder, "-n", 4, "--seed", 1, "--out", out, "--json")
        assert (said.code, said.out) == (0, "")
        assert len(json.loads(out.read_text(encoding="utf-8"))) == 4


@pytest.fixture(scope="module")
def copied(run_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the run, for the tests that try to destroy it."""
    return Path(shutil.copytree(run_folder, tmp_path_factory.mktemp("copied") / "run"))


@pytest.mark.parametrize(
    ("out", "words"),
    [
        ("run/config.toml", "a file that a run keeps"),
        ("run/journal.jsonl", "a file that a run keeps"),
        ("run/data.json", "a file that a run keeps"),
        ("run/sweep/points.jsonl", "a file that a run keeps"),
        ("run/report.html", "a file that a run keeps"),
        ("run/samples/last.txt", "a file that a run keeps"),
        ("run/samples/new.txt", "a file that a run keeps"),
        ("run/model.safetensors", "the name of a model"),
        ("new.safetensors", "the name of a model"),
        ("run", "is a folder. Name a file in it"),
        ("notes.md", "exists and holds no text"),
        ("picture.txt", "exists and holds no text"),
        ("absent/drawn.txt", "no folder"),
    ],
)
def test_nothing_but_samples_is_overwritten(out: str, words: str, copied: Path) -> None:
    (copied.parent / "notes.md").write_text("# My notes\n")
    (copied / "sweep").mkdir(exist_ok=True)
    (copied.parent / "picture.txt").write_bytes(b"\x89PNG\x00\x00")
    before = {path: path.read_bytes() for path in copied.parent.rglob("*") if path.is_file()}
    said = seqgan("sample", copied, "--out", copied.parent / out)
    assert said.code == 2
    assert words in said.err
    assert {path: path.read_bytes() for path in copied.parent.rglob("*") if path.is_file()} == before


def test_strings_may_lie_beside_a_run_and_replace_earlier_ones_but_not_what_it_learned_from(copied: Path) -> None:
    for _ in range(2):
        assert seqgan("sample", copied, "-n", 3, "--out", copied / "mine.txt").code == 0
    assert len((copied / "mine.txt").read_text().splitlines()) == 3
    data = files.write(copied.parent / "own.txt", files.captions())
    (copied / "config.toml").write_text(f'[task]\nname = "file"\npath = "{data}"\n')
    said = seqgan("sample", copied, "--out", data)
    assert said.code == 2
    assert "learned from: it is not overwritten" in said.err
    assert len(data.read_text().splitlines()) == 120


def test_every_string_that_a_model_draws_has_a_probability_under_it(run_folder: Path) -> None:
    model = seqgan_package.load(run_folder)
    strings = model.sample(200, seed=5)
    assert max(len(string.split()) for string in strings) == model.max_len - 1, "none was cut: nothing is tested"
    assert bool(model.log_prob(strings).isfinite().all())


def test_no_sample_anywhere_is_longer_than_max_len(tmp_path: Path) -> None:
    data = files.write(tmp_path / "lines.txt", files.captions())
    run = tmp_path / "run"
    (tmp_path / "judge.py").write_text(
        "def short(rows):\n    assert max(len(row.split()) for row in rows) <= 6, rows\n    return [1.0] * len(rows)\n"
    )
    own = {"reward__name": "function", "reward__target": f"{tmp_path / 'judge.py'}:short", "reward__on_error": "stop"}
    tokens = ["--tokenizer", "whitespace", "--max-len", 6]
    said = seqgan("train", data, *tokens, "--out", run, *files.flags(**own, algorithm__pretrain_epochs=0))
    assert said.code == 0, said.err
    drawn = [*(run / "samples").glob("last.txt"), *(run / "samples").glob("adversarial*.txt")]
    assert drawn
    for path in drawn:
        assert max(len(line.split()) for line in path.read_text().splitlines()) == 6
    assert max(len(line.split()) for line in seqgan("sample", run, "-n", 50, "--seed", 1).out.splitlines()) == 6


def test_empty_strings_stay_as_lines_and_are_counted_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    note_empty(["a", "", "b", ""])
    note_empty(["", "a"])
    note_empty(["a"])
    assert capsys.readouterr().err == (
        "note: 2 of 4 strings are empty, a blank line: the model ended at once\n"
        "note: 1 of 2 strings is empty, a blank line: the model ended at once\n"
    )


def test_a_model_that_always_ends_at_once_gives_blank_lines_and_a_note(run_folder: Path, tmp_path: Path) -> None:
    weights, facts = checkpoint.read(run_folder / "model.safetensors")
    end = facts["vocab"]["tokens"].index("<end>")
    weights["head.bias"][end] = 1e4
    checkpoint.write(tmp_path / "ends.safetensors", weights, facts)
    said = seqgan("sample", tmp_path / "ends.safetensors", "-n", 3)
    assert said.out == "\n\n\n"
    assert said.err.startswith("note: 3 of 3 strings are empty")


def test_a_damaged_model_is_refused(run_folder: Path, tmp_path: Path) -> None:
    data = bytearray((run_folder / "model.safetensors").read_bytes())
    data[-5] ^= 1
    (tmp_path / "model.safetensors").write_bytes(data)
    said = seqgan("sample", tmp_path / "model.safetensors")
    assert said.code == 2
    assert "damaged" in said.err


def test_a_string_never_breaks_its_line() -> None:
    assert one_line("a\nb\r\x1b[31m c") == "a\\nb\\r\\x1b[31m c"
    assert one_line("Bär 猫\u2028x") == "Bär 猫\\u2028x"
    assert one_line("a\tb") == "a\tb"


def test_strings_for_a_folder_that_is_not_there(run_folder: Path, tmp_path: Path) -> None:
    said = seqgan("sample", run_folder, "--out", tmp_path / "absent" / "strings.txt")
    assert said.code == 2
    assert f"There is no folder {tmp_path / 'absent'} to write strings.txt into. Make it" in said.err
    assert list(tmp_path.iterdir()) == []


def test_captions_are_no_music(run_folder: Path, tmp_path: Path) -> None:
    found = seqgan("sample", run_folder, "--midi", tmp_path / "music")
    assert found.code == 2
    assert "is no key of a piano" in found.err
    assert not (tmp_path / "music").exists()
