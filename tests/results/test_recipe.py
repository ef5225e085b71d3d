"""The differences between experiments that docs/recipe.md and README.md quote, computed anew from the records."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from seqgan.bench.report import sources_of
from seqgan.bench.sharpening import Plane, curve_of, judge, point_of, repeats
from seqgan.results.aggregate import spread
from seqgan.results.record import Record
from seqgan.runs.watch import HEART
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
    assert f"by {ensemble.mean:.2f} than the best of three MLEs (two for one seed)" in text_of("README.md")


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


Scores = dict[str, float]


def course(found: Record) -> dict[int, Scores]:
    """Return the scores on the way by round."""
    rounds = (point for point in found.curve if point.phase == "adversarial")
    return {point.step: {name: value or 0.0 for name, value in point.scores.items()} for point in rounds}


def first_met(way: dict[int, Scores]) -> int:
    return min(step for step, values in way.items() if values["nll_oracle"] <= 8.736)


def teraflop(found: Record, step: int) -> float:
    flop = next(point.flop for point in found.curve if (point.phase, point.step) == ("adversarial", step))
    return (flop or 0.0) / 1e12


def test_the_papers_recipe_along_its_way(runs: dict[str, Records]) -> None:
    found, text, readme = runs["oracle-seqgan-paper"][1], text_of("docs/recipe.md"), text_of("README.md")
    before = [point.scores for point in found.curve if point.phase == "pretrain_generator"][-1]
    way = course(found)
    lowest, last = min(way, key=lambda step: way[step]["nll_oracle"]), max(way)
    met = first_met(way)
    assert (
        f"falls from {before['nll_oracle']:.2f} after likelihood to {way[lowest]['nll_oracle']:.2f} at round "
        f"{lowest} and rises again, to {way[last]['nll_oracle']:.2f} at the end. "
        f"The published 8.736 is met at round {met}."
    ) in text
    assert f"meets it at round {met} of {last} and ends above it" in readme
    end = point_of(found.scores["adversarial_last"], PLANE)
    assert end is not None
    assert f"{end[0]:.3f} and {end[1]:.3f} in the end" in text
    assert end[0] > 8.736
    least = min(way, key=lambda step: way[step]["nll_gen"])
    assert (
        f"falls from {before['nll_gen']:.2f} to {way[least]['nll_gen']:.2f} at round {least} and then rises to "
        f"{way[last]['nll_gen']:.2f}"
    ) in text
    right = [values["accuracy"] for values in way.values()]
    assert f"it judges {100 * min(right):.0f} to {100 * max(right):.0f} in 100 rightly" in text
    falling, later = (
        f"{np.median([values['reward'] for step, values in way.items() if inside(step)]):.0e}"
        for inside in (lambda step: step <= met, lambda step: step > lowest)
    )
    assert f"is {falling} (the median of rounds 5 to {met}); after round {lowest} it is {later}" in text
    assert f"a reward of about {falling}, later of {later}" in readme
    assert any("carries no signal" in warning for warning in found.warnings)
    advantage = judge([found], "adversarial_last", list(runs["oracle-mle-tuned"].values()), PLANE).by_seed[1][0]
    assert advantage is not None
    assert f"is {-advantage:.1f} nats better" in text


def test_the_papers_recipe_with_a_constant_reward(runs: dict[str, Records]) -> None:
    text, whole, found = (
        text_of("docs/recipe.md"),
        runs["oracle-seqgan-paper"][1],
        runs["oracle-seqgan-paper-constant"][1],
    )
    way, met = course(found), first_met(course(found))
    assert met == first_met(course(runs["oracle-seqgan-paper-constant"][2])), "seed 2 as well"
    less, more = teraflop(found, met), teraflop(whole, first_met(course(whole)))
    assert f"meets 8.736 at round {met}, after {less:.0f} TFLOP of matrix products instead of {more:,.0f}" in text
    assert f"no discriminator at all, the same loop meets it at round {met}" in text_of("README.md")
    end = point_of(found.scores["adversarial_last"], PLANE)
    assert end is not None
    lowest = min(values["nll_oracle"] for values in way.values())
    assert f"down to {lowest:.2f} and ends at {end[0]:.3f}; its NLL_test rises further too, to {end[1]:.3f}" in text


def test_the_papers_recipe_with_a_discriminator_that_never_learned(runs: dict[str, Records]) -> None:
    way = course(runs["oracle-seqgan-paper-random-discriminator"][1])
    lowest = min(way, key=lambda step: way[step]["nll_oracle"])
    value, test = way[lowest]["nll_oracle"], way[lowest]["nll_gen"]
    real = [score.value for score in runs["oracle-seqgan-paper"][1].scores["real"] if score.name == "nll_oracle"]
    text = text_of("docs/recipe.md")
    assert f"8.736 at round {first_met(way)}, and in the end far less: {value:.2f} at round {lowest}" in text
    assert f"below the {real[0]:.2f} of real sequences, at an NLL_test of {test:.2f}, while a twentieth" in text
    assert 1 - way[lowest]["uniqueness"] == pytest.approx(1 / 20, abs=0.005)
    assert f"it goes to {value:.2f}, where real sequences have {real[0]:.2f}" in text_of("README.md")


def test_the_papers_discriminator_knows_its_rows_by_heart() -> None:
    file = ROOT / "results" / "by-heart" / "oracle-seqgan-paper.json"
    last = json.loads(file.read_text(encoding="utf-8"))["after"][-1]
    share = {name: f"{100 * value:.0f}" for name, value in last.items()}
    text = text_of("docs/recipe.md")
    known = (
        f"after {last['sets']} of the 50 sets before the first round it takes {share['train']} of 100 training "
        f"sequences for real, {share['unseen']} of 100 real ones that it has not seen, and "
        f"{share['samples']} of 100 samples."
    )
    ranked = (
        f"It ranks a training sequence above a sample in {share['train_pairs']} of 100 pairs, an unseen real one in "
        f"{share['unseen_pairs']}:"
    )
    assert f"{known} {ranked}" in text
    assert last["train"] - last["unseen"] > HEART, "by heart, as the watch of a run has it"


def test_the_cheaper_recipe_one_choice_at_a_time_on_seed_1(runs: dict[str, Records]) -> None:
    def end(name: str) -> tuple[str, str]:
        place = point_of(runs[f"oracle-seqgan-{name}"][1].scores["adversarial_last"], PLANE)
        assert place is not None
        return f"{place[0]:.3f}", f"{place[1]:.3f}"

    text = text_of("docs/recipe.md")
    for words, name in (
        ("where the recipe has {},", "improved"),
        ("Monte-Carlo search comes to {},", "recipe-monte-carlo"),
        ("sets before the first round to {},", "recipe-sets-before-50"),
        ("filters to {},", "recipe-whole-discriminator"),
        ("batches of 64 for the discriminator to {};", "recipe-discriminator-batch-64"),
        ("three epochs a set {},", "recipe-epochs-3"),
        ("five sets {},", "recipe-sets-5"),
        ("ten times the negatives {} (batches", "recipe-negatives-5000"),
        ("NLL_oracle comes to {},", "recipe-discriminator-step"),
    ):
        assert words.format(end(name)[0]) in text, name
    assert "do not lead further: {}, at an NLL_test of {}.".format(*end("recipe-rounds-60")) in text
    assert "likelihood before them: {}, at an NLL_test of {}.".format(*end("recipe-likelihood-120")) in text
    way = course(runs["oracle-seqgan-recipe-discriminator-step"][1])
    right = [values["accuracy"] for values in way.values()]
    assert f"accuracy stays between {min(right):.2f} and {max(right):.2f}" in text


def test_a_discriminator_that_hardly_learns_comes_further(runs: dict[str, Records]) -> None:
    own, other = runs["oracle-seqgan-recipe-discriminator-step"], runs["oracle-seqgan-improved"]
    places = {
        seed: (point_of(one.scores["adversarial_last"], PLANE), point_of(other[seed].scores["adversarial_last"], PLANE))
        for seed, one in own.items()
    }
    lower = spread(theirs[0] - mine[0] for mine, theirs in places.values() if mine and theirs)
    found = spread(mine[0] for mine, _ in places.values() if mine)
    tests = spread(mine[1] for mine, _ in places.values() if mine)
    assert found is not None
    assert tests is not None
    assert len(own) == 5
    text = text_of("docs/recipe.md")
    assert f"in the mean of five seeds {shown(found)}), at an NLL_test of {tests.mean:.3f}" in text
    assert f"It is {shown(lower)}) lower than the recipe in pairs" in text
    below = sum(mine[0] < 8.736 for mine, _ in places.values() if mine)
    assert f"below the published 8.736 in {below} of {len(own)} seeds" in text
    later = np.mean([mine[0] for seed, (mine, _) in places.items() if seed > 1 and mine])
    assert f"{later:.3f} without seed 1, on which it was found" in text
    assert f"goes below ({found.mean:.3f} in the mean)" in text_of("README.md")
    ends = [point_of(one.scores["adversarial_last"], PLANE) for one in runs["oracle-seqgan-constant"].values()]
    assert f"no discriminator at all, has {np.mean([place[0] for place in ends if place]):.3f}." in text


def test_the_cheaper_recipe_in_the_mean(runs: dict[str, Records]) -> None:
    places = [point_of(found.scores["adversarial_last"], PLANE) for found in runs["oracle-seqgan-improved"].values()]
    found = spread(place[0] for place in places if place)
    assert f"{shown(found).replace(' (', ' in the mean (')}), so not quite" in text_of("docs/recipe.md")
    assert found is not None
    assert 0.01 < found.mean - 8.736 <= 0.02, "README: within 0.02"
    assert f"five seeds of the recipe have a standard deviation of {found.sd:.3f}" in text_of("docs/recipe.md")


def test_the_ensemble_at_one_nll_test(runs: dict[str, Records]) -> None:
    """Beside its own MLE there, as beside the best of several; README's other number is that of whole curves."""
    own = runs["oracle-cooperative-peak-four-fixed"].values()
    gains = spread(at(one, "mle_best") - at(one, "adversarial_last") for one in own)
    assert f"by {shown(gains, 2)}" in text_of("README.md")


