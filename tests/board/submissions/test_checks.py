"""What the checks find: copies, duplicates, impossible values, claims that do not hold, odd text."""

from __future__ import annotations

import json

import pytest

from board.submitting import REFERENCES, TRAIN, Place, contract, manifest, samples, score, submit
from seqgan.board.benchmarks import packaged
from seqgan.board.columns import left_out
from seqgan.board.submissions import states
from seqgan.board.submissions.checks import bounds, claims, copies, possible, worst
from seqgan.board.submissions.values import over, withheld

NONE = {
    "train_copies": 0.0,
    "test_copies": 0.0,
    "usual_train_copies": 0.0,
    "usual_test_copies": 0.0,
    "near_copies": None,
    "usual_near_copies": None,
}


def found(place: Place, permalink: str) -> dict[str, list[tuple[str, str]]]:
    with place.store.read() as session:
        checks = json.loads(states.get(session, permalink)["checks"])
    by_name: dict[str, list[tuple[str, str]]] = {}
    for one in checks:
        by_name.setdefault(one["name"], []).append((one["state"], one["text"]))
    return by_name


@pytest.mark.parametrize(
    ("rows", "words"),
    [(TRAIN, "100.0% of the samples are training rows"), (REFERENCES, "100.0% of the samples are test rows")],
)
def test_copies_are_a_fault_however_they_are_spelled(place: Place, rows: list[str], words: str) -> None:
    permalink = submit(place, rows={1: [row.upper().replace(" ", "   ") for row in rows]})
    score(place)
    assert any(state == "fault" and words in text for state, text in found(place, permalink)["copies"])


def test_copies_that_real_text_has_too_are_none() -> None:
    usual = {**NONE, "train_copies": 0.3, "usual_train_copies": 0.28}
    assert worst(copies(usual)) == "good"
    assert worst(copies({**NONE, "train_copies": 0.2, "usual_train_copies": 0.02})) == "warning"
    assert worst(copies({**NONE, "near_copies": 0.9, "usual_near_copies": 0.1})) == "fault"


def test_a_copy_with_one_word_changed_is_seen(place: Place) -> None:
    longer = [f"{row} in the late {place_}" for row, place_ in zip(TRAIN, "abcdefghijkl", strict=True)]
    near = [row.replace("lies", "sat") for row in longer]
    from seqgan.board.scoring.likeness import likeness, words

    likely = likeness([[words(row) for row in near]], [words(row) for row in samples()], [words(row) for row in longer])
    assert likely.near_copies == 1.0
    assert likely.train_copies == 0.0
    assert worst(copies(likely.as_dict())) == "fault"


def test_the_same_rows_under_another_name_are_a_fault(place: Place) -> None:
    first = submit(place, rows={1: samples(1)})
    same = submit(place, rows={1: samples(1)})
    shuffled = submit(place, "rob", rows={4: samples(1)[::-1]}, model="Model B")
    score(place)
    assert found(place, first)["duplicates"][0][0] == "good"
    assert found(place, same)["duplicates"] == [("note", f"The same file was sent as seed 1 of {first} (tiny@1).")]
    states_of = [state for state, _ in found(place, shuffled)["duplicates"]]
    assert states_of == ["fault", "fault"]


def test_two_seeds_with_one_file_are_a_fault(place: Place) -> None:
    permalink = submit(place, rows={1: samples(1), 2: samples(1)})
    score(place)
    assert ("fault", "Two seeds have the same samples.") in found(place, permalink)["duplicates"]


def scores(bleu: float | None, interval: tuple[float, float] | None = None) -> dict[int, dict[str, dict[str, object]]]:
    facts = {"n": 12, "signature": "s"}
    return {
        1: {
            "bleu_2": {"value": bleu, "interval": interval, **facts},
            "uniqueness": {"value": 1.0, "interval": None, **facts},
        }
    }


@pytest.mark.parametrize(
    ("value", "interval", "state"),
    [
        (0.5, (0.4, 0.6), "good"),
        (0.95, (0.9, 0.99), "note"),
        (0.82, (0.7, 0.9), "good"),
        (1.2, None, "fault"),
        (None, None, "fault"),
        (-0.1, None, "fault"),
    ],
)
def test_values_outside_their_bounds_are_a_fault(
    value: float | None, interval: tuple[float, float] | None, state: str
) -> None:
    assert worst(bounds(contract(), scores(value, interval))) == state  # type: ignore[arg-type]


