"""Every registered plugin keeps the contract of its kind; a new file is tested the moment it exists."""

from __future__ import annotations

import inspect
import typing

import pytest

from house.source import PACKAGE
from seqgan import registry
from seqgan.config import PARTS, Settings
from seqgan.records import References

CONTRACTS = {
    "checks": {"check": 1},
    "generators": {"create": 3},
    "discriminators": {"create": 3},
    "rewards": {"create": 2},
    "credit": {"credit": 5},
    "metrics": {"score": 2},
    "tasks": {"load": 3},
    "algorithms": {"run": 2},
}
WITHOUT_SETTINGS = ("checks", "metrics")
PLUGINS = [(kind, name) for kind in registry.KINDS for name in registry.names(kind)]


def test_every_kind_has_a_contract() -> None:
    assert set(CONTRACTS) == set(registry.KINDS)


@pytest.mark.parametrize(("kind", "name"), PLUGINS)
def test_it_has_the_functions_of_its_kind(kind: str, name: str) -> None:
    module = registry.load(kind, name)
    for function, least in CONTRACTS[kind].items():
        parameters = inspect.signature(getattr(module, function)).parameters.values()
        positional = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
        keyword_only = [p.name for p in parameters if p.kind == p.KEYWORD_ONLY and p.default is p.empty]
        required = [p for p in positional if p.default is p.empty]
        assert len(required) <= least <= len(positional), f"{kind}.{name}.{function} takes {least} arguments"
        assert not keyword_only or kind == "credit"


@pytest.mark.parametrize(("kind", "name"), [p for p in PLUGINS if p[0] not in WITHOUT_SETTINGS])
def test_its_settings_refuse_what_they_do_not_know(kind: str, name: str) -> None:
    settings = registry.load(kind, name).Settings
    assert issubclass(settings, Settings)
    assert settings.model_config["extra"] == "forbid"
    assert settings.model_config["frozen"]


@pytest.mark.parametrize(("kind", "name"), [p for p in PLUGINS if p[0] not in WITHOUT_SETTINGS])
def test_its_settings_have_sensible_defaults_and_say_what_they_mean(kind: str, name: str) -> None:
    settings = registry.load(kind, name).Settings
    required = {key for key, field in settings.model_fields.items() if field.is_required()}
    silent = {key for key, field in settings.model_fields.items() if not field.description}
    assert required <= {"path", "target", "parts"}, f"{kind}.{name} cannot be used without {required}"
    assert not silent, f"{kind}.{name}: say in a description what these mean: {silent}"


@pytest.mark.parametrize("name", registry.names("metrics"))
def test_a_metric_needs_what_references_can_hold_and_has_a_plain_function(name: str) -> None:
    module = registry.load("metrics", name)
    assert set(module.NEEDS) <= set(References.__dataclass_fields__)
    assert callable(getattr(module, name))


@pytest.mark.parametrize("name", registry.names("algorithms"))
def test_an_algorithm_names_registered_parts(name: str) -> None:
    for part, default in registry.load("algorithms", name).PARTS.items():
        assert default in registry.names(PARTS[part])


@pytest.mark.parametrize(("kind", "name"), PLUGINS)
def test_its_first_line_says_what_it_is(kind: str, name: str) -> None:
    line = registry.describe(kind, name)
    assert 15 < len(line) <= 120


@pytest.mark.parametrize(("kind", "name"), PLUGINS)
def test_its_functions_are_annotated(kind: str, name: str) -> None:
    module = registry.load(kind, name)
    for function in CONTRACTS[kind]:
        target = getattr(module, function)
        annotated = set(typing.get_type_hints(target))
        assert {*inspect.signature(target).parameters, "return"} == annotated


@pytest.mark.parametrize("kind", registry.KINDS)
def test_a_plugin_is_one_file_and_nothing_else_names_it(kind: str) -> None:
    names = registry.names(kind)
    assert names, f"no plugin of the kind {kind}"
    text = (PACKAGE / kind / "__init__.py").read_text(encoding="utf-8")
    assert not [name for name in names if f"import {name}" in text or f"{kind}.{name}" in text]
