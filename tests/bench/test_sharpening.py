"""A run counts only where it lies below the sharpened MLE of its seed: points and curves with known gaps."""

from __future__ import annotations

import pytest

from bench.grids import record, score, swept
from seqgan.bench.sharpening import Plane, above_published, curve_of, judge, plane_of
from seqgan.results.record import Record

PLANE = Plane("nll_oracle", "nll_gen", higher_quality=False, higher_diversity=False)
COLD_TO_WARM = ((0.5, 7.0, 9.0), (0.75, 8.0, 8.0), (1.0, 9.0, 7.0))


def mle(seed: int) -> Record:
    points = {"mle_best": [score("nll_oracle", 9.0), score("nll_gen", 7.0)]}
    return record("mle", seed, scores=points, temperatures=swept("mle_best", *COLD_TO_WARM))


def adversarial(seed: int, oracle: float, test: float, own: tuple = ()) -> Record:
    points = {"adversarial_last": [score("nll_oracle", oracle), score("nll_gen", test)]}
    return record("gan", seed, scores=points, temperatures=swept("adversarial_last", *own))


def test_the_plane_takes_its_directions_from_the_scores() -> None:
    assert plane_of([mle(1)], "nll_oracle", "nll_gen") == PLANE
    other = record("x", 1, scores={"last": [score("bleu_4", 0.3, "higher"), score("self_bleu_4", 0.4)]})
    assert plane_of([other], "bleu_4", "self_bleu_4") == Plane("bleu_4", "self_bleu_4", True, False)
    assert plane_of([mle(1)], "nll_oracle", "bleu_4") is None


def test_a_point_below_the_curve_is_progress_and_one_on_or_above_it_is_sharpening() -> None:
    runs = [adversarial(1, 7.8, 8.0), adversarial(2, 8.3, 8.0), adversarial(3, 8.0, 8.0)]
    found = judge(runs, "adversarial_last", [mle(n) for n in (1, 2, 3)], PLANE)
    values = {seed: value for seed, (value, _) in found.by_seed.items()}
    assert values == {1: pytest.approx(0.2), 2: pytest.approx(-0.3), 3: pytest.approx(0.0)}
    assert [beats for _, beats in found.by_seed.values()] == [True, False, False]
    assert found.label.startswith("better than a temperature in 1 of 3 seeds: no difference within the error")
    unseen = "; groups of words not counted in seed 1"
    assert judge(runs[:1], "adversarial_last", [mle(1)], PLANE).label == f"better than a temperature, one seed{unseen}"
    assert judge(runs[1:], "adversarial_last", [mle(2), mle(3)], PLANE).label == "sharpening only"


def test_a_run_that_is_no_better_than_its_own_mle_has_no_gain() -> None:
    def run(seed: int, oracle: float) -> Record:
        found = adversarial(seed, oracle, 8.0)
        return found.model_copy(update={"scores": {**found.scores, **mle(seed).scores}})

    def label(*oracle: float) -> str:
        runs = [run(seed, value) for seed, value in enumerate(oracle, 1)]
        return judge(runs, "adversarial_last", [mle(1), mle(2)], PLANE).label

    assert label(9.1, 9.0) == "no gain"
    assert label(9.1, 8.9) == "sharpening only"


def test_beyond_the_curve_nothing_is_claimed() -> None:
    found = judge([adversarial(1, 6.0, 12.0)], "adversarial_last", [mle(1)], PLANE)
    assert found.by_seed == {1: (None, None)}
    assert found.label == "beyond the curve"
    worse = judge([adversarial(1, 7.5, 12.0)], "adversarial_last", [mle(1)], PLANE)
    assert worse.label == "sharpening only"  # the coldest MLE is better in both


def test_a_run_stands_against_its_own_mle_and_not_without_one_of_its_seed() -> None:
    own = adversarial(4, 7.8, 8.0).model_copy(update={"temperatures": swept("mle_best", *COLD_TO_WARM)})
    assert judge([own], "adversarial_last", [own], PLANE).by_seed[4] == (pytest.approx(0.2), True)
    assert judge([own], "adversarial_last", [mle(1)], PLANE).label == "not compared"
    without = adversarial(4, 7.8, 8.0)
    assert judge([without], "adversarial_last", [without], PLANE).label == "not compared"