def likelihood(rows: int, left: int, value: float = 1.4) -> dict[str, object]:
    signature = f"nll_oracle|hypotheses:{rows + left}|probability_zero:{left}|task:oracle_grammar"
    return {"value": value, "interval": (value, value), "n": rows, "signature": signature}


@pytest.mark.parametrize(("left", "state"), [(0, "good"), (20, "warning"), (300, "fault"), (1999, "fault")])
def test_rows_that_cannot_be_are_said_and_many_are_a_fault(left: int, state: str) -> None:
    grammar = packaged()["oracle-grammar@1"]
    score = grammar.score("nll_oracle")
    assert score is not None
    alone = grammar.model_copy(update={"scores": [score]})
    assert worst(possible(alone, {1: {"nll_oracle": likelihood(2000 - left, left)}})) == state


def test_a_value_over_a_few_chosen_rows_is_withheld() -> None:
    found = withheld({1: {"nll_oracle": likelihood(1, 1999)}, 2: {"nll_oracle": likelihood(1990, 10)}})
    assert found[1]["nll_oracle"]["value"] is None
    assert found[2]["nll_oracle"]["value"] == 1.4
    both = over(one["nll_oracle"] for one in found.values())
    assert both["value"] is None
    assert both["withheld"]


@pytest.mark.parametrize(
    ("variant", "shown"),
    [
        ("", "temperature 0.5"),
        ("large", "large, temperature 0.5"),
        ("temperature 0.5, large", "temperature 0.5, large"),
        ("temperature 1.0", "temperature 1.0, temperature 0.5"),
        ("temperature 0.55", "temperature 0.55, temperature 0.5"),
        ("low temperature", "low temperature, temperature 0.5"),
    ],
)
def test_the_temperature_of_the_decoding_stands_beside_the_model(place: Place, variant: str, shown: str) -> None:
    submit(place, variant=variant, decoding={"temperature": 0.5})
    score(place)
    with place.store.read() as session:
        assert session.column("SELECT variant FROM entry") == [shown]


def test_a_value_over_seeds_says_what_holds_for_all_of_them() -> None:
    both = over([likelihood(2000, 0, 1.0), likelihood(1990, 10, 2.0)])
    assert both["value"] == 1.5
    assert both["n"] == 1990
    assert both["signature"] == "nll_oracle|hypotheses:2000|probability_zero:0,10|task:oracle_grammar"
    assert left_out(both["signature"]) == 10


@pytest.mark.parametrize(
    ("left", "field"), [((5, 5, 10), "5,5,10"), ((5, 5, 5), "5,5,5"), ((0, 0, 3), "0,0,3"), ((0, 0, 0), "0")]
)
def test_the_impossible_rows_of_all_seeds_are_counted_together(left: tuple[int, ...], field: str) -> None:
    every = over([likelihood(2000 - one, one) for one in left])
    assert f"|probability_zero:{field}|" in every["signature"]
    assert left_out(every["signature"]) == sum(left)


@pytest.mark.parametrize(("claimed", "state"), [(0.5, "good"), (0.61, "warning"), (0.59, "good"), (0.9, "warning")])
def test_a_claim_is_held_against_the_interval(claimed: float, state: str) -> None:
    said = manifest(claimed={"bleu_2": claimed}, claimed_from="Table 1")
    assert worst(claims(contract(), said, scores(0.5, (0.4, 0.6)))) == state  # type: ignore[arg-type]


def test_blank_hidden_and_repeated_samples_are_said(place: Place) -> None:
    rows = ["the same row"] * 8 + ["", "a\u202eb", "one more", "and one"]
    permalink = submit(place, rows={1: rows})
    score(place)
    text = " ".join(text for _, text in found(place, permalink)["text"])
    assert all(word in text for word in ("1 samples turn the direction", "1 samples are blank", "repeat another"))
    assert found(place, permalink)["seeds"] == [("note", "1 of the 2 seeds that the benchmark asks for.")]
