"""Manifests: strict in every field, all faults at once, and nothing else than BoardError whatever comes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqgan.board.submissions.manifest import MOST_BYTES, of, read, seed_of
from seqgan.errors import BoardError

GOOD: dict[str, Any] = {"schema": "seqgan.submission/1", "benchmark": "tiny@1", "model": "LeakGAN", "seeds": [1, 2]}


def test_a_full_manifest_goes_round() -> None:
    full = {
        **GOOD,
        "variant": "t = 1.0",
        "paper": {"arxiv": "1709.08624"},
        "code": {"url": "https://example.org/x", "commit": "a" * 40, "official": True},
        "checkpoints": {"1": "b" * 64},
        "params_millions": 12,
        "decoding": {"temperature": 0.8, "top_k": 5, "seed": 3},
        "claimed": {"bleu_2": 0.5},
        "claimed_from": "Table 1",
        "tags": ["gan"],
        "notes": "two\nlines",
    }
    manifest = of(full)
    assert read(manifest.to_json().encode()) == manifest
    assert manifest.decoding is not None
    assert manifest.decoding.top_p == 1.0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"seeds": [1, 1]}, "stands twice"),
        ({"seeds": []}, "seeds"),
        ({"seeds": [True]}, "seeds"),
        ({"seeds": ["1"]}, "seeds"),
        ({"model": " x"}, "blank"),
        ({"model": "a\u202eb"}, "direction"),
        ({"model": "a\x00b"}, "control"),
        ({"model": ""}, "model"),
        ({"benchmark": "../etc@1"}, "benchmark"),
        ({"claimed": {"bleu_2": 0.5}}, "claimed_from"),
        ({"claimed": {"bleu_2": "0.5"}, "claimed_from": "x"}, "claimed"),
        ({"code": {"url": "javascript:alert(1)"}}, "http"),
        ({"code": {"url": "https://user:secret@example.org/"}}, "password"),
        ({"paper": {}}, "arXiv"),
        ({"decoding": {"temperature": 0}}, "temperature"),
        ({"checkpoints": {"7": "b" * 64}}, "seeds that are not there"),
        ({"surprise": 1}, "surprise"),
        ({"notes": "x" * 2001}, "notes"),
        ({"schema": "other/1"}, "schema"),
    ],
)
def test_what_is_wrong_is_named(change: dict[str, Any], words: str) -> None:
    with pytest.raises(BoardError, match=words):
        of({**GOOD, **change})


def test_all_faults_are_named_together() -> None:
    with pytest.raises(BoardError) as error:
        of({**GOOD, "seeds": [], "licence": "x" * 200, "paper": {"arxiv": "nonsense"}})
    assert all(word in str(error.value) for word in ("seeds", "licence", "paper.arxiv"))


def test_a_large_or_foreign_file_is_refused() -> None:
    with pytest.raises(BoardError, match="bytes"):
        read(b" " * (MOST_BYTES + 1))
    with pytest.raises(BoardError, match="UTF-8"):
        read(b"\xff\xfe")


VALUES = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30) | st.lists(st.integers(), max_size=3)
)
CHANGES = st.dictionaries(
    st.sampled_from([*GOOD, "paper", "code", "claimed", "decoding", "notes", "tags", "checkpoints"]),
    VALUES | st.dictionaries(st.text(max_size=8), VALUES, max_size=3),
    max_size=4,
)


@given(CHANGES)
def test_any_change_is_taken_whole_or_refused(change: dict[str, Any]) -> None:
    try:
        manifest = of({**GOOD, **change})
    except BoardError:
        return
    assert json.loads(manifest.to_json())["schema"] == "seqgan.submission/1"
    assert read(manifest.to_json().encode()) == manifest


@given(st.binary(max_size=300))
def test_any_bytes_are_a_manifest_or_refused(data: bytes) -> None:
    with pytest.raises(BoardError):
        read(data)


@pytest.mark.parametrize(
    ("name", "seed"),
    [
        ("samples.7.jsonl", 7),
        ("samples.12.jsonl.gz", 12),
        ("samples.jsonl", None),
        ("../samples.1.jsonl", None),
        ("samples.1.jsonl.exe", None),
    ],
)
def test_the_seed_in_a_name(name: str, seed: int | None) -> None:
    assert seed_of(name) == seed
