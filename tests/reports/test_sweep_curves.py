"""From points to curves and comparisons: which traces are paired, what is resampled together, what is said."""

from __future__ import annotations

import math

import numpy as np
import pytest

from reports.journals import score as journalled
from seqgan.records import Score
from seqgan.reports.sweep_curves import PLANES, Subject, Trace, comparisons, planes_of, reading
from seqgan.reports.sweep_figure import alt_text, draw
from seqgan.reports.sweep_points import Point
from seqgan.stats.curves import Curve, gap

NLL, VALIDITY, BLEU = PLANES[0], PLANES[1], PLANES[4]


def scores(**values: float) -> dict[str, Score]:
    return {
        name: Score(**{**journalled(name, 0.0), "value": value, "interval": None}) for name, value in values.items()
    }


def text_point(temperature: float, bleu: float, self_bleu: float, number: int, top_p: float = 1.0) -> Point:
    """A point whose 400 sentences scatter by 0.1 around both values."""
    noise = np.random.default_rng(number).normal(0, 0.1, (2, 400))
    noise -= noise.mean(axis=1, keepdims=True)
    rows = {"bleu_4": bleu + noise[0], "self_bleu_4": self_bleu + noise[1]}
    found = scores(bleu_4=bleu, self_bleu_4=self_bleu)
    return Point(
        f"{number:08x}" * 2, "m", temperature, top_p, found, 0.0, {k: v.astype(np.float32) for k, v in rows.items()}
    )


def trace(system: str, seed: int, run: str, rise: float, data: str = "d", along: str = "temperature") -> Trace:
    """Quality rises with self-BLEU by one half, ``rise`` above the line through the origin."""
    number = 100 * seed + sum(map(ord, system))
    points = [
        text_point(t, 0.5 * s + rise, s, number + k) for k, (t, s) in enumerate([(0.5, 0.9), (1, 0.6), (1.5, 0.3)])
    ]
    return Trace(
        Subject(system, seed, run, f"{system}{seed}", data, system.startswith("MLE")), along, tuple(points[::-1])
    )


def test_a_model_is_paired_with_the_likelihood_of_its_own_run() -> None:
    lines = [trace("gan", seed, f"run{seed}", 0.1 * seed) for seed in (1, 2, 3)]
    bases = [trace("MLE", seed, f"run{seed}", 0.05 * seed) for seed in (3, 1, 2)]
    (found,) = comparisons([*lines, *bases], [BLEU])
    assert (found.first, found.second) == ("gan", "MLE")
    assert [(seed, round(gap.mean, 6)) for seed, gap in found.by_seed] == [(1, 0.05), (2, 0.1), (3, 0.15)]
    assert found.gap is not None
    assert found.gap.mean == pytest.approx(0.1)
    assert found.gap.method == "t interval over 3 seeds"
    assert (found.beats, found.open, found.of) == (9, 0, 9)


def test_two_systems_are_paired_by_seed_where_their_data_are_the_same() -> None:
    one = [trace("gan", seed, f"a{seed}", 0.1) for seed in (1, 2)]
    two = [trace("other", seed, f"b{seed}", 0.02 * seed) for seed in (2, 1)]
    (found,) = comparisons([*one, *two], [BLEU])
    assert [(seed, round(gap.mean, 6)) for seed, gap in found.by_seed] == [(1, 0.08), (2, 0.06)]
    elsewhere = [trace("other", seed, f"b{seed}", 0.0, data="e") for seed in (1, 2)]
    assert comparisons([*one, *elsewhere], [BLEU]) == []


def test_temperatures_and_top_p_are_compared_each_with_its_like() -> None:
    lines = [
        trace(system, 1, "r", rise, along=a)
        for a in ("temperature", "top_p")
        for system, rise in (("gan", 0.1), ("MLE", 0))
    ]
    found = comparisons(lines, [BLEU])
    assert [(c.along, c.first, c.second) for c in found] == [("temperature", "gan", "MLE"), ("top_p", "gan", "MLE")]
    assert "(top-p curves)" in reading(found[1])


def test_the_interval_is_that_of_the_sentences() -> None:
    (found,) = comparisons([trace("gan", 1, "r", 0.1), trace("MLE", 1, "r", 0.0)], [BLEU])
    assert found.gap is not None
    low, high = found.gap.intervals["mean"]  # type: ignore[misc]
    # The spread that other samples of 400 sentences would show, each point with sd 0.1 / sqrt(400) in both numbers.
    draw, places = np.random.default_rng(0), np.array([0.3, 0.6, 0.9])
    means = []
    for _ in range(300):
        curves = [
            Curve(0.5 * places + rise + draw.normal(0, 0.005, 3), places + draw.normal(0, 0.005, 3))
            for rise in (0.1, 0)
        ]
        means.append(gap(*curves).mean)
    assert (high - low) / 2 == pytest.approx(1.96 * np.std(means), rel=0.15)


