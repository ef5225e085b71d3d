"""PG-BLEU: SeqGAN's loop without a discriminator, toward sequences whose n-grams are real."""

from __future__ import annotations

import pytest

from algorithms.runs import carry_out, events, experiment
from seqgan.errors import ConfigError

SHORT = {"name": "pg_bleu", "pretrain_epochs": 0, "steps": 25, "batch": 64, "learning_rate": 0.02}


@pytest.fixture
def cycle(tmp_path):
    """Rows that go round a, b, c, d: only four of the sixteen pairs of letters are real."""
    path = tmp_path / "cycle.txt"
    rows = [" ".join(("abcd" * 3)[start : start + length]) for start in range(4) for length in (4, 5, 6, 7)] * 20
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


@pytest.mark.thorough
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_reward_rises(tmp_path, cycle, seed):
    chosen = experiment(cycle, SHORT, seed=seed, reward={"name": "bleu", "order": 2}, credit={"rollouts": 4})
    _, lines = carry_out(tmp_path / "run", chosen)
    rewards = [line["reward"] for line in events(lines, "policy_gradient")]
    assert len(rewards) == 25
    assert sum(rewards[-5:]) / 5 > rewards[0] + 0.2


def test_it_has_no_discriminator(tmp_path, cycle):
    with pytest.raises(ConfigError, match="uses no discriminator"):
        experiment(cycle, SHORT, discriminator={"name": "rnn"})
    with pytest.raises(ConfigError, match="d_steps"):
        experiment(cycle, {**SHORT, "d_steps": 3})
    with pytest.raises(ConfigError, match="no discriminator"):
        carry_out(tmp_path / "run", experiment(cycle, SHORT, reward={"name": "discriminator"}))
