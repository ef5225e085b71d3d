"""A user's own reward in a run: its file is remembered, and the checkpoints are judged by it."""

from __future__ import annotations

import hashlib
import io
import json
import re
import tomllib
from pathlib import Path

import numpy as np
import pytest

from cli import files
from runs.rig import Impatient
from seqgan import api
from seqgan.config import Experiment
from seqgan.errors import RewardError
from seqgan.progress import Progress
from seqgan.records import Samples
from seqgan.rewards import Parts, function, own_functions
from seqgan.rewards.blend import BlendReward
from seqgan.rewards.shuffled import ShuffledReward
from seqgan.runs.own_reward import own_score
from seqgan.runs.signals import Interrupted
from seqgan.runs.train import resume, train

CODE = "def dogs(rows):\n    return [float('dog' in row) for row in rows]\n"


def small(folder: Path, **settings: object) -> Experiment:
    (folder / "own.py").write_text(CODE)
    own = {"reward": {"name": "function", "target": f"{folder / 'own.py'}:dogs"}}
    rows = {key.replace("__", "."): value for key, value in files.GRAMMAR.items()}
    return api.experiment("oracle_grammar", settings={**files.TINY, **rows, **own, **settings})


def events(run: Path) -> list[dict]:
    return [json.loads(line) for line in (run / "journal.jsonl").read_text().splitlines()]


def stopped(folder: Path) -> Path:
    with pytest.raises(Interrupted):
        train(small(folder), folder / "run", Impatient(quiet=True))
    return folder / "run"


def test_the_hash_of_the_file_is_recorded_and_the_same_file_is_no_news(tmp_path):
    run, said = stopped(tmp_path), io.StringIO()
    recorded = json.loads((run / "environment.json").read_text())["reward_code"]
    assert recorded == {f"{tmp_path / 'own.py'}:dogs": hashlib.sha256(CODE.encode()).hexdigest()}
    resume(run, Progress(stream=said))
    assert "changed" not in said.getvalue()
    assert not [event for event in events(run) if event["event"] == "warning" and "changed" in event["text"]]


def test_a_changed_file_is_said_at_resume_and_stays_in_journal_and_report(tmp_path):
    run, said = stopped(tmp_path), io.StringIO()
    (tmp_path / "own.py").write_text(CODE + "# another thought\n")
    resume(run, Progress(stream=said))
    words = f"The file of your reward {tmp_path / 'own.py'}:dogs has changed since the run was started"
    assert said.getvalue().count(words) == 1
    assert [event["event"] for event in events(run) if words in event.get("text", "")] == ["warning"]
    assert words in api.report(run).read_text(encoding="utf-8")
    assert "reward_code" in json.loads((run / "environment.json").read_text())["resumes"][0]


def test_a_changed_file_is_said_though_the_start_was_killed_before_it_noted_anything(tmp_path):
    """Of such a run there is config.toml alone; its first whole start is then the one that resumed it."""
    run, said = tmp_path / "run", io.StringIO()
    run.mkdir()
    (run / "config.toml").write_text(small(tmp_path).to_toml())
    with pytest.raises(Interrupted):
        resume(run, Impatient(quiet=True))
    (tmp_path / "own.py").write_text(CODE + "# another thought\n")
    resume(run, Progress(stream=said))
    assert "own.py:dogs has changed since the run was started" in said.getvalue()


