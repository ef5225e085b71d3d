"""The shipped experiments: each resolves, says where it comes from, and differs from its twin in what it claims to."""

from __future__ import annotations

import json
import tomllib

import pytest

from conftest import ROOT
from seqgan import config

FOLDER = ROOT / "experiments"
FILES = sorted(FOLDER.glob("*.toml"))
PAPER = FOLDER / "oracle-seqgan-paper.toml"
RATIO = "oracle-likelihood-ratio"
CONTROLS = ("constant", "shuffled", "random-discriminator")


def resolve(path):
    return config.resolve((path.name, config.read_toml(path)))


def named(name):
    return resolve(FOLDER / f"{name}.toml").as_dict()


def differences(one, other):
    """Return the settings, as section.key, in which two experiments differ."""
    return {key for key, value in flat(one) ^ flat(other)}


def flat(data):
    """Return {(section.key, value)} of an experiment's sections, values written out so that they can be compared."""
    sections = {name: values for name, values in data.items() if isinstance(values, dict)}
    return {(f"{name}.{key}", repr(value)) for name, values in sections.items() for key, value in values.items()}


def test_there_are_some():
    assert {"oracle-random", "oracle-mle", "oracle-seqgan-paper"} <= {path.stem for path in FILES}


@pytest.mark.parametrize("path", sorted(FOLDER.rglob("*.toml")), ids=lambda path: path.stem)
def test_it_resolves_and_reads_back_to_itself(path):
    experiment = resolve(path)
    again = config.resolve(("again", tomllib.loads(experiment.to_toml())))
    assert again.as_dict() == experiment.as_dict()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_its_name_holds_task_and_algorithm_and_its_head_the_source(path):
    text = path.read_text(encoding="utf-8")
    head = text.partition("\nseed")[0].splitlines()
    assert all(line.startswith("#") for line in head if line)
    assert any(line.startswith(("# Paper:", "# Control:", "# Source:")) for line in head), "say whose row this is"
    words, algorithm = path.stem.split("-"), resolve(path).names["algorithm"]
    assert "-".join(words[1:]).startswith((algorithm.replace("_", "-"), "random", f"legacy-{algorithm}"))


def test_the_papers_experiment_states_every_number_of_the_algorithm():
    defaults = [key for key, origin in resolve(PAPER).origins.items() if origin == "default"]
    unstated = [key for key in defaults if key.startswith("algorithm.")]
    assert unstated == ["algorithm.update_rate"], "a lagged policy is not used there"


def test_the_papers_numbers():
    settings = resolve(PAPER).parts
    algorithm = settings["algorithm"]
    assert (algorithm.pretrain_epochs, algorithm.pretrain_discriminator_steps, algorithm.steps) == (120, 50, 200)
    assert (algorithm.g_steps, algorithm.d_steps, algorithm.epochs) == (1, 5, 3)
    assert (algorithm.learning_rate, algorithm.d_learning_rate, algorithm.clip) == (0.01, 0.0001, 5.0)
    assert sum(settings["discriminator"].filters) == 1720
    assert (settings["credit"].rollouts, algorithm.batch, algorithm.negatives) == (16, 64, 10_000)


@pytest.mark.parametrize("control", CONTROLS)
@pytest.mark.parametrize(
    "recipe", ["oracle-seqgan-improved", "oracle-seqgan-paper", "coco-seqgan", "nottingham-seqgan"]
)
def test_a_control_differs_from_the_recipe_in_the_reward_alone(recipe, control):
    changed = differences(named(recipe), named(f"{recipe.removesuffix('-improved')}-{control}"))
    assert "reward.name" in changed
    assert {key.partition(".")[0] for key in changed} == {"reward"}


@pytest.mark.parametrize("task", ["coco", "coco-legacy", "poems", "nottingham", "obama", "emnlp", "emnlp10k"])
def test_likelihood_alone_trains_as_the_pretraining_of_its_adversarial_twin_does(task):
    alone, twin = named(f"{task}-mle"), named(f"{task}-seqgan")
    assert [alone[part] for part in ("task", "generator", "run")] == [
        twin[part] for part in ("task", "generator", "run")
    ]
    for key in ("epochs", "batch", "learning_rate", "decay"):
        assert alone["algorithm"][key] == twin["algorithm"][f"pretrain_{key}"]
    assert alone["algorithm"]["patience"] == twin["algorithm"]["patience"] > 0


