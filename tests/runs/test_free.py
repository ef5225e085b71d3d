"""What may be changed between two processes of a run: alone, inside other tables, and in a grid."""

from __future__ import annotations

from pathlib import Path

import pytest

from seqgan.bench.jobs import Job, Places, check_settings
from seqgan.config import resolve
from seqgan.errors import ConfigError
from seqgan.runs.free import binding


def function(**settings: object) -> dict[str, object]:
    return {"name": "function", "target": "math:prod", **settings}


def test_what_is_free_is_left_out_at_any_depth_and_nothing_else_is():
    inner = {"name": "shuffled", "of": {"name": "blend", "parts": {"on_error": function(on_error="stop")}}}
    config = {"seed": 1, "run": {"keep_checkpoints": 3, "threads": 1}, "reward": inner, "task": {"on_error": "x"}}
    parts = {"on_error": {"name": "function", "target": "math:prod"}}  # a part may have that name
    reward = {"name": "shuffled", "of": {"name": "blend", "parts": parts}}
    assert binding(config) == {"seed": 1, "run": {"threads": 1}, "reward": reward, "task": {"on_error": "x"}}
    assert config["reward"] is inner


@pytest.mark.parametrize("blended", [False, True])
def test_a_grid_takes_a_run_whose_function_may_now_skip_for_its_own(tmp_path, blended):
    def job(**settings: object) -> Job:
        own = function(**settings)
        reward = {"name": "blend", "parts": {"function": own}} if blended else own
        return Job(Path("own.toml"), resolve(("test", {"reward": reward})))

    where = Places(tmp_path / "runs", tmp_path / "results")
    folder = where.folder(job())
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text(job(on_error="skip").experiment.to_toml())
    check_settings([job(on_error="stop")], where)
    with pytest.raises(ConfigError, match="other settings"):
        check_settings([job(on="ids")], where)
