"""JSON from strangers is refused with a sentence, never with another error."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqgan.board.submissions import strict
from seqgan.errors import BoardError


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"a": 1, "a": 2}', "stands twice"),
        ('{"a": NaN}', "NaN is no number"),
        ('{"a": -Infinity}', "no number"),
        ('{"a": 1e999}', "too large"),
        ('{"a": 12345678901234567890}', "too many digits"),
        ("[" * 9 + "]" * 9, "more than 8 deep"),
        ("[" * 60_000, "more than 8 deep"),
        ('{"a": ', "no JSON"),
        ("", "no JSON"),
    ],
)
def test_what_is_refused(text: str, words: str) -> None:
    with pytest.raises(BoardError, match="The thing") as error:
        strict.loads(text, "The thing")
    assert words in str(error.value)


def test_brackets_inside_texts_are_no_depth() -> None:
    text = json.dumps({"a": '[[[[[[[[[[[["\\' * 3, "b": [[[[[[[1]]]]]]]})
    assert strict.loads(text, "x")["b"] == [[[[[[[1]]]]]]]


def test_a_sign_is_no_digit() -> None:
    assert strict.loads("[-100000000000000000]", "x") == [-(10**17)]


def test_depth_counts_after_an_escaped_quotation_mark() -> None:
    with pytest.raises(BoardError, match="deep"):
        strict.loads('["\\"", [[[[[[[[1]]]]]]]]]', "x")


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(10**17), 10**17) | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
        max_leaves=6,
    )
)
def test_plain_json_comes_through(value: object) -> None:
    text = json.dumps(value)
    try:
        assert strict.loads(text, "x") == value
    except BoardError as error:
        assert "deep" in str(error)  # noqa: PT017, only that reason is allowed


@given(st.text() | st.binary().map(lambda data: data.decode("latin-1")))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        strict.loads(text, "x")
    except BoardError:
        return
    assert json.loads(text) is not ...


@given(st.binary())
def test_any_bytes_are_text_or_refused(data: bytes) -> None:
    try:
        found = strict.decode(data, "x")
    except BoardError:
        return
    assert found.encode() == data
    assert "\0" not in found


def test_half_a_surrogate_pair_is_refused() -> None:
    with pytest.raises(BoardError, match="surrogate"):
        strict.check_text(json.loads('"\\ud800"'), "x")
    assert strict.check_text(json.loads('"\\ud83d\\ude00"'), "x") == "😀"