def test_a_run_that_is_worse_than_its_own_mle_is_not_better_than_another() -> None:
    luckier = swept("mle_best", *[(t, q - 0.5, d) for t, q, d in COLD_TO_WARM])
    run = adversarial(1, 7.8, 8.0).model_copy(update={"temperatures": luckier})
    own = judge([run], "adversarial_last", [run], PLANE)
    assert own.by_seed == {1: (pytest.approx(-0.3), False)}
    other = judge([run], "adversarial_last", [mle(1)], PLANE)
    assert other.by_seed == {1: (pytest.approx(0.2), True)}
    assert other.only_with(own).label == "sharpening only; not better than its own MLE in seed 1"
    unknown = judge([adversarial(1, 7.8, 8.0)], "adversarial_last", [], PLANE)
    assert other.only_with(unknown).label.endswith("; its own MLE not swept in seed 1")
    assert other.only_with(unknown).by_seed == other.by_seed


def test_several_seeds_claim_what_their_interval_shows() -> None:
    def label(*oracle: float) -> str:
        runs = [adversarial(n, value, 8.0) for n, value in enumerate(oracle, 1)]
        found = judge(runs, "adversarial_last", [mle(n) for n in (1, 2, 3, 4, 5)], PLANE)
        return found.label.partition(";")[0]

    assert label(7.8, 7.79, 7.81) == "better than a temperature in 3 of 3 seeds"
    assert label(7.8, 7.7, 7.9) == "better than a temperature in 3 of 3 seeds: no difference within the error"
    assert label(7.8, 7.7, 8.9) == "better than a temperature in 2 of 3 seeds: no difference within the error"
    assert label(7.8, 7.79, 7.81, 8.0).endswith("3 of 4 seeds: no difference within the error")
    assert label(8.1, 8.2, 8.3) == "sharpening only"
    assert label(7.99, 8.3, 8.28, 8.31, 8.29) == "better than a temperature in 1 of 5 seeds: worse in the mean"


def test_a_published_point_is_compared_at_its_own_diversity() -> None:
    runs = [mle(1), adversarial(2, 8.0, 8.0)]
    assert above_published(runs, "mle_best", PLANE, (8.3, 8.0)) == [pytest.approx(0.3), None]
    assert above_published(runs[:1], "mle_best", PLANE, (8.3, 20.0)) == [None]
    assert PLANE.is_better((8.0, 8.0), (8.3, 8.0))
    assert not PLANE.is_better((8.0, 8.1), (8.3, 8.0))
    assert Plane("bleu", "self_bleu", True, False).is_better((0.4, 0.5), (0.3, 0.6))


def test_values_of_another_definition_are_not_compared() -> None:
    run = adversarial(1, 7.8, 8.0)
    other = [s.model_copy(update={"signature": "nll_oracle|hypotheses:99"}) for s in run.scores["adversarial_last"]]
    changed = run.model_copy(update={"scores": {"adversarial_last": other}})
    assert judge([changed], "adversarial_last", [mle(1)], PLANE).by_seed == {}


def test_a_curve_that_was_swept_in_another_way_is_not_compared() -> None:
    other, run = mle(1), adversarial(1, 7.8, 8.0, COLD_TO_WARM)
    assert judge([run], "adversarial_last", [other], PLANE).by_seed != {}
    for changed, control in ((_later(run), other), (run, _later(other))):
        assert judge([changed], "adversarial_last", [control], PLANE).by_seed == {}


def _later(found: Record) -> Record:
    """Return the record with its temperatures measured by a later version."""
    points = [
        point.model_copy(
            update={"scores": [s.model_copy(update={"signature": s.signature + "1"}) for s in point.scores]}
        )
        for point in found.temperatures
    ]
    return found.model_copy(update={"temperatures": points})


def test_a_whole_curve_beyond_the_reach_of_its_point_is_told() -> None:
    own = tuple((t, q - 0.5, d) for t, q, d in COLD_TO_WARM)
    found = judge([adversarial(n, 9.5, 6.5, own) for n in (1, 2)], "adversarial_last", [mle(1), mle(2)], PLANE)
    assert found.label == "beyond the curve; whole curve better in 2 of 2 seeds"


