"""The commands that only read: show, data, evaluate, report, fetch, doctor."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

import pytest

from cli import files
from cli.command import seqgan
from cli.files import GRAMMAR, flags


def _shown(*arguments: object) -> dict[str, tuple[object, str]]:
    said = seqgan("show", *arguments, "--json")
    assert said.code == 0, said.err
    return {row["setting"]: (row["value"], row["origin"]) for row in json.loads(said.out)}


def test_show_names_the_origin_of_every_setting(tmp_path: Path) -> None:
    experiment = tmp_path / "mine.toml"
    experiment.write_text('seed = 5\n[task]\nname = "oracle_grammar"\n[generator]\nname = "gru"\nhidden = 9\n')
    shown = _shown(experiment, "--set", "algorithm.steps=3")
    assert shown["seed"] == (5, str(experiment))
    assert shown["generator.hidden"] == (9, str(experiment))
    assert shown["algorithm.steps"] == (3, "command line")
    assert shown["run.threads"] == (0, "default")
    lines = seqgan("show", experiment).out.splitlines()
    assert len(lines) == len(shown)
    assert ["generator.hidden", "9", str(experiment)] in [line.split() for line in lines]


def test_show_of_a_run_remembers_where_its_settings_came_from(run_folder: Path) -> None:
    shown = _shown(run_folder)
    assert shown["task.train_rows"] == (GRAMMAR["task__train_rows"], "command line")
    assert shown["generator.dropout"][1] == "default"


def test_every_setting_of_a_task_is_shown_even_where_it_has_no_value(tmp_path: Path) -> None:
    path = files.write(tmp_path / "own.txt", files.captions())
    assert _shown(path)["task.max_len"] == (None, "default")
    assert any(line.split()[:3] == ["task.max_len", "not", "set"] for line in seqgan("show", path).out.splitlines())


def test_data_counts_what_the_file_holds(tmp_path: Path) -> None:
    lines = [*files.captions(), "", files.captions()[0], " ".join(["cat"] * 30)]
    path = files.write(tmp_path / "own.txt", lines)
    said = seqgan("data", path)
    assert said.code == 0, said.err
    for words in (
        "123, of them 1 empty",
        "repeats an earlier one",
        "1 longer ones are left out",
        "Vocabulary growth",
        "Lengths: tokens, sequences",
        "adversarial step",
        "warning: 1 lines are empty",
    ):
        assert words in said.out.replace("repeat an", "repeats an"), words
    facts = json.loads(seqgan("data", path, "--json").out)
    assert (facts["lines"], facts["empty_lines"], facts["duplicates"], facts["too_long"]) == (123, 1, 1, 1)


def test_data_counts_the_cost_with_the_settings_of_the_run(tmp_path: Path) -> None:
    path = files.write(tmp_path / "own.txt", files.captions())
    small = ["--set", "algorithm.steps=2", "--set", "algorithm.pretrain_epochs=3", "--set", "generator.hidden=8"]
    cost = json.loads(seqgan("data", path, *small, "--json").out)["cost"]
    assert (cost["epochs"], cost["steps"]) == (3, 2)
    parts = 3 * cost["epoch_seconds"] + cost["before_seconds"] + 2 * cost["step_seconds"] + cost["measuring_seconds"]
    assert cost["total_seconds"] == pytest.approx(parts)
    assert cost["total_seconds"] > 0
    mle = ["--set", "algorithm.name=mle", "--set", "generator.hidden=256"]
    said = json.loads(seqgan("data", path, *mle, "--json").out)["cost"]
    # Weights of an LSTM of H = 256 and E = 32: four gates of H (E + H + 2), four copies of four bytes each, and more.
    assert said["networks_megabytes"] > 16 * 4 * 256 * (32 + 256 + 2) / 1e6
    assert (said["steps"], said["step_seconds"]) == (0, 0.0)
    assert "in all" in seqgan("data", path, *small).out


def test_data_of_a_task_says_what_it_is() -> None:
    said = seqgan("data", "oracle_grammar")
    assert "10,000 training" in said.out
    facts = json.loads(seqgan("data", "oracle_grammar", "--json").out)
    assert facts["rows"]["training"] == 10_000
    assert facts["vocabulary_sha256"] in said.out


def test_the_tokenizer_decides_what_a_token_is(tmp_path: Path) -> None:
    path = files.write(tmp_path / "own.txt", files.captions())
    words, letters = (json.loads(seqgan("data", path, "--tokenizer", t, "--json").out) for t in ("word", "char"))
    assert letters["tokens"] > 3 * words["tokens"]


def test_evaluate_scores_a_run_the_same_for_the_same_seed(run_folder: Path) -> None:
    said = seqgan("evaluate", run_folder, "-n", 30, "--json")
    assert said.code == 0, said.err
    scores = {score["name"]: score for score in json.loads(said.out)}
    assert {"nll_gen", "nll_oracle", "uniqueness", "validity"} <= scores.keys()
    assert scores["uniqueness"]["n"] == 30
    assert scores["nll_gen"]["value"] > 0
    assert seqgan("evaluate", run_folder, "-n", 30, "--json").out == said.out
    text = seqgan("evaluate", run_folder, "-n", 30).out
    assert scores["nll_gen"]["signature"] in text
    valid = json.loads(seqgan("evaluate", run_folder, "-n", 30, "--split", "valid", "--json").out)
    assert {score["name"]: score["value"] for score in valid}["nll_gen"] != scores["nll_gen"]["value"]


def test_evaluate_of_a_model_file_needs_its_task(run_folder: Path, tmp_path: Path) -> None:
    inside = seqgan("evaluate", run_folder / "model.safetensors", "-n", 20, "--json")
    assert inside.out == seqgan("evaluate", run_folder, "-n", 20, "--json").out
    model = tmp_path / "model.safetensors"
    model.write_bytes((run_folder / "model.safetensors").read_bytes())
    lost = seqgan("evaluate", model)
    assert lost.code == 2
    assert "--task" in lost.err
    assert seqgan("evaluate", model, "-n", 20, "--task", "oracle_grammar").code == 0
    other = seqgan("evaluate", model, "--task", files.write(tmp_path / "own.txt", files.captions()))
    assert other.code == 2
    assert "another vocabulary" in other.err
    assert "'train'" in seqgan("evaluate", run_folder, "--split", "train").err


def test_report_writes_one_file_and_says_where(run_folder: Path) -> None:
    before = (run_folder / "report.html").read_bytes()
    (run_folder / "report.html").unlink()
    said = seqgan("report", run_folder)
    assert said.code == 0
    assert said.out.strip() == str(run_folder / "report.html")
    assert (run_folder / "report.html").stat().st_size == pytest.approx(len(before), rel=0.2)


def test_fetch_takes_genuine_files_from_a_mirror_only(
    mirror: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SEQGAN_MIRROR", raising=False)
    monkeypatch.setenv("SEQGAN_DATA", str(tmp_path / "cache"))
    said = seqgan("fetch", "coco", "--mirror", mirror)
    assert said.code == 0, said.err
    paths = [Path(line) for line in said.out.splitlines()]
    assert {path.name for path in paths} == {"image_coco.txt", "test_coco.txt"}
    assert all(tmp_path in path.parents for path in paths)
    assert hashlib.sha256(paths[0].read_bytes()).hexdigest().startswith("2c0fd1f0")
    assert seqgan("data", "coco").code == 0


def test_fetch_refuses_a_file_that_is_not_genuine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEQGAN_DATA", str(tmp_path / "cache"))
    (tmp_path / "mirror" / "coco").mkdir(parents=True)
    for name in ("image_coco.txt", "test_coco.txt"):
        files.write(tmp_path / "mirror" / "coco" / name, ["a cat sits"])
    said = seqgan("fetch", "coco", "--mirror", tmp_path / "mirror")
    assert said.code == 2
    assert "SHA-256" in said.err
    assert not [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]


def test_fetch_of_a_task_without_files_says_so() -> None:
    said = seqgan("fetch", "oracle_grammar")
    assert said.code == 0
    assert said.out == ""
    assert "needs no files" in said.err
    assert "Did you mean 'coco'?" in seqgan("fetch", "cocoo").err


def test_doctor_looks_the_machine_over_without_a_test() -> None:
    found = json.loads(seqgan("doctor", "--quick", "--json").out)
    assert found["ok"] is True
    assert {"seqgan", "python", "packages", "device auto", "memory", "disk", "data"} <= found["machine"].keys()
    assert "torch 2" in found["machine"]["packages"]
    assert "missing" not in found["machine"]["packages"]


def test_doctor_says_that_it_made_no_self_test_and_checks_the_mirror(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = seqgan("doctor", "--quick")
    assert said.code == 0
    assert said.out.splitlines()[-1] == "Nothing amiss was seen; no self-test was made (--quick)."
    monkeypatch.setenv("SEQGAN_MIRROR", str(tmp_path / "absent"))
    ill = seqgan("doctor", "--quick")
    assert ill.code == 1
    assert "folder of data: FAILED" in ill.out
    assert "absent is no folder. Correct SEQGAN_MIRROR" in ill.out
    assert json.loads(seqgan("doctor", "--quick", "--json").out)["ok"] is False


def test_doctor_survives_a_broken_pytorch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    said = seqgan("doctor", "--quick")
    assert said.code == 1
    assert "import PyTorch: FAILED: ModuleNotFoundError" in said.out
    assert "packages" in said.out


@pytest.mark.thorough
def test_doctor_trains_and_samples_a_tiny_model() -> None:
    said = seqgan("doctor")
    assert said.code == 0, said.out
    assert "train a tiny model: ok" in said.out
    assert "All is well." in said.out


def test_doctor_tells_an_illness_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("no tokens today")

    monkeypatch.setattr("seqgan.api.train", broken)
    said = seqgan("doctor")
    assert said.code == 1
    assert "train a tiny model: FAILED: RuntimeError: no tokens today" in said.out
    assert "checks failed" in said.out


def test_a_run_without_a_model_is_told_by_the_commands_that_need_one(tmp_path: Path) -> None:
    run = tmp_path / "run"
    assert seqgan("train", "oracle_grammar", "--out", run, *flags(**GRAMMAR)).code == 0
    (run / "model.safetensors").unlink()
    said = seqgan("sample", run)
    assert said.code == 2
    assert f"seqgan resume {run}" in said.err


def test_a_column_may_have_any_name(tmp_path: Path) -> None:
    name = 'a "b" 😀'
    path = files.write(tmp_path / "own.csv", ['"a ""b"" 😀",n', *(f"{line},1" for line in files.captions())])
    report = seqgan("data", path, "--column", name, "--json")
    assert report.code == 0, report.err
    assert json.loads(report.out)["sequences"] == len(files.captions())


def test_signatures_of_a_run_name_data_tokeniser_and_checker(run_folder: Path) -> None:
    scores = json.loads(seqgan("evaluate", run_folder, "-n", 20, "--json").out)
    signatures = {score["name"]: score["signature"] for score in scores}
    assert all("|tokenizer:whitespace|" in signature for signature in signatures.values())
    assert "|check:grammar|" in signatures["validity"]
    held_out = {signature.partition("|data:")[2][:12] for signature in signatures.values()}
    assert len(held_out) == 1
    other = json.loads(seqgan("evaluate", run_folder, "-n", 20, "--split", "valid", "--json").out)
    assert f"|data:{held_out.pop()}|" not in other[0]["signature"]
