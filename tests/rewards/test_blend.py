"""A weighted sum of rewards against the sum by hand."""

from __future__ import annotations

import pytest
import torch
from pydantic import ValidationError

import worlds
from seqgan.discriminators import rnn
from seqgan.functional.masks import mask_after_end
from seqgan.functional.rollouts import complete
from seqgan.records import Samples
from seqgan.rewards import Parts, blend, completion_rewards
from seqgan.rewards.discriminator import DiscriminatorReward
from seqgan.rewards.shuffled import ShuffledReward

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


def rollouts(n=16, rows=12):
    """Return rows that end early, late or never, and what a small generator makes of their prefixes."""
    ids = torch.randint(5, (rows, 6), generator=torch.Generator().manual_seed(0))
    samples, rng = Samples(ids, mask_after_end(ids, 4)), torch.Generator().manual_seed(1)
    (part,) = complete(worlds.generator(vocabulary=5, width=6), samples, n, rng, end=4)
    return samples, part


def slowly(reward, samples, part):
    """Return the rewards (b, P, N) of completions that are asked for one by one, from the prefix's last token on."""
    found = torch.full(part.ids.shape[:3], torch.nan)
    for row, place, k in samples.mask[:, 1:, None].expand(found.shape).nonzero().tolist():
        one = Samples(part.ids[row, place, k][None], part.mask[row, place, k][None])
        value = reward(one)
        found[row, place, k] = value[0] if value.dim() == 1 else value[0, place:][one.mask[0, place:]].sum()
    return found


def late(samples):
    """A reward of positions, of which one cannot be known."""
    return torch.arange(6.0).masked_fill(samples.ids.roll(1, 1) * samples.ids == 9, torch.nan).expand(samples.ids.shape)


@pytest.mark.parametrize("positions", [False, True])
def test_completions_earn_what_they_earn_one_by_one(positions):
    torch.manual_seed(0)
    judge, table = DiscriminatorReward(rnn.create(rnn.Settings(), 5, 6), 512), worlds.table_reward()
    some = lambda s: table(s).masked_fill(s.ids[:, -1] == 2, torch.nan)  # noqa: E731, rows that cannot be scored
    own = late if positions else worlds.table_reward(3)
    reward, (samples, part) = blend.BlendReward([(0.5, judge), (-2.0, some), (0.25, own)]), rollouts(4)
    found, expected = reward.completions(samples, part), slowly(reward, samples, part)
    torch.testing.assert_close(found, expected, equal_nan=True, rtol=1e-5, atol=1e-5)
    assert expected.isnan().any(dim=2).ne(expected.isnan().all(dim=2)).any(), "some completions of a prefix are unknown"


def test_a_shuffled_part_deals_out_whole_prefixes():
    """Dealt out singly, the mean of a prefix's completions would be the same everywhere."""
    shuffled, (samples, part) = ShuffledReward(worlds.table_reward()), rollouts()
    found = completion_rewards(blend.BlendReward([(1.0, shuffled)]), samples, part)
    alone = shuffled.completions(samples, part).float()
    torch.testing.assert_close(found, alone, equal_nan=True)
    real = completion_rewards(worlds.table_reward(), samples, part)[samples.mask[:, 1:]]
    dealt = found[samples.mask[:, 1:]]
    assert sorted(real.float().tolist()) == sorted(dealt.tolist()) != real.float().tolist()