def test_music_over_the_whole_curve(runs: dict[str, Records]) -> None:
    own = list(runs["nottingham-seqgan"].values())
    found = spread(gap.mean for gap in judge(own, "adversarial_last", own, REPEATS).gaps)
    assert found is not None
    assert found.interval is not None
    more = f"it has {found.mean:.3f} more BLEU-4 than its own MLE over the whole curve of self-BLEU"
    assert f"{more} ({found.interval[0]:.3f} to {found.interval[1]:.3f})" in text_of("README.md")
    alone = [over_whole_curve(one, REPEATS) for one in runs["nottingham-likelihood-ratio-own-start"].values()]
    assert f"a control that only sharpens by reward has {np.mean(alone):.3f}" in text_of("README.md")


def test_real_data_where_seqgan_is_worse_than_its_own_mle(runs: dict[str, Records]) -> None:
    """What README says in words: at equal NLL_gen on captions and music, at equal self-BLEU on poems."""
    for task, quality, diversity in (
        ("coco", "bleu_4", "nll_gen"),
        ("nottingham", "bleu_4", "nll_gen"),
        ("poems", "bleu_2", "self_bleu_2"),
    ):
        own = list(runs[f"{task}-seqgan"].values())
        found = judge(own, "adversarial_last", own, Plane(quality, diversity, True, False)).spread
        assert found is not None
        assert found.interval is not None
        assert found.interval[1] < 0


