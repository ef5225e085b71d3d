"""The temperature sweep on tiny real runs: what is measured, kept, compared and written."""

from __future__ import annotations

import csv
import json
import random
import shutil
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
import torch

import seqgan
from algorithms.runs import carry_out, experiment
from cli.command import seqgan as command
from cli.files import GRAMMAR, flags
from seqgan.errors import CheckpointError, ConfigError, DataError, RunError
from seqgan.reports.report import write_report
from seqgan.reports.sweep import Sweep

SHORT = {"pretrain_epochs": 6, "pretrain_batch": 16, "pretrain_learning_rate": 0.02, "pretrain_discriminator_steps": 1}
SHORT |= {"steps": 1, "negatives": 32, "batch": 16}
SMALL: dict[str, Any] = {"temperatures": (0.5, 1, 2), "n": 40, "quiet": True}


def walks(path: Path, rows: int = 160) -> Path:
    """Write rows of 3 to 7 words, each a step or two beyond the one before in a circle of twelve."""
    draw, lines = random.Random(0), []
    for _ in range(rows):
        place = draw.randrange(12)
        steps = [draw.choice((1, 1, 2, 5)) for _ in range(draw.randint(3, 7))]
        lines.append(" ".join(f"w{(place + sum(steps[:k])) % 12}" for k in range(len(steps))))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Two seeds of one adversarial system, and a run of likelihood alone, on one file of words."""
    folder = tmp_path_factory.mktemp("runs")
    data = walks(folder / "walks.txt")
    found = {}
    for name, seed in (("one", 1), ("two", 2)):
        found[name], _ = carry_out(
            folder / name, experiment(data, {"name": "seqgan", **SHORT}, seed=seed, credit={"rollouts": 2})
        )
    found["mle"], _ = carry_out(folder / "mle", experiment(data, {"name": "mle", "epochs": 2}))
    return found


@pytest.fixture(scope="module")
def swept(runs: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Sweep:
    return seqgan.sweep([runs["one"], runs["two"]], top_p=(0.5, 1), out=tmp_path_factory.mktemp("swept"), **SMALL)


def test_model_and_likelihood_of_every_seed_are_sampled_on_the_whole_grid(swept: Sweep) -> None:
    shown = [(t.subject.system, t.subject.seed, t.along, t.settings()) for t in swept.traces]
    assert shown == [
        (system, seed, along, values)
        for seed in (1, 2)
        for system in ("seqgan (last)", "MLE (best on validation)")
        for along, values in (("temperature", [0.5, 1, 2]), ("top_p", [0.5, 1]))
    ]
    assert [plane.quality for plane in swept.planes] == ["bleu_2", "bleu_3", "bleu_4", "bleu_5"]


def test_a_lower_temperature_is_less_diverse(swept: Sweep) -> None:
    for trace in swept.traces[::2]:
        values = [point.value("self_bleu_2") for point in trace.points]
        assert values[0] > values[-1]


def test_the_signatures_name_temperature_and_top_p(swept: Sweep) -> None:
    cold, narrow = swept.traces[0].points[0], swept.traces[1].points[0]
    assert "|temperature:0.5|" in cold.scores["bleu_2"].signature
    assert "top_p" not in cold.scores["bleu_2"].signature
    assert "|top_p:0.5|" in narrow.scores["nll_gen"].signature


def test_what_each_sequence_adds_has_the_score_as_its_mean(swept: Sweep) -> None:
    for point in (swept.traces[0].points[0], swept.traces[2].points[2]):
        for name in ("bleu_3", "self_bleu_3"):
            assert point.rows[name].mean() == pytest.approx(point.value(name), abs=1e-6)
        sums = point.rows["nll_gen"].astype(np.float64).sum(axis=0)
        assert -sums[0] / sums[1] == pytest.approx(point.value("nll_gen"), rel=1e-6)


def test_the_likelihood_is_that_at_the_sampling_temperature(swept: Sweep, runs: dict[str, Path]) -> None:
    model, task = seqgan.load(runs["one"]), seqgan.task(runs["one"] / "config.toml")
    held_out = task.test.held_out(None, None, task.untaught)
    with torch.no_grad():
        logits = model.generator(held_out.ids).logits.double()
    for point in swept.traces[0].points:
        picked = torch.log_softmax(logits / point.temperature, -1).gather(-1, held_out.ids[..., None]).squeeze(-1)
        expected = -picked.masked_fill(~held_out.mask, 0).sum() / held_out.mask.sum()
        assert point.value("nll_gen") == pytest.approx(float(expected), rel=1e-5)


def test_top_p_makes_held_out_rows_impossible_and_that_is_said(swept: Sweep) -> None:
    narrow, whole = swept.traces[1].points
    assert narrow.value("nll_gen") == np.inf
    assert 0 < narrow.impossible <= 1
    assert whole.impossible == 0
    assert whole.value("nll_gen") == swept.traces[0].points[1].value("nll_gen")
    assert "NLL_test is infinite at 4 points" in swept.text


def test_real_text_is_measured_on_the_same_data(swept: Sweep) -> None:
    assert swept.real is not None
    assert 0 < swept.real.value("bleu_2") <= 1
    assert "nll_gen" not in swept.real.scores
    assert swept.notes == []


def test_too_little_real_text_for_n_is_said(runs: dict[str, Path], tmp_path: Path) -> None:
    many = seqgan.sweep(runs["mle"], temperatures=[1], n=200, out=tmp_path, quiet=True)
    assert many.real is not None
    assert many.real.scores["bleu_2"].n < 200
    assert "rows of real text for n=200: its self-BLEU is too low to compare" in many.text


def test_seeds_are_paired_by_run_and_have_a_t_interval(swept: Sweep) -> None:
    first = swept.comparisons[0]
    assert (first.first, first.second, first.along) == ("seqgan (last)", "MLE (best on validation)", "temperature")
    assert [seed for seed, _ in first.by_seed] == [1, 2]
    assert first.gap is not None
    assert first.gap.method == "t interval over 2 seeds"
    assert all("bootstrap" in gap.method for _, gap in first.by_seed)
    assert first.of == 6
    assert len(swept.comparisons) == 8


def test_the_files_hold_every_point(swept: Sweep) -> None:
    files = {path.suffix: path for path in swept.files}
    assert set(files) == {".csv", ".json", ".txt", ".png", ".svg"}
    with files[".csv"].open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert len(rows) == 1 + 4 * (3 + 2)
    assert rows[0]["system"] == "real text"
    assert float(rows[1]["bleu_2_low"]) <= float(rows[1]["bleu_2"]) <= float(rows[1]["bleu_2_high"])
    assert rows[1]["signatures"].count(" ; ") == len(swept.traces[0].points[0].scores) - 1
    record = json.loads(files[".json"].read_text(encoding="utf-8"))
    assert record["grid"]["n"] == 40
    assert record["comparisons"][0]["reading"] in swept.text
    text = files[".txt"].read_text(encoding="utf-8")
    assert swept.text in text
    assert swept.alt in text


def test_the_pictures_are_pictures_with_named_axes(swept: Sweep) -> None:
    png, svg = swept.folder / "sweep.png", swept.folder / "sweep.svg"
    assert png.read_bytes().startswith(b"\x89PNG")
    assert max(png.stat().st_size, svg.stat().st_size) < 250_000  # a report holds the picture
    words = " ".join(ElementTree.fromstring(svg.read_text(encoding="utf-8")).itertext())
    for part in ("self-BLEU-4, lower is more diverse", "BLEU-4, higher is better", "real text", "0.5", "↖ is better"):
        assert part in words
    assert swept.alt in words


def copied(swept: Sweep, folder: Path) -> Path:
    return Path(shutil.copytree(swept.folder, folder / "again"))


def again(runs: dict[str, Path], out: Path) -> Sweep:
    return seqgan.sweep([runs["one"], runs["two"]], top_p=(0.5, 1), out=out, **SMALL)


def test_a_repeated_command_measures_nothing_and_writes_the_same(
    swept: Sweep, runs: dict[str, Path], tmp_path: Path
) -> None:
    out = copied(swept, tmp_path)
    lines = (out / "points.jsonl").read_text(encoding="utf-8").splitlines()
    times = {path.name: path.stat().st_mtime_ns for path in (out / "rows").iterdir()}
    repeated = again(runs, out)
    assert repeated.as_dict() == swept.as_dict()
    assert (out / "points.jsonl").read_text(encoding="utf-8").splitlines() == lines
    assert {path.name: path.stat().st_mtime_ns for path in (out / "rows").iterdir()} == times
    assert (out / "sweep.svg").read_bytes() == (swept.folder / "sweep.svg").read_bytes()


@pytest.mark.thorough
def test_after_a_kill_only_what_is_missing_is_measured_and_comes_out_the_same(
    swept: Sweep, runs: dict[str, Path], tmp_path: Path
) -> None:
    out = copied(swept, tmp_path)
    lines = (out / "points.jsonl").read_text(encoding="utf-8").splitlines()
    (out / "points.jsonl").write_text("\n".join([*lines[:3], lines[3][:40]]), encoding="utf-8")
    damaged = out / "rows" / f"{json.loads(lines[1])['digest']}.npz"
    damaged.write_bytes(damaged.read_bytes()[:50])
    kept = out / "rows" / f"{json.loads(lines[2])['digest']}.npz"
    time = kept.stat().st_mtime_ns
    assert again(runs, out).as_dict() == swept.as_dict()
    assert kept.stat().st_mtime_ns == time


@pytest.mark.thorough
def test_another_seed_or_number_is_measured_anew_and_the_old_points_stay(runs: dict[str, Path], tmp_path: Path) -> None:
    first = seqgan.sweep(runs["mle"], out=tmp_path, temperatures=[1], n=40, quiet=True)
    other = seqgan.sweep(runs["mle"], out=tmp_path, temperatures=[1], n=40, seed=2, quiet=True)
    assert first.traces[0].points[0].value("bleu_2") != other.traces[0].points[0].value("bleu_2")
    assert len((tmp_path / "points.jsonl").read_text(encoding="utf-8").splitlines()) == 4


@pytest.mark.thorough
def test_likelihood_alone_has_no_other_baseline_and_one_point_is_no_curve(runs: dict[str, Path]) -> None:
    alone = seqgan.sweep(runs["mle"], temperatures=[1], n=40, quiet=True)
    assert [trace.subject.system for trace in alone.traces] == ["MLE (last)"]
    assert alone.folder == runs["mle"] / "sweep"
    assert (alone.notes, alone.comparisons) == ([], [])
    both = seqgan.sweep([runs["one"], runs["mle"]], temperatures=[1], n=40, out=runs["mle"] / "sweep", quiet=True)
    assert "A curve needs two: add temperatures." in both.text
    assert {c.second for c in both.comparisons} == {"MLE (best on validation)", "MLE (last)"}


@pytest.mark.thorough
def test_a_run_without_its_likelihood_checkpoint_stands_alone_and_says_so(
    runs: dict[str, Path], tmp_path: Path
) -> None:
    run = Path(shutil.copytree(runs["one"], tmp_path / "bare"))
    (run / "model-mle.safetensors").unlink()
    bare = seqgan.sweep(run, temperatures=[1], n=40, quiet=True)
    assert [trace.subject.system for trace in bare.traces] == ["seqgan (last)"]
    assert "holds no checkpoint of maximum likelihood" in bare.text
    assert seqgan.sweep(run, temperatures=[1], n=40, mle=False, quiet=True).notes == []


def test_a_lone_model_file_needs_its_task(runs: dict[str, Path], tmp_path: Path) -> None:
    lone = shutil.copy(runs["one"] / "model.safetensors", tmp_path / "lone.safetensors")
    with pytest.raises(ConfigError, match="its task is unknown"):
        seqgan.sweep(lone, temperatures=[1], n=40, quiet=True)
    found = seqgan.sweep(lone, data=runs["one"], temperatures=[1], n=40, quiet=True)
    assert found.traces[0].subject.system == "seqgan (last)"


@pytest.mark.thorough
def test_two_systems_of_one_name_are_told_apart_by_their_folders(runs: dict[str, Path], tmp_path: Path) -> None:
    data = walks(tmp_path / "walks.txt")
    wide, _ = carry_out(tmp_path / "wide", experiment(data, {"name": "mle", "epochs": 1}, generator={"hidden": 20}))
    found = seqgan.sweep([runs["mle"], wide], temperatures=[1], n=40, out=tmp_path / "out", quiet=True)
    assert [trace.subject.system for trace in found.traces] == ["MLE (last), mle", "MLE (last), wide"]


@pytest.mark.parametrize(
    ("grid", "words"),
    [
        ({"temperatures": [0, 1]}, "a temperature must be above 0"),
        ({"temperatures": [-0.5]}, "a temperature must be above 0"),
        ({"temperatures": [float("nan")]}, "a temperature must be above 0"),
        ({"temperatures": [float("inf")]}, "a temperature must be above 0"),
        ({"top_p": [0]}, "top_p must be above 0"),
        ({"temperatures": []}, "a sweep needs a temperature"),
        ({"n": 1}, "n must be 2"),
        ({"split": "train"}, "split must be test or valid"),
    ],
)
def test_a_grid_that_cannot_be_sampled_is_refused_before_anything_is_written(
    grid: dict[str, Any], words: str, runs: dict[str, Path], tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match=words):
        seqgan.sweep(runs["one"], out=tmp_path / "out", quiet=True, **grid)
    assert not (tmp_path / "out").exists()


def test_what_is_no_finished_run_is_refused(runs: dict[str, Path], tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="There is no file"):
        seqgan.sweep(tmp_path / "absent", out=tmp_path / "out", quiet=True)
    with pytest.raises(CheckpointError, match="holds no finished model"):
        seqgan.sweep(tmp_path, out=tmp_path / "out", quiet=True)
    with pytest.raises(ConfigError, match="nothing to sweep"):
        seqgan.sweep([], quiet=True)
    with pytest.raises(DataError, match="another vocabulary"):
        seqgan.sweep(runs["one"], data="oracle_grammar", out=tmp_path / "out", quiet=True)
    assert not (tmp_path / "out").exists()
    (tmp_path / "taken").write_text("x", encoding="utf-8")
    with pytest.raises(RunError, match="cannot be made"):
        seqgan.sweep(runs["one"], out=tmp_path / "taken", **SMALL)


@pytest.mark.thorough
def test_an_oracle_gives_the_other_plane_and_its_own_likelihood(tmp_path: Path) -> None:
    assert command("train", "oracle_grammar", "--out", tmp_path / "run", *flags(**GRAMMAR)).code == 0
    found = seqgan.sweep(tmp_path / "run", **SMALL)
    assert [(p.quality, p.diversity) for p in found.planes] == [("nll_oracle", "nll_gen"), ("validity", "nll_gen")]
    task = seqgan.task(tmp_path / "run" / "config.toml")
    rows = task.test.samples()
    expected = -float(task.log_prob(rows.ids, rows.mask).sum() / rows.mask.sum())
    assert found.real is not None
    assert found.real.value("nll_gen") == pytest.approx(expected, rel=1e-5)
    assert "NLL_oracle leaves out rows that the oracle cannot make" in found.text
    page = write_report(tmp_path / "run").read_text(encoding="utf-8")
    assert '<img class="sweep" src="data:image/png;base64,iVBOR' in page
    assert "img-src data:" in page
    assert "NLL_oracle against NLL_test, one curve a system." in page
