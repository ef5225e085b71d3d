"""Operations counted from shapes: by hand, against the benchmark's networks, and along a run."""

from __future__ import annotations

from typing import Any

import pytest

from conftest import ROOT
from house.source import script_at
from seqgan.config import read_toml, resolve
from seqgan.results.flops import Counter, score_flop, token_flop

PAPER = ROOT / "experiments" / "oracle-seqgan-paper.toml"
SIZES = {"vocabulary": 5000, "max_len": 20, "train": 10_000}


def paper(**changes: dict[str, Any]) -> dict[str, Any]:
    return resolve(("paper", read_toml(PAPER)), ("test", changes)).as_dict()


def test_a_token_and_a_score_by_hand() -> None:
    assert token_flop(3, 2, 5) == 2 * (4 * 2 * (3 + 2) + 2 * 5)
    assert token_flop(3, 2, 5, layers=2, gates=3) == 2 * (3 * 2 * (3 + 2) + 3 * 2 * (2 + 2) + 2 * 5)
    assert score_flop({1: 7, 3: 2}, 4, 5) == 2 * 4 * (1 * 7 * 5 + 3 * 2 * 3) + 4 * 9**2
    assert score_flop({9: 7}, 4, 5) == 2 * 5 * 7 * 1 * 4 + 4 * 7**2  # one window, shortened to the row


def test_the_paper_at_its_own_setting_counts_as_the_benchmark_does() -> None:
    speed = script_at(ROOT / "benchmarks" / "speed.py")
    setting = speed.Setting(rows=10_000)
    counter = Counter.of(paper(), SIZES)
    assert counter is not None
    assert counter.epoch == pytest.approx(setting.flop("MLE epoch"))
    drawn, trained = setting.flop("sample 10,000"), setting.flop("discriminator epoch")
    assert counter.labelled == pytest.approx(drawn + 3 * trained)
    reward = setting.flop("Monte-Carlo reward, one batch")
    assert counter.step == pytest.approx(reward + 64 * 20 * setting.token_flop() * 4 + 5 * counter.labelled)


def test_operations_add_up_along_the_phases() -> None:
    counter = Counter(epoch=10.0, labelled=3.0, step=100.0, pretrain_sets=5)
    assert counter.at("pretrain_generator", 4, 4) == 40
    assert counter.at("pretrain_2", 4, 7) == 70, "after three epochs of another network"
    assert counter.at("pretrain_discriminator", 2, 4) == 46
    assert counter.at("adversarial", 7, 4) == 40 + 15 + 700
    assert counter.at("final", 1, 4) is None


def test_what_cannot_be_known_is_not_guessed() -> None:
    text = {"name": "oracle_grammar"}
    assert Counter.of({**paper(), "task": text}, SIZES) is None
    assert Counter.of({**paper(), "generator": {"name": "transformer"}}, SIZES) is None
    assert Counter.of({**paper(), "discriminator": {"name": "rnn"}}, SIZES) is None
    assert Counter.of({**paper(), "credit": {"name": "something"}}, SIZES) is None
    assert Counter.of(paper(), {**SIZES, "max_len": 19}) is None


def test_without_a_discriminator_only_the_generator_counts() -> None:
    """PG-BLEU draws 64 rows of 20 and 16 rollouts of 19 + 18 + ... + 1 tokens each, and learns from the 64 rows."""
    counter = Counter.of(resolve(("pg", read_toml(PAPER.parent / "oracle-pg-bleu.toml"))).as_dict(), SIZES)
    assert counter is not None
    token = token_flop(32, 32, 5000)
    assert counter.step == pytest.approx(64 * token * (20 * 4 + 16 * 190))
    assert (counter.labelled, counter.pretrain_sets) == (0, 0)


def test_real_rows_beside_the_drawn_ones_are_learned_from_too() -> None:
    less, more = (Counter.of(paper(algorithm={"mle_weight": weight}), SIZES) for weight in (0.0, 0.5))
    assert less is not None
    assert more is not None
    assert more.step - less.step == pytest.approx(64 * 20 * 3 * token_flop(32, 32, 5000))


