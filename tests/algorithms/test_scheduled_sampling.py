"""Scheduled sampling: which tokens are fed, how often, drawn from what, and the schedule."""

from __future__ import annotations

import math

import pytest
import torch

import worlds
from algorithms.runs import carry_out, events, experiment, letters
from seqgan.algorithms import scheduled_sampling
from seqgan.algorithms.scheduled_sampling import mixed_inputs
from seqgan.functional.masks import mask_after_end

END = 2


def real(n, seed=0, width=5):
    ids = torch.randint(3, (n, width), generator=torch.Generator().manual_seed(seed))
    mask = mask_after_end(ids, END)
    return ids.masked_fill(~mask, END), mask


def mixed(policy, ids, mask, omega, end=END, seed=1):
    return mixed_inputs(policy, ids, mask, omega, end, torch.Generator().manual_seed(seed))


def test_at_one_the_true_rows_are_fed_and_no_random_number_is_taken():
    ids, mask = real(6)
    rng = torch.Generator().manual_seed(1)
    before = rng.get_state()
    assert torch.equal(mixed_inputs(worlds.generator(), ids, mask, 1.0, END, rng), ids)
    assert torch.equal(rng.get_state(), before)


def test_only_tokens_that_something_is_predicted_from_are_replaced_and_never_by_the_end():
    ids, mask = real(500)
    fed = mixed(worlds.generator(), ids, mask, 0.0)
    followed = torch.cat([mask[:, 1:], torch.zeros(500, 1, dtype=torch.bool)], dim=1)
    assert torch.equal(fed[~followed], ids[~followed])
    assert not torch.equal(fed[followed], ids[followed])
    assert (fed[followed] != END).all()


@pytest.mark.parametrize("omega", [0.0, 0.3, 0.9])
def test_the_share_of_own_tokens_is_one_minus_omega(omega):
    """Every true token is 0; the generator draws other tokens with a known probability."""
    policy = worlds.generator(width=2)
    ids, mask = torch.zeros(20_000, 2, dtype=torch.long), torch.ones(20_000, 2, dtype=torch.bool)
    fed = mixed(policy, ids, mask, omega, end=None)
    other = 1 - float(policy(ids[:1]).logits.detach().softmax(-1)[0, 0, 0])
    expected = (1 - omega) * other
    share = float((fed[:, 0] != 0).double().mean())
    assert share == pytest.approx(expected, abs=4 * math.sqrt(expected * (1 - expected) / 20_000))


def test_an_own_token_is_drawn_given_the_mixed_tokens_before_it():
    """At omega 0 the rows are samples of the generator: each sequence as often as its probability says."""
    policy = worlds.generator(width=3)
    ids, mask = torch.zeros(30_000, 4, dtype=torch.long), torch.ones(30_000, 4, dtype=torch.bool)
    fed = mixed(policy, ids, mask, 0.0, end=None)[:, :3]
    world = worlds.every_sequence(3, 3, end=None)
    expected = worlds.log_prob(policy, world).detach().exp()
    seen = torch.stack([(fed == row).all(dim=1).double().mean() for row in world.ids])
    deviation = (expected * (1 - expected) / 30_000).sqrt()
    assert ((seen - expected).abs() < 4.5 * deviation).all()


def test_dropout_is_off_while_tokens_are_drawn_and_on_again_after():
    policy = worlds.generator(dropout=0.5).train()
    ids, mask = real(50)
    fed = mixed(policy, ids, mask, 0.2)
    assert policy.training
    assert torch.equal(fed, mixed(policy.eval(), ids, mask, 0.2))


def test_omega_falls_from_epoch_to_epoch_to_its_least_value(tmp_path, monkeypatch):
    seen = []

    def watched(generator, ids, mask, omega, end, rng):
        seen.append(omega)
        return mixed_inputs(generator, ids, mask, omega, end, rng)

    monkeypatch.setattr(scheduled_sampling, "mixed_inputs", watched)
    algorithm = {"name": "mle", "epochs": 4, "batch": 400, "patience": 0}
    data = letters(tmp_path / "letters.txt")
    more = {"name": "scheduled_sampling", "omega": 0.9, "omega_decrease": 0.25, "omega_least": 0.2}
    carry_out(tmp_path / "run", experiment(data, {**algorithm, **more}))
    assert seen == pytest.approx([0.9, 0.65, 0.4, 0.2])


def test_with_omega_one_it_is_maximum_likelihood(tmp_path):
    data, found = letters(tmp_path / "letters.txt"), {}
    for name, more in (("mle", {}), ("scheduled_sampling", {"omega_decrease": 0.0})):
        chosen = experiment(data, {"name": name, "epochs": 3, "patience": 0, **more})
        _, lines = carry_out(tmp_path / name, chosen)
        found[name] = [line["valid_nll"] for line in events(lines, name)]
    assert found["mle"] == found["scheduled_sampling"]


def test_it_learns_and_its_weights_stand_in_the_final_table(tmp_path):
    """A row has 3 to 7 of four letters, then ends: (ln 5 + 5 ln 4) / 6 nats a token; five symbols alike: ln 5."""
    entropy = (math.log(5) + 5 * math.log(4)) / 6
    data = letters(tmp_path / "letters.txt", rows=1000)
    algorithm = {"name": "scheduled_sampling", "epochs": 10, "learning_rate": 0.02, "omega_decrease": 0.02}
    run, lines = carry_out(tmp_path / "run", experiment(data, algorithm))
    nll = [line["valid_nll"] for line in events(lines, "scheduled_sampling")]
    assert min(nll) < entropy + 0.08 < math.log(5)
    names = {"real", "ngram", "scheduled_sampling_last", "scheduled_sampling_best"}
    assert set(events(lines, "finish")[0]["checkpoints"]) == names
    assert (run / "model-best.safetensors").is_file()
