"""What a judge is told about samples before any number, and what is passed over in silence."""

from __future__ import annotations

import pytest

from seqgan.errors import DataError
from seqgan.reports.notes import Background
from seqgan.reports.rows import Reader

REFERENCES = ["a cat sits on the mat .", "the dog sees a red car .", "two men walk down the long road ."] * 4
GOOD = ["a dog sits on the red car .", "two men sees the mat ."]


def told(
    samples: list[str], references: list[str] = REFERENCES, train: list[str] | None = None, **how: object
) -> list[str]:
    reader = Reader(**{"tokenizer": "whitespace", **how})  # type: ignore[arg-type]
    real = reader.read(references, "references")
    background = Background(real, None if train is None else reader.read(train, "training rows"))
    return background.own_notes() + background.notes(reader.read(samples, "samples"))


def test_usual_samples_need_no_words() -> None:
    assert told(GOOD, train=["the men walk on the mat .", "a long car sits down ."]) == []


def test_blank_samples_are_counted() -> None:
    (note,) = told([*GOOD, "", " "])
    assert "4 rows of the samples 2 are blank" in note


def test_tokens_never_seen_are_told_with_their_share() -> None:
    (note,) = told(["a zebra sits on zwieback .", "the dog sees a car ."])
    assert "17 % of the tokens of the samples never occur in the references, such as 'zebra', 'zwieback'." in note
    (note,) = told(["xa yb zc ud ve", "ub be ed wa qo"])
    assert note.startswith("100 % of the tokens")
    assert "tokenised alike?" in note


def test_tokens_that_the_training_text_has_as_often_are_no_news() -> None:
    train = ["a zebra sits on zwieback .", "the zebra sees a car ."]
    assert told(["a zebra sits on the car .", "the dog sees a car today ."], train=train) == []


def test_rows_shorter_than_the_longest_n_gram_are_told() -> None:
    (note,) = told(["a cat .", "the dog ."])
    assert "longer than 3" in note


def test_punctuation_on_words_shows_another_tokenisation() -> None:
    notes = told(["a dog sits on the mat.", "two men walk down the road."])
    assert any(
        "punctuation stands attached to words in 100 % of the one and 0 % of the other" in note for note in notes
    )
    assert told(["a dog sits on the mat.", "two men walk down the road."], tokenizer="word") == []


def test_capitals_on_one_side_show_another_treatment() -> None:
    assert any("rows hold capitals" in note for note in told([row.title() for row in GOOD]))
    assert told([row.title() for row in GOOD], lower=True) == []


def test_single_characters_on_one_side_show_another_treatment() -> None:
    assert any("single characters" in note for note in told([" ".join("a dog sits".replace(" ", "_"))] * 3))


def test_text_that_is_tokenised_already_and_split_further_is_told() -> None:
    notes = told(["you cannot see the <unk> .", *GOOD], tokenizer="word")
    assert any("'cannot'" in note and "whitespace" in note for note in notes)


def test_copies_are_told() -> None:
    assert any("one of the references" in note for note in told(REFERENCES[:2]))
    assert any("nothing in it is new" in note for note in told(GOOD, train=[*GOOD, "a road ."]))
    assert any("nothing here is held out" in note for note in told(GOOD, train=REFERENCES))


def test_blank_references_are_left_out() -> None:
    assert "1 blank rows are left out" in told(GOOD, [*REFERENCES, ""])[0]


def test_words_against_ids_are_refused() -> None:
    with pytest.raises(DataError, match="not of one kind"):
        told(["1 2 3"])
    assert told(["1 2 2 1 1"], ["1 2 1 2 2 1 1"]) == []
