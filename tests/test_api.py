"""The Python interface: what a person types after ``import seqgan``."""

from __future__ import annotations

import inspect
import math
from pathlib import Path

import pytest
import torch

import seqgan
from cli import files
from seqgan import api
from seqgan.errors import ConfigError, DataError, RunError, SeqganError

SMALL = {**files.TINY, **{key.replace("__", "."): value for key, value in files.GRAMMAR.items()}}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("api") / "run"
    assert seqgan.train("oracle_grammar", settings=SMALL, out=out, quiet=True) == out
    return out


@pytest.fixture
def lines(tmp_path: Path) -> Path:
    return files.write(tmp_path / "lines.txt", files.captions())


def test_about_twenty_public_names_all_there_and_documented() -> None:
    assert 18 <= len(seqgan.__all__) <= 25
    assert list(seqgan.__all__) == sorted(seqgan.__all__)
    assert set(seqgan.__all__) <= set(dir(seqgan))
    for name in set(seqgan.__all__) - {"__version__"}:
        assert inspect.getdoc(getattr(seqgan, name)), name
    with pytest.raises(AttributeError, match="sampel"):
        _ = seqgan.sampel  # type: ignore[attr-defined]


def test_every_function_is_typed() -> None:
    for name in seqgan.__all__:
        if inspect.isfunction(value := getattr(seqgan, name)):
            signature = inspect.signature(value)
            assert signature.return_annotation is not inspect.Signature.empty, name
            assert all(p.annotation is not inspect.Parameter.empty for p in signature.parameters.values()), name


def test_a_trained_model_samples_and_knows_probabilities(run: Path) -> None:
    model = seqgan.load(run)
    strings = model.sample(5, seed=1)
    assert strings == seqgan.sample(run, 5, seed=1)
    assert all(isinstance(string, str) for string in strings)
    log_prob = model.log_prob(strings)
    assert log_prob.shape == (5,)
    assert bool((log_prob < 0).all())


def test_quiet_training_says_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    seqgan.train("oracle_grammar", algorithm="mle", settings=_likelihood(), out=tmp_path / "run", quiet=True)
    said = capsys.readouterr()
    assert said.out + said.err == ""


def _likelihood() -> dict[str, object]:
    own = {key: value for key, value in SMALL.items() if key.partition(".")[0] in ("generator", "run", "task")}
    return {**own, "algorithm.epochs": 1}


def test_the_oracle_knows_its_sentences_in_nats() -> None:
    task = seqgan.task("oracle_grammar", settings={"train_rows": 50})
    assert len(task.train) == 50
    rows = task.train.samples()
    log_prob = task.log_prob(rows.ids)
    assert log_prob.shape == (50,)
    assert bool(log_prob.isfinite().all())
    assert -float(log_prob.mean()) == pytest.approx(task.facts["entropy_nats_per_sentence"], rel=0.2)
    nonsense = task.encode([" ".join(reversed(task.decode(rows.ids[:1], rows.mask[:1])[0].split()))])
    assert float(task.log_prob(nonsense.ids, nonsense.mask)) == -math.inf


def test_a_task_without_oracle_says_so(lines: Path) -> None:
    task = seqgan.task(lines, settings={"tokenizer": "char"})
    with pytest.raises(DataError, match="no oracle"):
        task.log_prob(torch.zeros(2, task.max_len, dtype=torch.long))


def test_settings_can_be_written_in_three_ways(lines: Path) -> None:
    dotted = seqgan.experiment(lines, settings={"generator.hidden": 9, "seed": 4})
    nested = seqgan.experiment(lines, settings={"generator": {"hidden": 9}, "seed": 4})
    words = seqgan.experiment(lines, settings=["generator.hidden=9", "seed=4"])
    assert dotted.as_dict() == nested.as_dict() == words.as_dict()
    assert dotted.seed == 4
    assert dotted.origins["generator.hidden"] == "argument"


