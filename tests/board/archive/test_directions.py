"""Directions come from the order of rows; a crowd that disagrees wins, and the conflict is said."""

from __future__ import annotations

from collections import Counter

import pytest

from seqgan.board.archive.directions import crowd, from_order, judge


@pytest.mark.parametrize(
    ("numbers", "direction"),
    [
        ([0.9, 0.8, 0.8, 0.1], "higher"),
        ([1.0, 2.0, 2.0, 30.0], "lower"),
        ([5.0, None, 4.0], "higher"),
        ([5.0], None),
        ([5.0, 5.0], None),
        ([], None),
        ([1.0, 2.0, 1.0, 2.0], None),
    ],
)
def test_the_order_of_rows_says_which_way_is_better(numbers: list[float | None], direction: str | None) -> None:
    assert from_order(numbers)[0] == direction


def test_one_row_out_of_order_is_counted_and_does_not_turn_a_long_board() -> None:
    numbers = [float(20 - n) for n in range(20)]
    numbers[10] = 15.0
    assert from_order(numbers) == ("higher", 1)
    assert "1 of the archive's rows" in (judge("F1", numbers, True, {}).conflict or "")


def test_boards_of_one_name_are_counted() -> None:
    found = crowd([("BLEU", "higher"), ("BLEU", "higher"), ("BLEU", "lower"), ("FID", "lower"), ("FID", None)])
    assert found["BLEU"] == Counter(higher=2, lower=1)
    assert found["FID"] == Counter(lower=1)


def test_a_crowd_overrules_one_board_and_says_so() -> None:
    others = crowd([("BLEU", "higher")] * 20 + [("BLEU", "lower")])
    found = judge("BLEU", [1.0, 2.0, 3.0], True, others)
    assert (found.direction, found.origin, found.order) == ("higher", "name", "lower")
    assert "20 other boards" in (found.conflict or "")


def test_a_few_boards_do_not_overrule() -> None:
    found = judge("BLEU", [1.0, 2.0, 3.0], True, crowd([("BLEU", "higher")] * 4 + [("BLEU", "lower")]))
    assert (found.direction, found.origin, found.conflict) == ("lower", "order", None)


def test_a_second_metric_follows_boards_that_agree_and_is_unknown_otherwise() -> None:
    numbers = [1.0, 2.0, 3.0]
    assert judge("FID", numbers, False, crowd([("FID", "lower")] * 2)).direction == "lower"
    assert judge("FID", numbers, False, crowd([("FID", "lower")])).direction == "unknown"
    assert judge("FID", numbers, False, crowd([("FID", "lower")] * 9 + [("FID", "higher")])).direction == "unknown"
    assert judge("FID", numbers, False, {}).order is None


@pytest.mark.parametrize(("higher", "lower"), [(92, 1), (1, 26), (57, 1), (21, 2)])
def test_a_second_metric_follows_an_overwhelming_majority(higher: int, lower: int) -> None:
    found = judge("F1", [1.0, 2.0], False, crowd([("F1", "higher")] * higher + [("F1", "lower")] * lower))
    assert (found.direction, found.origin) == ("higher" if higher > lower else "lower", "name")
