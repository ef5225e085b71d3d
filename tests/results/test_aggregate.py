"""Several seeds together: intervals as scipy computes them, definitions apart, failures counted."""

from __future__ import annotations

import math

import pytest
from scipy import stats

from bench.grids import record, score
from seqgan.results import aggregate
from seqgan.results.record import Failure, Record

VALUES = [9.05, 9.11, 9.4, 8.97, 9.2]


def of(values: list[float | None], **more: object) -> list:
    return [record("x", n, scores={"mle_best": [score("nll_oracle", v)]}, **more) for n, v in enumerate(values, 1)]


def test_mean_deviation_and_interval_are_those_of_scipy() -> None:
    (found,) = aggregate.summaries(of(VALUES), "mle_best", "nll_oracle")
    assert found.spread is not None
    assert found.spread.interval is not None
    low, high = stats.t.interval(0.95, len(VALUES) - 1, stats.tmean(VALUES), stats.sem(VALUES))
    assert found.spread.mean == pytest.approx(stats.tmean(VALUES), abs=1e-12)
    assert found.spread.sd == pytest.approx(stats.tstd(VALUES), abs=1e-12)
    assert found.spread.interval == pytest.approx((low, high), abs=1e-9)
    assert found.values == dict(enumerate(VALUES, 1))


def test_one_seed_has_a_mean_and_no_interval() -> None:
    (found,) = aggregate.summaries(of([9.0]), "mle_best", "nll_oracle")
    assert found.spread is not None
    assert (found.spread.mean, found.spread.sd, found.spread.interval) == (9.0, None, None)


def test_values_of_different_definitions_are_never_averaged() -> None:
    one, two = "bleu_2|smoothing:method1|version:1", "bleu_2|smoothing:none|version:1"
    records = [
        record("x", n, scores={"mle_best": [score("bleu_2", 0.1 * n, "higher", signature)]})
        for n, signature in enumerate((one, one, two), 1)
    ]
    found = aggregate.summaries(records, "mle_best", "bleu_2")
    assert [(s.signature, list(s.values)) for s in found] == [(one, [1, 2]), (two, [3])]


def test_the_seeds_own_draw_of_the_data_is_no_other_definition() -> None:
    first = "nll_gen|rows:20|tokens:219|temperature:1.0|task:oracle|data:abc|version:1"
    second = "nll_gen|rows:20|tokens:217|temperature:1.0|task:oracle|data:def|version:1"
    assert aggregate.group(first) == aggregate.group(second)
    assert aggregate.group(first) != aggregate.group(first.replace("1.0", "0.5"))
    bleu = "bleu_2|references:100:abcdef|version:1"
    assert aggregate.group(bleu) == "bleu_2|references:100|version:1"
    assert aggregate.group(bleu) != aggregate.group(bleu.replace("100", "200"))


def test_a_value_that_is_not_finite_is_listed_and_left_out_of_the_mean() -> None:
    (found,) = aggregate.summaries(of([9.0, None, 10.0]), "mle_best", "nll_oracle")
    assert found.values == {1: 9.0, 2: None, 3: 10.0}
    assert found.spread is not None
    assert (found.spread.count, found.spread.mean) == (2, 9.5)
    assert aggregate.spread([None, math.inf]) is None


def test_failed_seeds_are_counted_and_never_averaged() -> None:
    lost = record("x", 3, status="failed", failures=[Failure(attempt=1, error="a"), Failure(attempt=2, error="b")])
    again = record("x", 4, failures=[Failure(attempt=1, error="a")])
    records = [*of([9.0, 10.0]), lost, again]
    assert aggregate.failures(records, "x") == (1, 3)
    assert [r.seed for r in aggregate.finished(records, "x")] == [1, 2, 4]


def test_changes_are_paired_by_seed() -> None:
    before, after = [9.0, 9.4, 10.0], [8.9, 9.1, 9.9]
    records = [
        record("x", n, scores={"mle_last": [score("nll_oracle", b)], "adversarial_last": [score("nll_oracle", a)]})
        for n, (b, a) in enumerate(zip(before, after, strict=True), 1)
    ]
    found = aggregate.changes(records, "adversarial_last", "mle_last", "nll_oracle")
    wanted = stats.ttest_rel(after, before).confidence_interval()
    assert found is not None
    assert found.interval is not None
    assert found.interval == pytest.approx((wanted.low, wanted.high), abs=1e-9)
    assert aggregate.changes(records, "adversarial_last", "mle_best", "nll_oracle") is None
    other = [record("y", n, scores={"last": [score("nll_oracle", v)]}) for n, v in ((2, 9.0), (3, 9.5), (9, 1.0))]
    crossed = aggregate.across(records, other, "nll_oracle", ("mle_last", "last"))
    assert crossed is not None
    assert (crossed.count, crossed.mean) == (2, pytest.approx(-0.45))


def test_changes_of_several_definitions_are_never_averaged() -> None:
    def seed(number: int, change: float, version: str) -> Record:
        made = f"nll_oracle|version:{version}"
        before, after = (score("nll_oracle", value, "lower", made) for value in (9.0, 9.0 + change))
        return record("x", number, scores={"mle_last": [before], "adversarial_last": [after]})

    records = [seed(1, -0.25, "1"), seed(2, -5.0, "2"), seed(3, -0.75, "1")]
    for found in (
        aggregate.changes(records, "adversarial_last", "mle_last", "nll_oracle"),
        aggregate.across(records, records, "nll_oracle", ("mle_last", "adversarial_last")),
    ):
        assert found is not None
        assert (found.count, found.mean) == (2, -0.5)


def test_cost_is_the_mean_over_seeds_with_every_machine_named() -> None:
    costs = [{"seconds": 10.0, "generated_sequences": 100}, {"seconds": 30.0, "generated_sequences": 300}]
    about = [{"device_name": "A", "threads": 1}, {"device_name": "B", "threads": 2}]
    found = aggregate.cost(
        [record("x", n, cost=c, environment=e) for n, (c, e) in enumerate(zip(costs, about, strict=True))]
    )
    assert found == aggregate.Cost(20.0, 200.0, 0.0, ("A, 1 thread(s)", "B, 2 thread(s)"))
    assert aggregate.cost([]) is None