def test_whole_curves_are_compared_at_equal_diversity() -> None:
    own = tuple((t, q - 0.5, d) for t, q, d in COLD_TO_WARM)
    found = judge([adversarial(n, 8.0, 7.5, own) for n in (1, 2)], "adversarial_last", [mle(1), mle(2)], PLANE)
    assert [gap.mean for gap in found.gaps] == pytest.approx([0.5, 0.5])
    assert (found.gaps[0].low, found.gaps[0].high) == (7.0, 9.0)
    assert curve_of(mle(1), PLANE, ["mle_last", "mle_best"])[0] == COLD_TO_WARM[0]


def test_a_run_that_repeats_itself_is_no_progress() -> None:
    def run(unique: float) -> Record:
        found = adversarial(1, 7.8, 8.0)
        last = [*found.scores["adversarial_last"], score("uniqueness", unique, "higher")]
        best = [score("uniqueness", 1.0, "higher")]
        return found.model_copy(update={"scores": {"adversarial_last": last, "mle_best": best}})

    assert judge([run(0.99)], "adversarial_last", [mle(1)], PLANE).label.startswith("better than a temperature")
    found = judge([run(0.9)], "adversarial_last", [mle(1)], PLANE)
    assert found.by_seed[1] == (pytest.approx(0.2), False)
    assert found.label == "sharpening only; repeats itself in seed 1"


def test_a_run_that_draws_a_part_of_its_samples_from_a_few_places_is_no_progress() -> None:
    """Compared at equal quality: 8.0 lies where the sharpened MLE has 0.9 of different groups."""
    colder = [(0.5, 7.0, 9.0, 0.8), (0.75, 8.0, 8.0, 0.9), (1.0, 9.0, 7.0, 1.0)]

    def run(groups: float) -> Record:
        found = adversarial(1, 8.0, 7.5)
        last = [*found.scores["adversarial_last"], score("distinct_3", groups, "higher")]
        points = swept("mle_best", *[point[:3] for point in colder])
        points = [
            point.model_copy(update={"scores": [*point.scores, score("distinct_3", seen, "higher")]})
            for point, (*_, seen) in zip(points, colder, strict=True)
        ]
        return found.model_copy(update={"scores": {"adversarial_last": last}, "temperatures": points})

    assert judge([run(0.89)], "adversarial_last", [mle(1)], PLANE).label == "better than a temperature, one seed"
    found = judge([run(0.87)], "adversarial_last", [mle(1)], PLANE)
    assert found.label == "sharpening only; repeats itself in seed 1"


def test_an_advantage_within_the_noise_of_its_own_samples_is_none() -> None:
    def run(half: float) -> Record:
        found = adversarial(1, 7.8, 8.0)
        oracle, test = found.scores["adversarial_last"]
        oracle = oracle.model_copy(update={"interval": (7.8 - half, 7.8 + half)})
        return found.model_copy(update={"scores": {"adversarial_last": [oracle, test]}})

    assert judge([run(0.19)], "adversarial_last", [mle(1)], PLANE).by_seed[1] == (pytest.approx(0.2), True)
    assert judge([run(0.21)], "adversarial_last", [mle(1)], PLANE).by_seed[1] == (pytest.approx(0.2), False)


def test_beyond_the_curve_too_less_than_the_noise_is_no_advantage() -> None:
    """The warmest MLE lies at 9.0 and 7.0: a run at 8.9 and 6.9 is better in both, if 0.1 is more than noise."""

    def run(half: float) -> Record:
        found = adversarial(1, 8.9, 6.9)
        oracle, test = found.scores["adversarial_last"]
        oracle = oracle.model_copy(update={"interval": (8.9 - half, 8.9 + half)})
        return found.model_copy(update={"scores": {"adversarial_last": [oracle, test]}})

    assert judge([run(0.05)], "adversarial_last", [mle(1)], PLANE).by_seed == {1: (None, True)}
    assert judge([run(0.2)], "adversarial_last", [mle(1)], PLANE).by_seed == {1: (None, None)}