@pytest.mark.parametrize("task", ["coco", "poems", "nottingham"])
def test_sharpening_by_reward_begins_as_seqgan_does(task):
    alone, twin = named(f"{task}-likelihood-ratio-own-start"), named(f"{task}-seqgan")
    assert [alone[part] for part in ("task", "generator")] == [twin[part] for part in ("task", "generator")]
    pretraining = {key for key in twin["algorithm"] if key.startswith("pretrain_")} - {"pretrain_discriminator_steps"}
    assert len(pretraining) == 4
    for key in (*pretraining, "patience", "from_best", "clip", "normalise", "baseline"):
        assert alone["algorithm"][key] == twin["algorithm"][key], key


@pytest.mark.parametrize("algorithm", ["mle", "seqgan"])
def test_the_legacy_rows_differ_in_what_measures_them_alone(algorithm):
    for task in ("coco", "emnlp10k"):
        changed = differences(named(f"{task}-{algorithm}"), named(f"{task}-legacy-{algorithm}"))
        assert "task.definition" in changed
        assert changed <= {"task.definition", "task.name"}


def test_published_figures_belong_to_experiments_and_say_where_they_were_read():
    published = config.read_toml(ROOT / "results" / "published.toml")
    assert published.keys() <= {path.stem for path in FILES}
    for rows in published.values():
        for row in rows["rows"]:
            assert row.keys() <= {"metric", "value", "source", "definition", "note"}
            assert row["source"]
            assert row["definition"]
    assert {"oracle-mle", "oracle-seqgan-paper", "coco-seqgan", "poems-mle", "nottingham-seqgan"} <= published.keys()


@pytest.mark.parametrize("recipe", ["oracle-seqgan-improved", "oracle-seqgan-paper", "coco-seqgan", RATIO])
def test_shuffled_rewards_are_the_very_rewards_of_the_recipe(recipe):
    shuffled, real = (named(f"{recipe.removesuffix('-improved')}-shuffled"), named(recipe)["reward"])
    dealt = shuffled["reward"]["of"]
    as_stated = config.resolve((recipe, {"algorithm": {"name": shuffled["algorithm"]["name"]}, "reward": dealt}))
    assert as_stated.as_dict()["reward"] == real


def test_the_records_of_the_shuffled_rewards_are_of_the_settings_that_are_here():
    """They name a setting that is gone, at the value under which every row moved alone, as all do now."""
    records = sorted((ROOT / "results").glob("oracle-*-shuffled/seed-1.json"))
    assert len(records) == 2
    for path in records:
        made = json.loads(path.read_text(encoding="utf-8"))["config"]
        assert made["reward"]["together"] == 1
        as_today = config.resolve((path.name, made)).as_dict()
        assert differences(as_today, named(path.parent.name)) <= {"run.threads"}


@pytest.mark.parametrize(
    ("letter", "steps"), [("a", (100, 1, 10)), ("b", (30, 1, 30)), ("c", (1, 1, 10)), ("d", (1, 5, 3))]
)
def test_figure_3_differs_from_the_papers_recipe_in_its_steps_alone(letter, steps):
    (path,) = FOLDER.glob(f"oracle-seqgan-figure3{letter}-*.toml")
    algorithm = resolve(path).parts["algorithm"]
    assert (algorithm.g_steps, algorithm.d_steps, algorithm.epochs) == steps
    allowed = {"algorithm.g_steps", "algorithm.d_steps", "algorithm.epochs", "algorithm.steps"}
    assert differences(named(PAPER.stem), named(path.stem)) <= allowed


def test_the_baselines_of_table_1_train_as_the_papers_pretraining_does():
    paper, mle = named("oracle-seqgan-paper")["algorithm"], named("oracle-mle")["algorithm"]
    sampling, bleu = named("oracle-scheduled-sampling")["algorithm"], named("oracle-pg-bleu")["algorithm"]
    for key in ("epochs", "batch", "learning_rate", "decay"):
        assert mle[key] == sampling[key] == paper[f"pretrain_{key}"]
    assert mle["patience"] == sampling["patience"] == paper["patience"] == 0
    assert {key: paper[key] for key in bleu if key != "name"} == {k: v for k, v in bleu.items() if k != "name"}


