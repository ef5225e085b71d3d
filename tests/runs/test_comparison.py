"""The final comparison: intervals that hold, and a verdict that claims no more than they show."""

from __future__ import annotations

import numpy as np
import pytest

from seqgan.records import Score
from seqgan.runs.comparison import Final, compare, shares, verdict


def score(name: str, value: float, direction: str = "lower", interval: tuple[float, float] | None = None) -> Score:
    return Score(name, value, "s", direction, "u", 10, interval)


def finals(**columns: Final) -> dict[str, Final]:
    return columns


def test_the_shares_of_sequences_average_to_the_ratio_of_totals():
    nats, lengths = [3.0, 10.0, 1.5], [2.0, 4.0, 1.0]
    assert shares(nats, lengths).mean() == pytest.approx(sum(nats) / sum(lengths), abs=1e-12)
    assert np.isnan(shares([1.0, float("inf")], [1.0, 1.0])).all()


def test_a_paired_change_has_a_far_narrower_interval_than_its_parts():
    rng = np.random.default_rng(0)
    before = rng.normal(5, 2, 500)
    after = before - 0.1 + rng.normal(0, 0.05, 500)
    result = compare(
        finals(
            mle_best=Final({"nll_gen": score("nll_gen", before.mean())}, {"nll_gen": before}),
            adversarial_best=Final({"nll_gen": score("nll_gen", after.mean())}, {"nll_gen": after}),
        )
    )
    (change,) = result["changes"]
    low, high = change["interval"]
    assert low < change["change"] < high < 0
    assert high - low < 0.02
    assert change["judgement"] == "better"
    assert "helped on nll_gen" in result["verdict"]
    assert "one seed" in result["verdict"]


@pytest.mark.parametrize(
    ("second", "direction", "judgement"),
    [(0.9, "higher", "better"), (0.9, "lower", "worse"), (0.52, "higher", "no evidence"), (0.9, "none", "not judged")],
)
def test_two_intervals_are_combined_and_judged_by_direction(second, direction, judgement):
    first = score("m", 0.5, direction, (0.45, 0.55))
    other = score("m", second, direction, (second - 0.05, second + 0.05))
    result = compare(finals(mle_last=Final({"m": first}, {}), adversarial_last=Final({"m": other}, {})))
    (change,) = result["changes"]
    assert change["interval"] == pytest.approx((second - 0.5 - 0.0707, second - 0.5 + 0.0707), abs=1e-4)
    assert change["judgement"] == judgement


def test_without_intervals_nothing_is_claimed():
    result = compare(
        finals(mle_best=Final({"m": score("m", 1.0)}, {}), adversarial_best=Final({"m": score("m", 0.1)}, {}))
    )
    assert result["changes"][0]["interval"] is None
    assert "help" not in result["verdict"]
    assert "cannot be judged on m" in result["verdict"]


def test_no_evidence_is_no_evidence_of_no_help():
    lacking = {"before": "mle_best", "metric": "a", "judgement": "no evidence"}
    assert verdict([lacking]).endswith("the adversarial stage shows no evidence on a.")
    assert "did not help: it did harm on a" in verdict([{**lacking, "judgement": "worse"}])


def test_harm_is_named_beside_help():
    changes = [
        {"before": "mle_best", "metric": "a", "judgement": "better"},
        {"before": "mle_best", "metric": "b", "judgement": "worse"},
        {"before": "mle_best", "metric": "c", "judgement": "no evidence"},
    ]
    assert verdict(changes).endswith("helped on a; did harm on b; shows no evidence on c.")


def test_many_comparisons_say_what_chance_does():
    change = {"before": "mle_best", "after": "adversarial_best", "judgement": "better"}
    few, many = ([{**change, "metric": str(n)} for n in range(count)] for count in (3, 9))
    assert "chance" not in verdict(few)
    assert verdict(many).endswith(". Of 9 comparisons about one in twenty differs by chance.")
    assert "chance" not in verdict([{**each, "judgement": "not judged"} for each in many])


def test_the_model_that_is_sampled_is_judged_first_and_the_validation_best_beside_it():
    last = {"before": "mle_last", "metric": "a", "judgement": "worse"}
    best = {"before": "mle_best", "metric": "a", "judgement": "better"}
    assert verdict([last, best]) == (
        "On this one seed, last checkpoints (the model that is sampled), the adversarial stage did not help: it did "
        "harm on a. At the validation-best checkpoints it helped on a."
    )
    assert "validation-best" not in verdict([last])
    assert verdict([best]) == "On this one seed, validation-best checkpoints, the adversarial stage helped on a."


def test_rows_hold_every_column_that_has_the_metric():
    result = compare(
        finals(
            real=Final({"validity": score("validity", 1.0)}, {}),
            mle_last=Final({"validity": score("validity", 0.5), "nll_gen": score("nll_gen", 2.0)}, {}),
        )
    )
    assert result["columns"] == ["real", "mle_last"]
    assert [(row["metric"], row["values"]) for row in result["rows"]] == [
        ("validity", {"real": 1.0, "mle_last": 0.5}),
        ("nll_gen", {"mle_last": 2.0}),
    ]
    assert result["verdict"] == "There is nothing to compare."


def test_a_reward_of_ones_own_that_was_measured_once_has_no_sentence():
    own, nll = Score("reward_cats", 0.5, "s", "higher", "reward", 3), score("nll_gen", 2.0, interval=(1.9, 2.1))
    after = Final({"reward_cats": own, "nll_gen": nll}, {})
    text = compare({"mle_last": Final({"nll_gen": nll}, {}), "adversarial_last": after})["verdict"]
    assert "Your own reward" not in text
    assert "nll_gen" in text


def test_a_reward_of_ones_own_has_its_own_sentence_for_each_pair():
    rng = np.random.default_rng(0)
    before = rng.uniform(0, 0.5, 300)
    columns = {"mle_last": before, "adversarial_last": before + 0.2, "mle_best": before, "adversarial_best": before}
    measured = {
        name: Final(
            {"reward_cats": Score("reward_cats", values.mean(), "s", "higher", "reward", 300)}, {"reward_cats": values}
        )
        for name, values in columns.items()
    }
    text = compare(measured)["verdict"]
    start, after = f"{before.mean():.3g}", f"{before.mean() + 0.2:.3g}"
    assert text.startswith(
        f"Your own reward, reward_cats, on this one seed: it rose from {start} to {after} (change 0.2 "
    )
    assert f"it shows no clear change from {start} to {start}" in text
    assert "helped on" not in text  # a higher reward is what was asked for, not yet better text
