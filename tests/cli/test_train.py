"""``seqgan train`` and ``resume``: what is said, what is written, how a run is stopped and gone on with."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cli import files
from cli.command import Said, seqgan
from cli.files import GRAMMAR, flags


def test_it_says_what_it_read_before_and_what_came_out_after(trained: tuple[Path, Said]) -> None:
    run, said = trained
    assert said.code == 0, said.err
    for words in ("60 training, 20 validation, 20 test", "Vocabulary:", "Lengths:", "Generator lstm:", "parameters"):
        assert words in said.err
    for words in ("Device: cpu", "Time: roughly", f"Run folder: {run}"):
        assert words in said.err
    for words in ("Did the adversarial stage help?", "nll_gen", "95 % interval", f"seqgan sample {run}", "Report:"):
        assert words in said.out
    assert "\x1b" not in said.out + said.err
    assert (said.out + said.err).count("On this one seed") == 1  # the verdict
    assert "Discriminator cnn_highway:" in said.err


def test_it_leaves_a_model_a_report_and_the_settings(run_folder: Path) -> None:
    names = {path.name for path in run_folder.iterdir()}
    assert {"config.toml", "environment.json", "journal.jsonl", "model.safetensors", "report.html"} <= names
    assert "nll_gen" in (run_folder / "report.html").read_text(encoding="utf-8")


def test_results_alone_go_to_the_standard_output(trained: tuple[Path, Said]) -> None:
    assert "training" not in trained[1].out.splitlines()[0]
    assert trained[1].out.splitlines()[0] == "Scores on the test split"


def test_a_run_folder_is_never_written_twice(run_folder: Path) -> None:
    before = {path: path.read_bytes() for path in run_folder.rglob("*") if path.is_file()}
    said = seqgan("train", "oracle_grammar", "--out", run_folder, *flags(**GRAMMAR))
    assert said.code == 2
    assert f"seqgan resume {run_folder}" in said.err
    assert before == {path: path.read_bytes() for path in run_folder.rglob("*") if path.is_file()}


def test_a_run_folder_given_as_data_is_explained(run_folder: Path) -> None:
    said = seqgan("train", run_folder)
    assert said.code == 2
    assert said.err == f"error: {run_folder} is a run folder. To go on with it: seqgan resume {run_folder}.\n"


def test_a_finished_run_is_left_as_it_is(run_folder: Path) -> None:
    journal = (run_folder / "journal.jsonl").read_bytes()
    said = seqgan("resume", run_folder)
    assert said.code == 0
    assert "finished" in said.err
    assert "Did the adversarial stage help?" in said.out
    assert (run_folder / "journal.jsonl").read_bytes() == journal


def test_default_folders_are_named_after_task_algorithm_and_seed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    text = files.write(tmp_path / "lines.txt", files.captions())
    tiny = [
        part
        for key in ("epochs", "batch")
        for part in ("--set", f"algorithm.{key}=1" if key == "epochs" else f"algorithm.{key}=32")
    ]
    small = [*tiny, "--set", "run.final_samples=10", "--set", "run.evaluate_samples=10"]
    for _ in range(2):
        assert seqgan("train", text, "--algorithm", "mle", "--seed", "7", *small).code == 0
    assert sorted(path.name for path in (tmp_path / "runs").iterdir()) == ["lines-mle-seed7", "lines-mle-seed7-2"]


@pytest.mark.parametrize(
    ("name", "options", "alphabet"),
    [
        ("csv", ["--column", "text"], None),
        ("jsonl", ["--field", "body"], None),
        ("ids", [], "0123456789 "),
        ("smiles", ["--tokenizer", "smiles"], "CNOBrl=()c1"),
        ("dna", ["--tokenizer", "char", "--max-len", "8"], "ACGT"),
    ],
)
def test_own_data_of_every_form_trains_and_samples_its_own_alphabet(
    name: str, options: list[str], alphabet: str | None, tmp_path: Path
) -> None:
    data = getattr(files, name)(tmp_path / f"own.{'txt' if name in ('smiles', 'dna') else name}")
    run = tmp_path / "run"
    said = seqgan("train", data, *options, "--out", run, *flags())
    assert said.code == 0, said.err
    assert "warning: Only" in said.err
    facts = json.loads((run / "data.json").read_text(encoding="utf-8"))
    assert [len(facts["split_sha256"][part]) for part in ("train", "valid", "test")] == [64, 64, 64]
    assert any(text.startswith("Only") for text in facts["warnings"])
    drawn = seqgan("sample", run, "-n", 5, "--seed", 1).out.splitlines()
    assert len(drawn) == 5
    known = alphabet or "".join(files.captions())
    assert set("".join(drawn)) <= set(known)


def test_a_reward_of_ones_own_is_named_before_it_is_called(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("judge.py").write_text("def cats(rows):\n    return [float('cat' in row) for row in rows]\n")
    data = files.write(tmp_path / "lines.txt", files.captions())
    own = ["--set", "reward.name=function", "--set", "reward.target=judge.py:cats"]
    said = seqgan("train", data, *own, "--out", "run", *flags())
    assert said.code == 0, said.err
    assert said.err.count(f"{tmp_path / 'judge.py'}:cats") == 1
    assert f"The reward runs your function {tmp_path / 'judge.py'}:cats." in said.err
    assert "Discriminator" not in said.err  # it is neither trained nor asked
    assert "your reward's own time comes on top" in said.err
    assert "of measuring" in said.err
    assert "Your own reward, reward_cats, on this one seed: it " in said.out
    assert sum(line.startswith("reward_cats") for line in said.out.splitlines()) == 3  # scores, changes of two pairs
    assert said.out.count("Your own reward") == 1
    assert "Your own reward" not in said.err
    assert "Your own reward, reward_cats" in Path("run/report.html").read_text(encoding="utf-8")


def test_an_experiment_file_and_a_flag_over_it(tmp_path: Path) -> None:
    data = files.write(tmp_path / "lines.txt", files.captions())
    experiment = tmp_path / "mine.toml"
    settings = "\n".join(f"{key} = {value}" for key, value in files.TINY.items())
    experiment.write_text(f'task.name = "file"\ntask.path = "{data.name}"\n{settings}\n')
    run = tmp_path / "run"
    said = seqgan("train", experiment, "--algorithm", "mle", "--set", "algorithm.epochs=1", "--out", run)
    assert said.code == 0, said.err
    events = [json.loads(line) for line in (run / "journal.jsonl").read_text().splitlines()]
    assert all({"event", "phase", "step"} <= event.keys() for event in events)
    assert {event["event"] for event in events} >= {"mle", "finish"}
    assert "adversarial" not in {event["event"] for event in events}
    assert str(data) in (run / "config.toml").read_text()


@pytest.mark.thorough
@pytest.mark.skipif(os.name == "nt", reason="signals differ there")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_saves_and_says_how_to_go_on(number: int, code: int, tmp_path: Path, root: Path) -> None:
    run = tmp_path / "run"
    environment = {**os.environ, "PYTHONPATH": str(root / "src")}
    settings = flags(**GRAMMAR, algorithm__steps=100_000)
    command = [sys.executable, "-m", "seqgan.cli.main", "train", "oracle_grammar", "--out", str(run), *settings]
    process = subprocess.Popen(command, env=environment, stdout=-1, stderr=-1, text=True)
    limit = time.monotonic() + 60
    try:
        while not list(run.glob("checkpoint/*.safetensors")) and time.monotonic() < limit and process.poll() is None:
            time.sleep(0.05)
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == code, err
    assert f"seqgan resume {run}" in err.splitlines()[-1]
    assert "Traceback" not in err
    assert "error" not in err
    assert out == ""
    drawn = seqgan("sample", run, "-n", 3)
    assert drawn.code == 0
    assert len(drawn.out.splitlines()) == 3
    assert "the run is not finished" in drawn.err
    assert "the run is not finished" in seqgan("evaluate", run, "-n", 20).err
