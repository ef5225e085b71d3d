"""Settings: layers, overrides, origins, and every fault at once."""

from __future__ import annotations

import pytest

from seqgan.config import parse_overrides, resolve
from seqgan.errors import ConfigError

BLEND = {"name": "blend", "parts": {"discriminator": {"weight": 0.5}, "mine": {"name": "function", "target": "a:b"}}}


def test_later_layers_win_and_every_value_knows_its_origin():
    experiment = resolve(
        ("file", {"generator": {"hidden": 64, "embedding": 8}}), ("line", {"generator": {"hidden": 7}})
    )
    assert experiment.as_dict()["generator"]["hidden"] == 7
    origins = experiment.origins
    assert [origins[f"generator.{key}"] for key in ("hidden", "embedding", "layers")] == ["line", "file", "default"]


def test_an_override_inside_a_table_of_tables_leaves_the_other_tables():
    experiment = resolve(("file", {"reward": BLEND}), ("line", parse_overrides(["reward.parts.mine.weight=0.3"])))
    parts = experiment.as_dict()["reward"]["parts"]
    assert parts == {**BLEND["parts"], "mine": {"name": "function", "target": "a:b", "weight": 0.3}}
    assert "weight" not in BLEND["parts"]["mine"], "the layers themselves are not changed"


def test_another_name_drops_the_settings_of_the_old_one_and_their_origins():
    layers = ("file", {"generator": {"name": "gru", "hidden": 64}}), ("line", {"generator": {"name": "lstm"}})
    experiment = resolve(*layers)
    assert experiment.as_dict()["generator"]["hidden"] == 32
    assert experiment.origins["generator.hidden"] == "default"
    assert experiment.origins["generator.name"] == "line"


def test_all_faults_are_named_together():
    faulty = {"generator": {"name": "lsmt"}, "run": {"threds": 2}, "credit": {"rollouts": 0}, "seed": -1, "bogus": {}}
    with pytest.raises(ConfigError) as caught:
        resolve(("file", faulty))
    for text in ("generator.name", "'lstm'", "run.threds", "'threads'", "credit.rollouts", "seed", "bogus"):
        assert text in str(caught.value)


def test_an_unknown_algorithm_hides_no_other_fault():
    given = {"generator": {"name": "lstm", "hiden": 3}, "credit": {"rollouts": 1}, "reward": {"name": "constnt"}}
    faulty = {"algorithm": {"name": "seqgn"}, **given, "run": {"threds": 2}, "seed": -1, "bogus": {}}
    with pytest.raises(ConfigError) as caught:
        resolve(("file", faulty))
    for text in ("algorithm.name", "'seqgan'", "generator.hiden", "reward.name", "run.threds", "seed", "bogus"):
        assert text in str(caught.value)
    assert "credit:" not in str(caught.value), "whether it would use that part is not known"


@pytest.mark.parametrize("pair", ["hidden", "=3", "  =3"])
def test_what_is_no_setting_is_refused(pair):
    with pytest.raises(ConfigError, match=r"section\.key=value"):
        parse_overrides([pair])


def test_a_wrong_word_among_a_few_gets_the_nearest():
    with pytest.raises(ConfigError, match=r"task\.tokenizer: there is no 'smile'\. Did you mean 'smiles'\?"):
        resolve(("argument", {"task": {"name": "file", "path": "x.txt", "tokenizer": "smile"}}))


def test_values_are_toml_where_they_can_be_and_text_elsewhere():
    pairs = ["a.n=3", "a.x=0.5", "a.b=true", "a.l=[1, 2]", "a.path=data/my file.txt", 'a.s="3"']
    assert parse_overrides(pairs)["a"] == {
        "n": 3, "x": 0.5, "b": True, "l": [1, 2], "path": "data/my file.txt", "s": "3",
    }  # fmt: skip