def test_classifiers_from_the_tuned_mle(runs: dict[str, Records]) -> None:
    names = [
        f"oracle-seqgan-peak-{kind}" for kind in ("baseline", "mle-mixture", "monte-carlo", "recurrent", "reinforce")
    ]
    whole = [over_whole_curve(runs[name][1], PLANE) for name in names]
    assert f"whole curve by {-max(whole):.2f} to {-min(whole):.2f} nats" in text_of("docs/recipe.md")


REPEATS = Plane("bleu_4", "self_bleu_4", higher_quality=True, higher_diversity=False)
LIKELIHOOD = Plane("bleu_4", "nll_gen", higher_quality=True, higher_diversity=False)


def test_classifiers_on_captions(runs: dict[str, Records]) -> None:
    names = ("coco-seqgan", *(f"coco-seqgan-peak-{kind}" for kind in ("baseline", "mle-mixture", "recurrent")))
    whole = [float(np.mean([over_whole_curve(one, REPEATS) for one in runs[name].values()])) for name in names]
    equal = [mean_advantage(runs[name], LIKELIHOOD) for name in names]
    text = text_of("docs/recipe.md")
    assert f"stand between {min(whole):+.3f} and {max(whole):+.3f} BLEU-4 to their own MLE over the whole curve" in text
    assert f"self-BLEU, and between {min(equal):+.3f} and {max(equal):+.3f} at equal NLL_gen" in text
    ensemble = runs["coco-cooperative-peak-four-fixed"][1]
    gains = [over_whole_curve(ensemble, plane) for plane in (REPEATS, LIKELIHOOD)]
    assert f"gain {gains[0]:.3f} BLEU-4 over the whole curve of self-BLEU, about the noise of one point, and" in text
    assert f"{gains[1]:.3f} over that of NLL_gen" in text