@pytest.mark.parametrize(("rise", "word"), [(0.1, "better"), (-0.1, "worse"), (0.0, "no evidence of a difference")])
def test_the_reading_says_what_the_interval_says(rise: float, word: str) -> None:
    lines = [trace("gan", 1, "r", rise), trace("MLE", 1, "r", 0.0)]
    (found,) = comparisons(lines, [BLEU])
    text = reading(found)
    assert text.startswith(f"BLEU-4 at equal self-BLEU-4 (temperature curves), gan against MLE: {word}, by ")
    assert "one seed, bootstrap over sequences" in text
    assert f"Points of gan beyond that curve: {3 if rise > 0 else 0} of 3" in text
    assert f"gan against MLE, temperature curves: {word}, {rise:+.4f} on average" in alt_text(
        [BLEU], lines, None, [found]
    )


def nll_point(temperature: float, oracle: float, test: float, number: int) -> Point:
    rows = np.random.default_rng(number).normal(20, 4, 300)
    held = np.random.default_rng(0).normal(20, 4, 300)  # the same held-out rows for everybody
    pairs = {"nll_oracle": rows / rows.mean() * oracle, "nll_gen": held / held.mean() * test}
    stored = {
        name: np.stack([-values * 10, np.full(300, 10.0)], axis=1).astype(np.float32) for name, values in pairs.items()
    }
    stored["nll_oracle"] = np.concatenate([stored["nll_oracle"], [[-np.inf, 10]]]).astype(np.float32)
    return Point(f"{number:08x}" * 2, "m", temperature, 1.0, scores(nll_oracle=oracle, nll_gen=test), 0.0, stored)


def nll_trace(system: str, shift: float) -> Trace:
    places = [(0.5, 1.0, 3.0), (1.0, 2.0, 2.0), (1.5, 2.5, 2.2)]
    points = [
        nll_point(t, oracle + shift, test, 10 * sum(map(ord, system)) + k) for k, (t, oracle, test) in enumerate(places)
    ]
    return Trace(Subject(system, 1, "r", system, "d", system == "MLE"), "temperature", tuple(points))


def test_held_out_rows_are_resampled_alike_for_every_model() -> None:
    curves = [nll_trace(system, 0.0).curve(NLL) for system in ("gan", "MLE")]
    assert curves[0] is not None
    assert curves[1] is not None
    assert np.array_equal(curves[0].diversity_draws, curves[1].diversity_draws)  # type: ignore[arg-type]
    assert not np.allclose(curves[0].quality_draws, curves[1].quality_draws)  # type: ignore[arg-type]
    assert curves[0].quality_draws.mean() == pytest.approx(5.5 / 3, abs=0.02)  # type: ignore[union-attr]


def test_a_lower_nll_oracle_is_better_and_a_turning_nll_test_does_no_harm() -> None:
    (found,) = comparisons([nll_trace("gan", -0.5), nll_trace("MLE", 0.0)], [NLL])
    assert found.gap is not None
    assert (found.gap.low, found.gap.high) == (2, 3)
    assert found.gap.mean == pytest.approx(0.5)
    assert found.beats == 2  # at the NLL_test of the hot point, likelihood has less than its 2.0


def test_points_that_are_not_finite_are_in_no_curve() -> None:
    whole = trace("gan", 1, "r", 0.0)
    broken = Trace(whole.subject, "temperature", (*whole.points, text_point(2, math.nan, 0.2, 5)))
    assert len(broken.on(BLEU).points) == 3
    assert broken.on(NLL).points == ()
    assert broken.curve(NLL) is None
    lost = Trace(whole.subject, "temperature", (text_point(2, math.inf, 0.2, 5),))
    (found,) = comparisons([lost, trace("MLE", 1, "r", 0.0)], [BLEU])
    assert found.gap is None
    assert "not comparable. BLEU-4 or self-BLEU-4 is not finite at any point." in reading(found)


def test_curves_apart_and_curves_of_one_point_are_said_to_be_so() -> None:
    far = Trace(
        Subject("gan", 1, "r", "g", "d", False),
        "temperature",
        tuple(text_point(t, 0.1, s, int(100 * s)) for t, s in ((1, 0.1), (2, 0.05))),
    )
    (found,) = comparisons([far, trace("MLE", 1, "r", 0.0)], [BLEU])
    assert "not comparable" in reading(found)
    rising = Trace(far.subject, "temperature", (text_point(1, 0.2, 0.1, 1), text_point(2, 0.1, 0.05, 2)))
    (found,) = comparisons([rising, trace("MLE", 1, "r", 0.0)], [BLEU])
    assert "share no range of diversity: they reach 0.05 to 0.1 and 0.3 to 0.9" in reading(found)


def test_planes_are_those_that_were_measured() -> None:
    assert planes_of([text_point(1, 0.5, 0.5, 1)]) == [BLEU]
    assert planes_of([nll_point(1, 1, 1, 1)]) == [NLL]
    assert planes_of([]) == []


def test_systems_are_told_apart_without_colour() -> None:
    (panel,) = draw([BLEU], [trace("gan", 1, "r", 0.1), trace("MLE", 1, "r", 0.0)], None).axes
    kinds = [(line.get_marker(), line.get_linestyle()) for line in panel.lines if line.get_marker() in "os"]
    assert len(set(kinds)) == len(kinds) == 2
    assert {text.get_text() for text in panel.texts} == {"0.5", "1", "1.5"}