def test_later_settings_win_over_the_file_and_the_defaults(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('seed = 2\n[algorithm]\nname = "seqgan"\nsteps = 7\nbatch = 9\n')
    chosen = seqgan.experiment(path, seed=3, settings={"algorithm.steps": 8})
    steps = chosen.as_dict()["algorithm"]
    assert (chosen.seed, steps["steps"], steps["batch"]) == (3, 8, 9)
    origins = [chosen.origins[f"algorithm.{key}"] for key in ("steps", "batch", "clip")]
    assert origins == ["argument", str(path), "default"]


def test_another_algorithm_leaves_the_parts_of_the_first_behind(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("[algorithm]\nsteps = 7\n[credit]\nrollouts = 3\n[generator]\nhidden = 9\n")
    chosen = seqgan.experiment(path, algorithm="mle")
    assert set(chosen.parts) == {"task", "algorithm", "generator"}
    assert chosen.as_dict()["generator"]["hidden"] == 9


def test_a_task_of_that_name_wins_over_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    files.write(tmp_path / "oracle_grammar", files.captions())
    assert seqgan.experiment("oracle_grammar").names["task"] == "oracle_grammar"
    assert seqgan.experiment(Path("oracle_grammar")).names["task"] == "file"
    assert seqgan.experiment("./oracle_grammar").names["task"] == "file"


def test_the_path_of_a_reward_inside_a_reward_becomes_absolute_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "own.py").write_text("def score(rows):\n    return [1.0] * len(rows)\n")
    parts = '[reward]\nname = "blend"\n[reward.parts.function]\ntarget = "own.py:score"\nweight = 1.0\n'
    (tmp_path / "mine.toml").write_text('[task]\nname = "oracle_grammar"\n' + parts)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    made = seqgan.experiment("../mine.toml").as_dict()["reward"]["parts"]["function"]["target"]
    assert made.endswith("/own.py:score")
    assert Path(made.partition(":")[0]).is_absolute()


def test_paths_become_absolute_seen_from_where_they_are_written(
    lines: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine.toml").write_text('task.name = "file"\ntask.path = "lines.txt"\n')
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert seqgan.experiment("../mine.toml").as_dict()["task"]["path"] == str(Path("../lines.txt").absolute())
    monkeypatch.chdir(tmp_path)
    assert seqgan.experiment("lines.txt").as_dict()["task"]["path"] == str(lines)
    tested = seqgan.experiment("lines.txt", settings={"task.test_path": "lines.txt"})
    assert tested.as_dict()["task"]["test_path"] == str(lines)
    (tmp_path / "judge.py").write_text("def good(rows): return [1.0 for _ in rows]\n")
    judged = seqgan.experiment(lines, settings={"reward": {"name": "function", "target": "judge.py:good"}})
    assert judged.as_dict()["reward"]["target"] == f"{tmp_path / 'judge.py'}:good"


def test_default_folders_never_meet(tmp_path: Path, lines: Path) -> None:
    chosen = seqgan.experiment(lines, algorithm="mle", seed=5)
    names = []
    for _ in range(3):
        folder = api.default_folder(chosen, tmp_path)
        folder.mkdir()
        names.append(folder.name)
    assert names == ["lines-mle-seed5", "lines-mle-seed5-2", "lines-mle-seed5-3"]


def test_errors_are_of_one_family_and_say_what_helps(run: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="oracle_grammar"):
        seqgan.experiment("oracle_gramar")
    with pytest.raises(RunError, match="seqgan resume"):
        seqgan.experiment(run)
    with pytest.raises(RunError, match="seqgan resume"):
        seqgan.train("oracle_grammar", settings=SMALL, out=run, quiet=True)
    with pytest.raises(SeqganError):
        seqgan.load(tmp_path / "nothing")


def test_evaluate_measures_a_model_and_score_anybody(run: Path) -> None:
    scores = {score.name: score for score in seqgan.evaluate(run, n=20, quiet=True)}
    assert scores["nll_gen"].unit == "nats/token"
    model = seqgan.load(run)
    reference = ["a cat sits here", "a dog runs there", "the old car waits"]
    judged = {score.name for score in seqgan.score(model.sample(10, seed=1), reference, metrics=["bleu", "uniqueness"])}
    assert "uniqueness" in judged
    assert any(name.startswith("bleu") for name in judged)


def test_a_data_report_is_plain_data(lines: Path) -> None:
    report = seqgan.data_report(lines, settings={"tokenizer": "char", "max_len": 20}, quiet=True)
    assert (report.lines, report.max_len) == (120, 20)
    assert report.as_dict()["lines"] == 120
    with pytest.raises(ConfigError, match="no file of your own"):
        seqgan.data_report("oracle_grammar")


def test_a_finished_run_can_be_resumed_and_reported(run: Path) -> None:
    assert seqgan.resume(run, quiet=True) == run
    assert seqgan.report(run) == run / "report.html"
    assert "oracle_grammar" in (run / "report.html").read_text(encoding="utf-8")