def test_the_true_reward_beside_its_controls_on_captions_and_music(runs: dict[str, Records]) -> None:
    text = text_of("docs/recipe.md")
    lost = {task: lost_by_shuffling(runs, task) for task in ("coco", "nottingham")}
    assert f"captions by {min(lost['coco']):.3f} to {max(lost['coco']):.3f} BLEU-4 at equal self-BLEU" in text
    assert f"on music (one seed) by {lost['nottingham'][0]:.3f}" in text
    random = {task: runs[f"{task}-seqgan-random-discriminator"] for task in lost}
    assert all(repeats(one, "adversarial_last", REPEATS) for one in random["coco"].values())
    assert f"on music {-mean_advantage(random['nottingham'], REPEATS):.3f} below" in text
    for task in lost:
        assert mean_advantage(runs[f"{task}-seqgan-constant"], REPEATS) == pytest.approx(0, abs=1e-9)
    tunes = runs["nottingham-seqgan"]
    found = judge(list(tunes.values()), "adversarial_last", list(tunes.values()), REPEATS).spread
    alone = mean_advantage(runs["nottingham-likelihood-ratio-own-start"], REPEATS)
    assert f"but for the {shown(found)}) on music, where sharpening by reward alone has {alone:.3f}" in text


def lost_by_shuffling(runs: dict[str, Records], task: str) -> list[float]:
    true, shuffled = (runs[f"{task}-seqgan{kind}"] for kind in ("", "-shuffled"))
    alike = sorted(true.keys() & shuffled.keys())
    return [mean_advantage({n: true[n]}, REPEATS) - mean_advantage({n: shuffled[n]}, REPEATS) for n in alike]


def mean_advantage(records: Records, plane: Plane) -> float:
    """Return how much better runs are than their own sharpened MLE at equal diversity, in the mean."""
    every = list(records.values())
    found = judge(every, "adversarial_last", every, plane).spread
    assert found is not None
    return found.mean


def over_whole_curve(found: Record, plane: Plane) -> float:
    """Return how much better a run is than its own MLE over the whole curve."""
    (gap,) = judge([found], "adversarial_last", [found], plane).gaps
    return gap.mean
