"""``seqgan list``: every plugin with its sentence."""

from __future__ import annotations

import json

import pytest

from cli.command import seqgan
from seqgan import registry


@pytest.mark.parametrize("kind", registry.KINDS)
def test_every_plugin_is_listed_with_its_sentence(kind: str) -> None:
    lines = seqgan("list").out.splitlines()
    for name in registry.names(kind):
        assert any(line.split(maxsplit=1) == [name, registry.describe(kind, name)] for line in lines), name


def test_every_kind_says_how_its_names_are_used() -> None:
    headings = [line for line in seqgan("list").out.splitlines() if line and not line.startswith(" ")]
    assert len(headings) == len(registry.KINDS)
    for line in headings:
        assert "NAME" in line, line


def test_json_holds_the_same_and_one_kind_can_be_named() -> None:
    found = json.loads(seqgan("list", "generators", "--json").out)
    assert list(found) == ["generators"]
    assert found["generators"]["lstm"] == registry.describe("generators", "lstm")


def test_an_unknown_kind_names_the_nearest() -> None:
    said = seqgan("list", "generator")
    assert said.code == 2
    assert "Did you mean 'generators'?" in said.err
    assert said.out == ""
