"""Permutation tests against full enumeration and scipy, and the correction for several tests."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from scipy import stats as scipy_stats

from seqgan.errors import DataError
from seqgan.stats.paired import holm, least_p, paired_permutation_test, permutation_test

Values = some.lists(some.integers(0, 5).map(float), min_size=1, max_size=5)


@given(first=Values, second=Values)
def test_unpaired_values_are_split_in_every_way(first: list[float], second: list[float]) -> None:
    values, observed = first + second, np.mean(second) - np.mean(first)
    reached = []
    for chosen in itertools.combinations(range(len(values)), len(first)):
        rest = [values[i] for i in range(len(values)) if i not in chosen]
        difference = np.mean(rest) - np.mean([values[i] for i in chosen])
        reached.append(abs(difference) >= abs(observed) - 1e-9)
    found = permutation_test(first, second)
    assert found.p_value == pytest.approx(np.mean(reached))
    assert found.difference == pytest.approx(observed)
    assert found.method == "unpaired, exact"


@given(pairs=some.lists(some.tuples(some.integers(0, 5), some.integers(0, 5)), min_size=1, max_size=8))
def test_paired_values_change_places_in_every_way(pairs: list[tuple[int, int]]) -> None:
    change = np.array([second - first for first, second in pairs], float)
    flips = itertools.product((1, -1), repeat=len(pairs))
    share = np.mean([abs(np.mean(change * flip)) >= abs(change.mean()) - 1e-9 for flip in flips])
    first, second = zip(*pairs, strict=True)
    assert paired_permutation_test(first, second).p_value == pytest.approx(share)


@pytest.mark.parametrize(("count", "method"), [(300, "2,000 draws"), (6000, "normal limit")])
@pytest.mark.parametrize("paired", [True, False])
def test_drawn_and_limiting_p_values_are_those_of_the_t_test(count: int, method: str, paired: bool) -> None:
    draws = np.random.default_rng(1)
    size = count * (2 if paired and count > 1000 else 1)
    first, second = draws.random(size), draws.random(size) + 2 / size**0.5 * 0.29
    test, other = (
        (paired_permutation_test, scipy_stats.ttest_rel) if paired else (permutation_test, scipy_stats.ttest_ind)
    )
    found = test(first, second)
    assert found.p_value == pytest.approx(other(first, second).pvalue, abs=0.02)
    assert method in found.method
    assert found == test(first, second)


@pytest.mark.parametrize("swapped", [False, True])
def test_one_value_against_ten_thousand_has_no_normal_limit(swapped: bool) -> None:
    groups = [1.0], [0.0] * 9990 + [1.0] * 9
    found = permutation_test(*(groups[::-1] if swapped else groups))
    assert found.p_value == pytest.approx(10 / 10_000, abs=0.003)  # ten of the values can be the one alone
    assert found.method == "unpaired, 2,000 draws"


def test_a_small_group_against_many_values_is_drawn_as_the_t_test_has_it() -> None:
    draws = np.random.default_rng(1)
    few, many = draws.random(300), draws.random(30_000) + 0.04
    found = permutation_test(few, many)
    assert found.method == "unpaired, 2,000 draws"
    assert found.p_value == pytest.approx(scipy_stats.ttest_ind(few, many).pvalue, abs=0.01)


@pytest.mark.parametrize("test", [paired_permutation_test, permutation_test])
def test_a_few_rare_events_among_many_values_have_no_normal_limit(test) -> None:
    none, three = np.zeros(10_000), np.zeros(10_000)
    three[:3] = 1
    # All three fall on one side in 2 of 8 ways; the normal limit would say 0.083.
    assert test(none, three).p_value == pytest.approx(2 / 8, abs=0.04)


@pytest.mark.parametrize("unit", [1e-12, 1.0, 1e12])
@pytest.mark.parametrize("test", [paired_permutation_test, permutation_test])
def test_the_unit_of_the_values_does_not_matter(unit: float, test) -> None:
    first, second = unit * np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6]), unit * np.array([0.7, 0.9, 1.1, 1.3, 1.5, 1.7])
    assert test(first, second).p_value == pytest.approx(test(first / unit, second / unit).p_value)
    assert test(first, second).p_value < 0.05
    assert test(first, first[::-1]).p_value == 1.0
    assert test([unit * 0.1] * 6, [unit * 0.1] * 6).p_value == 1.0


def test_pairing_finds_what_the_spread_of_the_pairs_hides() -> None:
    first = np.linspace(0, 100, 40)
    second = first + 0.5 + np.tile([0.0, 0.1], 20)
    assert paired_permutation_test(first, second).p_value < 0.001
    assert permutation_test(first, second).p_value > 0.5


@pytest.mark.parametrize("count", [3, 200, 20_000])
def test_equal_values_differ_by_nothing(count: int) -> None:
    values = np.full(count, 0.1)
    assert permutation_test(values, values).p_value == 1
    assert paired_permutation_test(values, values).p_value == 1


def test_false_alarms_are_as_rare_as_stated() -> None:
    draws = np.random.default_rng(4)
    alarms = [permutation_test(draws.random(30), draws.random(50)).p_value < 0.05 for _ in range(200)]
    assert 0.01 < np.mean(alarms) < 0.1


def test_the_smallest_p_value_of_few_seeds() -> None:
    assert least_p(5, 5, paired=True) == 2 / 32
    assert least_p(3, 3, paired=False) == permutation_test([1, 2, 3], [7, 8, 9]).p_value == 2 / 20
    assert least_p(1, 3, paired=False) == permutation_test([9], [1, 2, 3]).p_value == 1 / 4
    assert least_p(100, 100, paired=True) < 0.001


def test_holm_raises_p_values_in_order() -> None:
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.9, 0.8]) == [1.0, 1.0]
    assert holm([]) == []


def test_unusable_values_are_told() -> None:
    with pytest.raises(DataError, match="finite"):
        permutation_test([], [1.0])
    with pytest.raises(DataError, match="finite"):
        paired_permutation_test([float("nan")], [1.0])
    with pytest.raises(DataError, match="paired"):
        paired_permutation_test([1.0, 2.0], [1.0])