def test_every_checkpoint_and_real_text_have_a_value(tmp_path):
    run = train(small(tmp_path), tmp_path / "run", Progress(quiet=True))
    finish, comparison = events(run)[-1], events(run)[-2]
    values = {
        column: next(score for score in scores if score["name"] == "reward_dogs")
        for column, scores in finish["checkpoints"].items()
    }
    assert set(values) == {"real", "ngram", "mle_last", "mle_best", "adversarial_last", "adversarial_best"}
    for column, score in values.items():
        lines = (run / "samples" / f"{column}.txt").read_text().splitlines()
        assert score["value"] == pytest.approx(np.mean(["dog" in line for line in lines]))
        assert (score["direction"], score["n"]) == ("higher", len(lines))
        assert f"sha256:{hashlib.sha256(CODE.encode()).hexdigest()[:12]}" in score["signature"]
    changes = [change for change in comparison["changes"] if change["metric"] == "reward_dogs"]
    assert [change["method"] for change in changes] == ["paired bootstrap over sequences"] * 2
    assert comparison["verdict"].startswith("Your own reward, reward_dogs, on this one seed: it ")
    assert "unscored_sequences" not in finish


def inside(own: dict[str, object], kind: str) -> dict[str, object]:
    """Return the settings of a reward that is, or holds, the function."""
    if kind == "alone":
        return own
    if kind == "blend":
        return {"name": "blend", "parts": {"function": own}}
    return {"name": "shuffled", "of": {"name": "blend", "parts": {"mine": own}}}


def failing(folder: Path, kind: str) -> Experiment:
    own = {"name": "function", "target": f"{folder / 'own.py'}:dogs", "on_error": "stop"}
    chosen = small(folder, reward=inside(own, kind), **{"run.checkpoint_minutes": 0})
    (folder / "own.py").write_text("def dogs(rows):\n    return [1 / len(row.split()[999:]) for row in rows]\n")
    return chosen


@pytest.mark.parametrize("kind", ["alone", "blend", "shuffled"])
def test_a_run_that_a_failing_function_stopped_goes_on_when_it_may_skip(tmp_path, kind):
    run = tmp_path / "run"
    with pytest.raises(RewardError, match="seqgan resume") as stop:
        train(failing(tmp_path, kind), run, Progress(quiet=True))
    config = (run / "config.toml").read_text()
    table = tomllib.loads(config)
    for key in re.search(r"under \[(.+?)\]", str(stop.value))[1].split("."):
        table = table[key]
    assert table["on_error"] == "stop", "the message names the table where this stands"
    (run / "config.toml").write_text(config.replace('"stop"', '"skip"'))
    resume(run, Progress(quiet=True))
    assert events(run)[-1]["event"] == "finish"


def rewarded(folder: Path, code: str, **settings: object) -> function.FunctionReward:
    (folder / "mine.py").write_text(code)
    chosen = function.Settings(target=f"{folder / 'mine.py'}:score", **settings)
    return function.create(chosen, Parts(None, None, pytest.fail))


def test_what_cannot_be_scored_does_not_count_and_ends_nothing(tmp_path):
    code = "def score(rows):\n    return [1 / len(row) for row in rows]\n"
    reward = rewarded(tmp_path, code, on_error="stop")
    score, values = own_score(reward, Samples(None, None, strings=("a", "", "abcd")), {"task": "toy"})
    assert values[[0, 2]].tolist() == [1.0, 0.25]
    assert np.isnan(values[1])
    assert (score.value, score.n, score.name) == (0.625, 2, "reward_score")
    assert "|unscored:1|task:toy" in score.signature
    nothing, _ = own_score(reward, Samples(None, None, strings=("", "")), {})
    assert (np.isnan(nothing.value), nothing.n, nothing.interval) == (True, 0, None)


def test_functions_are_found_inside_other_rewards(tmp_path):
    own = rewarded(tmp_path, CODE.replace("dogs", "score"))
    assert own_functions(BlendReward([(0.5, own), (0.5, lambda samples: None)])) == (own,)
    assert own_functions(ShuffledReward(own)) == (own,)
    assert own_functions(None) == ()


def test_a_blend_has_a_scale_where_all_of_its_parts_have():
    class InUnit:
        scale = 1.0

    assert BlendReward([(0.5, InUnit()), (-2.0, InUnit())]).scale == 2.5
    assert BlendReward([(0.5, InUnit()), (0.5, lambda samples: None)]).scale is None
