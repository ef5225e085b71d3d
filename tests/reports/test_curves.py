"""Curves from a journal, stages on the axis, charts: places, ticks, labels that do not overlap."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.journals import learning
from seqgan.reports import charts, curves


def test_numbers_are_collected_by_name() -> None:
    found = curves.collect(learning())
    assert [(p.phase, p.step, p.value) for p in found["valid_nll"]][:2] == [
        ("pretrain_generator", 1, 4.0),
        ("pretrain_generator", 2, 2.0),
    ]
    assert [p.value for p in found["nll_oracle"]] == [1.25], "null leaves a gap"
    assert [p.value for p in found["discriminator_accuracy"]] == [0.7, 0.7]
    assert "best" not in found
    assert "vocabulary" not in found


def test_a_name_that_two_events_share_is_kept_apart() -> None:
    found = curves.collect(learning())
    assert [p.value for p in found["uniqueness"]] == [0.9, 0.8]
    assert [p.value for p in found["batch_uniqueness"]] == [1.0, 1.0]
    events = [
        {"event": "evaluate", "phase": "a", "step": 1, "x": 1.0},
        {"event": "own", "phase": "a", "step": 1, "x": 2.0},
    ]
    assert set(curves.collect(events)) == {"x", "own_x"}


def test_scores_as_objects_are_read_and_the_later_of_two_wins() -> None:
    events = [
        {"event": "evaluate", "phase": "a/b", "step": 1, "x": {"value": 1.0, "n": 5}},
        {"event": "evaluate", "phase": "a", "step": 1, "x": {"value": 3.0, "n": 5}},
        {"event": "evaluate", "phase": "a", "step": 2, "x": float("nan")},
    ]
    assert curves.collect(events) == {"x": [curves.Point("a", 1, 3.0)]}


def test_stages_fill_the_axis_in_order() -> None:
    events = [
        {"event": "e", "phase": p, "step": s, "x": 1.0} for p, s in (("pretrain_generator", 90), ("adversarial", 3))
    ]
    stages = curves.stages(events, list(curves.collect(events).values()))
    assert [stage.label for stage in stages] == ["MLE", "adversarial"]
    assert stages[0].left == 0
    assert stages[1].left == pytest.approx(stages[0].width)
    assert stages[1].left + stages[1].width == pytest.approx(1)
    assert stages[1].width > 0.1, "a short stage stays readable"
    assert stages[0].place(90) == pytest.approx(stages[1].place(0))


def test_unknown_names_get_a_chart_of_their_own() -> None:
    found = curves.panels(["temperature_of_the_room", "nll_oracle"])
    assert [panel.title for panel in found] == ["Likelihood", "temperature of the room"]


def test_one_curve_for_two_names_of_one_number() -> None:
    points = [curves.Point("a", 1, 1.0)]
    panel = curves.PANELS[0]
    assert list(curves.of_panel(panel, {"valid_nll": points, "nll_gen": points})) == ["valid_nll"]
    assert list(curves.of_panel(panel, {"nll_gen": points})) == ["nll_gen"]


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=20))
def test_the_axis_holds_every_value_between_few_round_ticks(values: list[float]) -> None:
    axis = charts.scale(values, share=False)
    slack = 1e-6 * max(1.0, axis.high - axis.low)
    assert axis.low - slack <= min(values) <= max(values) <= axis.high + slack
    assert 2 <= len(axis.ticks) <= 8


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_shares_never_leave_zero_to_one(values: list[float]) -> None:
    axis = charts.scale(values, share=True)
    assert axis.low >= 0
    assert axis.high <= 1 + 1e-9


def test_labels_at_the_ends_do_not_overlap() -> None:
    panel = curves.Panel("p", "", "", ("a", "b", "c", "d"))
    points = {name: [curves.Point("x", 1, 0.5 + place * 1e-4)] for place, name in enumerate("abcd")}
    drawing = charts.line_chart(panel, points, [curves.Stage("x", "x", 0, 1, 1)], "id")
    heights = sorted(float(y) for y in re.findall(r'class="name c\d" x="\d+" y="([\d.]+)"', drawing))
    assert len(heights) == 4
    assert min(b - a for a, b in pairwise(heights)) >= 12


def test_long_curves_are_thinned_and_keep_their_end() -> None:
    kept = charts.thin(list(range(10_001)), 400)
    assert len(kept) <= 401
    assert (kept[0], kept[-1]) == (0, 10_000)


def test_names_are_written_as_people_write_them() -> None:
    assert [charts.pretty(n) for n in ("self_bleu_3", "bleu_2", "distinct_1", "own_thing")] == [
        "self-BLEU-3",
        "BLEU-2",
        "distinct-1",
        "own thing",
    ]
