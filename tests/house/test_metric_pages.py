"""The page of every metric tells what a reader must know before quoting the number."""

from __future__ import annotations

import re

import pytest

from house.source import ROOT, script_at
from seqgan import registry

LABELS: tuple[str, ...] = script_at(ROOT / "docs" / "build.py").LABELS
METRICS = registry.names("metrics")


def faults(text: str) -> list[str]:
    """Return what the docstring of a metric lacks."""
    places = [text.find(f"\n\n{label}: ") for label in LABELS]
    found = [f"no paragraph '{label}:'" for label, place in zip(LABELS, places, strict=True) if place < 0]
    if not found and places != sorted(places):
        found.append(f"the paragraphs are not in the order {LABELS}")
    if not re.search(r"^    \S.*(=|sum|mean)", text.split(f"\n{LABELS[0]}:")[0], re.MULTILINE):
        found.append("no formula, indented by four spaces, before the first of them")
    if not re.search(r"\d", text.partition("Golden value:")[2].partition("Source:")[0]):
        found.append("no number in 'Golden value:'")
    return found


@pytest.mark.parametrize("name", METRICS)
def test_its_docstring_has_the_formula_and_the_paragraphs(name: str) -> None:
    assert faults(registry.load("metrics", name).__doc__ or "") == []


def test_the_search_for_faults_finds_them() -> None:
    assert len(faults("A metric.\n\nSource: ours.\n")) == len(LABELS) - 1 + 2
    paragraphs = [f"{label}: 1." for label in reversed(LABELS)]
    assert faults("\n\n".join(["A metric.", "    m = 1", *paragraphs])) == [
        f"the paragraphs are not in the order {LABELS}"
    ]
    wrong = "\n\n".join(["A metric.", *(f"{label}: none." for label in LABELS)])
    assert [fault.split(",")[0] for fault in faults(wrong)] == ["no formula", "no number in 'Golden value:'"]


def test_the_index_of_metrics_names_every_metric() -> None:
    text = (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")
    assert [name for name in METRICS if f"](plugins/metrics/{name}.md)" not in text] == []
