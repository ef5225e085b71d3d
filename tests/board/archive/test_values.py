"""Values as people typed them: the number where there is one, None where a guess would be needed."""

from __future__ import annotations

import pytest

from seqgan.board.archive.values import parse


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0.831", 0.831),
        ("96.95%", 96.95),
        ("87.6%%", 87.6),
        (".931", 0.931),
        ("-2.73", -2.73),
        ("\u22122.73", -2.73),
        ("15.9M", 15.9e6),
        ("1.54B", 1.54e9),
        ("220k", 220e3),
        ("99,45", 99.45),
        ("1,514,187", 1514187.0),
        ("42.5(1080Ti)", 42.5),
        ("70.14 (measured by others, 2018)", 70.14),
        ("**70.3**", 70.3),
        ("87.58*", 87.58),
        ("\ufeff93.3", 93.3),
        (" 54.72 ", 54.72),
        ("1e-3", 0.001),
    ],
)
def test_numbers_are_read(text: str, number: float) -> None:
    assert parse(text).number == pytest.approx(number)


@pytest.mark.parametrize(
    "text", ["O.753", "80.4/85.9", "87:1", "N/A", "-", "--", "", ">1,400", "UCF101", "0.33s/img", "2.2.M", "Yes", "1 2"]
)
def test_what_is_no_single_number_stays_text(text: str) -> None:
    assert parse(text).number is None


def test_a_spread_becomes_an_interval() -> None:
    found = parse("2.42±0.01")
    assert (found.number, found.low, found.high) == pytest.approx((2.42, 2.41, 2.43))
    assert parse("11.51 ± 3.7%").number == pytest.approx(11.51)
    assert parse("2.42").low is None