def test_at_length_40_only_the_length_differs():
    for name, twin in (("oracle40-mle", "oracle-mle"), ("oracle40-seqgan", "oracle-seqgan-improved")):
        assert differences(named(name), named(twin)) <= {"task.length", "run.evaluate_samples"}


@pytest.mark.parametrize("control", ["constant", "shuffled", "random", "own-start"])
def test_a_control_of_the_likelihood_ratio_differs_in_the_reward_alone(control):
    changed = differences(named(RATIO), named(f"{RATIO}-{control}"))
    assert "reward.name" in changed
    assert {key.partition(".")[0] for key in changed} == {"reward"}


@pytest.mark.parametrize("recipe", [RATIO, "coco-likelihood-ratio"])
def test_the_ratio_to_the_own_start_differs_in_the_model_of_the_data_alone(recipe):
    assert differences(named(recipe), named(f"{recipe}-own-start")) == {"reward.name"}


@pytest.mark.parametrize("task", ["oracle", "coco"])
def test_the_longer_distillation_differs_in_its_length_alone(task):
    fixed = f"{task}-cooperative-peak-four-fixed"
    assert differences(named(fixed), named(f"{fixed}-longer")) == {"algorithm.steps"}


@pytest.mark.parametrize("name", ["baseline", "mle-mixture", "recurrent"])
def test_the_search_on_captions_starts_from_the_mle_of_seqgan_there(name):
    changed = differences(named("coco-seqgan"), named(f"coco-seqgan-peak-{name}"))
    assert {key.partition(".")[0] for key in changed} <= {"algorithm", "credit", "discriminator"}
    assert {key for key in changed if key.startswith("algorithm")} <= {"algorithm.batch", "algorithm.mle_weight"}


def test_every_ablation_of_the_likelihood_ratio_changes_what_it_names():
    allowed = {
        "one-mediator": "algorithm.mediators",
        "own-weight-1": "reward.own_weight",
        "to-go": "credit.discount",
    }
    for name, key in allowed.items():
        assert differences(named(RATIO), named(f"{RATIO}-{name}")) == {key}


def test_the_likelihood_ratio_begins_with_the_tuned_baseline():
    ratio, tuned = named(RATIO), named("oracle-mle-tuned")
    assert [ratio[part] for part in ("task", "generator")] == [tuned[part] for part in ("task", "generator")]
    for key in ("epochs", "batch", "learning_rate", "decay"):
        assert ratio["algorithm"][f"pretrain_{key}"] == tuned["algorithm"][key]
    assert ratio["algorithm"]["patience"] == tuned["algorithm"]["patience"]


def test_every_ablation_of_the_recipe_changes_what_it_names():
    stopped = {f"algorithm.{name}" for name in ("patience", "pretrain_decay", "from_best")}
    search = {"credit.name", "credit.discount", "credit.rollouts", "credit.max_rows"}
    allowed = {
        "early-stopped": stopped,
        "baseline": {"algorithm.baseline"},
        "monte-carlo": search,
        "batch-512": {"algorithm.batch"},
        "negatives-5000": {"algorithm.negatives"},
        "whole-discriminator": {"discriminator.scale"},
        "likelihood-120": {"algorithm.pretrain_epochs"},
        "rounds-60": {"algorithm.steps"},
        "sets-before-50": {"algorithm.pretrain_discriminator_steps"},
        "sets-5": {"algorithm.d_steps"},
        "epochs-3": {"algorithm.epochs"},
        "discriminator-step": {"algorithm.d_learning_rate"},
        "discriminator-batch-64": {"algorithm.d_batch"},
        "fp32": {"run.dtype"},
    }
    found = {path.stem.removeprefix("oracle-seqgan-recipe-") for path in FOLDER.glob("oracle-seqgan-recipe-*.toml")}
    assert found == allowed.keys()
    for name, keys in allowed.items():
        assert differences(named(f"oracle-seqgan-recipe-{name}"), named("oracle-seqgan-improved")) == keys
