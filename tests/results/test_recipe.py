"""The differences between experiments that docs/recipe.md and README.md quote, computed anew from the records."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from seqgan.bench.report import sources_of
from seqgan.bench.sharpening import Plane, curve_of, judge, point_of
from seqgan.results.aggregate import spread
from seqgan.results.record import Record
from seqgan.stats.seeds import Spread

ROOT = Path(__file__).parents[2]
PLANE = Plane("nll_oracle", "nll_gen", higher_quality=False, higher_diversity=False)
WHERE = 7.65  # the NLL_test at which the recipes are compared with the best of several MLEs
Records = dict[int, Record]


@pytest.fixture(scope="module")
def runs() -> dict[str, Records]:
    sources = sources_of(ROOT / "results")
    names = {found.experiment for found in sources.records}
    return {name: {found.seed: found for found in sources.of(name)} for name in names}


def text_of(page: str) -> str:
    """Return a page on one line, without the unit before an interval."""
    return " ".join((ROOT / page).read_text(encoding="utf-8").split()).replace(" nats (", " (")


def shown(found: Spread | None, digits: int = 3) -> str:
    assert found is not None
    assert found.interval is not None
    return "{:.{d}f} ({:.{d}f} to {:.{d}f}".format(found.mean, *found.interval, d=digits)


def gained(records: Records, checkpoint: str = "adversarial_last") -> dict[int, float]:
    own = list(records.values())
    return {seed: value for seed, (value, _) in judge(own, checkpoint, own, PLANE).by_seed.items() if value is not None}


def at(found: Record, checkpoint: str) -> float:
    """Return NLL_oracle at the NLL_test of the comparison, linear between temperatures."""
    test, oracle = zip(*sorted((test, oracle) for _, oracle, test in curve_of(found, PLANE, [checkpoint])), strict=True)
    return float(np.interp(WHERE, test, oracle))


def beyond_best_of(runs: dict[str, Records], name: str) -> Spread | None:
    """Return how far a recipe lies below the MLE with the lowest NLL_test among all of its seed."""
    every = [runs[other] for other in PLAIN]

    def best(seed: int) -> Record:
        return min((one[seed] for one in every if seed in one), key=lambda one: lies_at(one, "mle_best"))

    return spread(at(best(seed), "mle_best") - at(one, "adversarial_last") for seed, one in runs[name].items())


PLAIN = ("oracle-mle-tuned", "oracle-likelihood-ratio", "oracle-cooperative-peak-four-fixed")


def lies_at(found: Record, checkpoint: str) -> float:
    place = point_of(found.scores[checkpoint], PLANE)
    assert place is not None
    return place[1]


def test_single_precision_in_pairs(runs: dict[str, Records]) -> None:
    one, two = runs["oracle-seqgan-recipe-fp32"], runs["oracle-seqgan-improved"]
    places = [[point_of(each[seed].scores["adversarial_last"], PLANE) for each in (one, two)] for seed in one]
    lower = spread(second[0] - first[0] for first, second in places if first and second)
    assert lower is not None
    assert lower.interval is not None
    words = f"{lower.mean:.3f} lower over three seeds ({-lower.interval[1]:.3f} to {-lower.interval[0]:.3f} in pairs)"
    assert words in text_of("docs/recipe.md")


def test_the_best_of_several_mles(runs: dict[str, Records]) -> None:
    text = text_of("docs/recipe.md")
    assert f"the difference is {shown(beyond_best_of(runs, 'oracle-likelihood-ratio'))}" in text
    ensemble = beyond_best_of(runs, "oracle-cooperative-peak-four-fixed")
    assert ensemble is not None
    assert f"lie {shown(ensemble, 2)}, five seeds)" in text
    assert len(runs["oracle-cooperative-peak-four-fixed"]) == 5
    assert f"{ensemble.mean:.2f} nats are left" in text
    assert f"(two for one seed) {ensemble.mean:.2f} are left" in text_of("README.md")


def test_the_ensemble_over_the_whole_curve_of_its_own_mle(runs: dict[str, Records]) -> None:
    own = list(runs["oracle-cooperative-peak-four-fixed"].values())
    gaps = judge(own, "adversarial_last", own, PLANE).gaps
    assert all(gap.mean > 0 for gap in gaps)
    assert len(gaps) == 5
    for page in ("README.md", "docs/recipe.md"):
        assert shown(spread(gap.mean for gap in gaps), 2) in text_of(page)


def test_the_last_epoch_beside_the_best(runs: dict[str, Records]) -> None:
    found = spread(gained(runs["oracle-mle-tuned"], "mle_last").values())
    assert f"{shown(found, 2)}, five seeds)" in text_of("docs/recipe.md")


def test_the_likelihood_ratio_beside_its_own_mle_and_beside_sharpening_by_reward(runs: dict[str, Records]) -> None:
    ratio, alone = gained(runs["oracle-likelihood-ratio"]), gained(runs["oracle-likelihood-ratio-own-start"])
    more, text = {seed: ratio[seed] - alone[seed] for seed in ratio}, text_of("docs/recipe.md")
    for values in (ratio, more):
        assert shown(spread(values.values())) in text
        assert shown(spread(value for seed, value in values.items() if seed != 1)) in text


def test_the_papers_recipe_along_its_way(runs: dict[str, Records]) -> None:
    found, text = runs["oracle-seqgan-paper"][1], text_of("docs/recipe.md")
    before = [point.scores for point in found.curve if point.phase == "pretrain_generator"][-1]
    points = [point for point in found.curve if point.phase == "adversarial"]
    scores = [{name: value or 0.0 for name, value in point.scores.items()} for point in points]
    lowest = min(range(len(points)), key=lambda place: scores[place]["nll_oracle"])
    below = next(point.step for point, values in zip(points, scores, strict=True) if values["nll_oracle"] <= 8.736)
    assert (
        f"falls from {before['nll_oracle']:.2f} after likelihood to {scores[lowest]['nll_oracle']:.2f} at round "
        f"{points[lowest].step} and rises again, to {scores[-1]['nll_oracle']:.2f} at the end. "
        f"The published 8.736 is met at round {below}."
    ) in text
    assert f"from {before['nll_gen']:.2f} to {scores[-1]['nll_gen']:.2f}" in text
    rewards, right = ([values[name] for values in scores] for name in ("reward", "accuracy"))
    assert f"it judges {100 * min(right):.0f} to {100 * max(right):.0f} in 100 rightly" in text
    assert f"below a millionth at {sum(value < 1e-6 for value in rewards)} of {len(rewards)} points" in text
    assert f"{np.median(rewards):.0e}".replace("e-0", "e-") + " in the median" in text
    assert f"mean reward is {np.median(rewards):.0e} in the median" in text_of("README.md")
    assert f"meets it at round {below} of {points[-1].step}" in text_of("README.md")
    assert any("carries no signal" in warning for warning in found.warnings)
    advantage = judge([found], "adversarial_last", list(runs["oracle-mle-tuned"].values()), PLANE).by_seed[1][0]
    assert advantage is not None
    assert f"is {-advantage:.1f} nats better" in text