def test_a_mediator_reads_and_learns_half_of_its_rows_being_drawn() -> None:
    counter = Counter.of(resolve(("cot", read_toml(PAPER.parent / "oracle-cooperative-peak.toml"))).as_dict(), SIZES)
    assert counter is not None
    assert counter.step == pytest.approx(20 * token_flop(32, 32, 5000) * (32 + 3 * 64 + 64 + 64 + 3 * 64))


@pytest.mark.parametrize(
    ("name", "judging"),
    [("", 3 + 1), ("-shuffled", 3 + 1), ("-random", 1 + 1), ("-own-start", 1 + 1), ("-constant", 0)],
)
def test_every_model_that_judges_a_row_is_asked_about_it(name: str, judging: int) -> None:
    """64 rows are drawn, judged by the models and the generator itself, and learned from (three passes)."""
    file = PAPER.parent / f"oracle-likelihood-ratio{name}.toml"
    counter = Counter.of(resolve(("ratio", read_toml(file))).as_dict(), SIZES)
    assert counter is not None
    assert counter.step == pytest.approx(20 * token_flop(32, 32, 5000) * 64 * (1 + judging + 3))


@pytest.mark.parametrize(
    ("control", "scored", "learns"),
    [("constant", 0, False), ("random-discriminator", 1, False), ("shuffled", 1, True)],
)
def test_a_control_of_the_papers_recipe_walks_and_learns_as_far_as_its_reward_asks(
    control: str, scored: int, learns: bool
) -> None:
    whole = Counter.of(paper(), SIZES)
    counter = Counter.of(resolve(("c", read_toml(PAPER.parent / f"{PAPER.stem}-{control}.toml"))).as_dict(), SIZES)
    assert counter is not None
    assert whole is not None
    network = paper()["discriminator"]
    judged = score_flop(dict(zip(network["windows"], network["filters"], strict=True)), 64, 20)
    token = token_flop(32, 32, 5000)
    walked = 64 * (token * (20 * 4 + 16 * 190) + scored * (16 * 19 + 1) * judged)
    assert counter.step == pytest.approx(walked + 5 * counter.labelled)
    assert (counter.labelled, counter.pretrain_sets) == ((whole.labelled, 50) if learns else (0, 0))


def test_rollouts_and_likelihood_beside_the_ratio_are_not_guessed() -> None:
    file = read_toml(PAPER.parent / "oracle-likelihood-ratio.toml")
    for other in ({"credit": {"name": "monte_carlo"}}, {"algorithm": {"mle_weight": 0.5}}):
        section, values = next(iter(other.items()))
        changed = {**file, section: values if section == "credit" else {**file[section], **values}}
        assert Counter.of(resolve(("ratio", changed)).as_dict(), SIZES) is None


def test_every_experiment_can_be_asked_and_some_are_counted() -> None:
    files = list(PAPER.parent.glob("*.toml"))
    found = {path.stem: Counter.of(resolve((path.stem, read_toml(path))).as_dict(), SIZES) for path in files}
    counted = {name for name, counter in found.items() if counter is not None}
    assert {"oracle-mle", "oracle-pg-bleu", "oracle-seqgan-paper", "oracle-cooperative-peak"} <= counted
    assert {"oracle-cooperative-peak-four", "oracle-likelihood-ratio", "oracle-likelihood-ratio-shuffled"} <= counted
    assert not {"oracle-seqgan-peak-recurrent", "coco-seqgan"} & counted


def test_likelihood_alone_needs_no_discriminator() -> None:
    config = {key: value for key, value in paper().items() if key in ("task", "generator")}
    counter = Counter.of({**config, "algorithm": {"name": "mle", "epochs": 5}}, SIZES)
    assert counter is not None
    assert (counter.labelled, counter.step) == (0, 0)
