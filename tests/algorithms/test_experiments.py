"""The shipped experiments: each resolves, and the paper's is complete."""

from __future__ import annotations

import pytest

from conftest import ROOT
from seqgan import config

FILES = sorted((ROOT / "experiments").glob("*.toml"))


def resolve(path):
    return config.resolve((path.name, config.read_toml(path)))


def test_there_are_some():
    assert {"paper_synthetic", "coco", "quick"} <= {path.stem for path in FILES}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_it_resolves_and_reads_back_to_itself(path):
    experiment = resolve(path)
    text = experiment.to_toml()
    again = config.resolve(("again", config.tomllib.loads(text)))
    assert again.as_dict() == experiment.as_dict()


def test_the_papers_experiment_states_every_number_of_the_algorithm():
    path = ROOT / "experiments" / "paper_synthetic.toml"
    defaults = [key for key, origin in resolve(path).origins.items() if origin == "default"]
    unstated = [key for key in defaults if key.startswith("algorithm.")]
    assert unstated == ["algorithm.update_rate"], "a lagged policy is not used there"


def test_the_papers_numbers():
    settings = resolve(ROOT / "experiments" / "paper_synthetic.toml").parts
    algorithm = settings["algorithm"]
    assert (algorithm.pretrain_epochs, algorithm.pretrain_discriminator_steps, algorithm.steps) == (120, 50, 200)
    assert (algorithm.g_steps, algorithm.d_steps, algorithm.epochs) == (1, 5, 3)
    assert (algorithm.learning_rate, algorithm.d_learning_rate, algorithm.clip) == (0.01, 0.0001, 5.0)
    assert sum(settings["discriminator"].filters) == 1720
    assert (settings["credit"].rollouts, algorithm.batch, algorithm.negatives) == (16, 64, 10_000)
