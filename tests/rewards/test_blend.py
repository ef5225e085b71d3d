"""A weighted sum of rewards against the sum by hand."""

from __future__ import annotations

import pytest
import torch
from pydantic import ValidationError

from seqgan.records import Samples
from seqgan.rewards import Parts, blend

IDS = torch.tensor([[0, 1, 2], [2, 2, 2]])
MASK = torch.tensor([[True, True, False], [True, True, True]])
SAMPLES = Samples(IDS, MASK)


def from_file(tmp_path, **bodies):
    path = tmp_path / "mine.py"
    path.write_text("\n".join(f"def {name}(rows):\n    return {body}" for name, body in bodies.items()), "utf-8")
    return {name: {"name": "function", "target": f"{path}:{name}", "on": "ids"} for name in bodies}


def make(parts):
    return blend.create(blend.Settings(parts=parts), Parts(None, None, lambda *_, **__: None))


def test_the_weighted_sum(tmp_path):
    parts = from_file(tmp_path, length="[len(r) for r in rows]", first="[r[0] for r in rows]")
    parts["length"]["weight"], parts["first"]["weight"] = 0.5, -2
    assert make(parts)(SAMPLES).tolist() == [0.5 * 2 - 2 * 0, 0.5 * 3 - 2 * 2]


def test_what_one_part_cannot_score_has_no_reward(tmp_path):
    parts = from_file(tmp_path, fine="[1.0] * len(rows)", bad="[float('nan'), 1.0]")
    assert make(parts)(SAMPLES).isnan().tolist() == [True, False]


def test_row_rewards_join_position_rewards_at_the_last_position():
    both = blend.BlendReward([(2.0, lambda s: torch.tensor([1.0, 3.0])), (1.0, lambda s: s.ids.float())])
    assert both(SAMPLES).tolist() == [[0, 1 + 2, 0], [2, 2, 2 + 6]]


def test_it_says_whether_the_discriminator_is_needed(tmp_path):
    assert not make(from_file(tmp_path, one="[1.0] * len(rows)")).uses_discriminator
    reward = blend.BlendReward([(1.0, type("D", (), {"uses_discriminator": True})())])
    assert reward.uses_discriminator
    assert not reward.uses_mediators
    assert blend.BlendReward([(1.0, type("R", (), {"uses_mediators": True})())]).uses_mediators


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        ({}, "at least 1"),
        ({"discriminatr": {}}, "discriminator"),
        ({"discriminator": {"rowz": 3}}, "rowz"),
        ({"discriminator": {"weight": "much"}}, "weight must be a number"),
        ({"function": {"weight": 1.0}}, "function.target"),
    ],
)
def test_faults_of_a_part_are_named(parts, says):
    with pytest.raises(ValidationError, match=says):
        blend.Settings(parts=parts)
