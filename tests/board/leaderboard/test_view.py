"""What a leaderboard shows: one tier unless asked, filters, columns that belong together, unranked references."""

from __future__ import annotations

from typing import Any

import pytest

from seqgan.board.leaderboard.load import pick, tiers_of
from seqgan.board.leaderboard.view import Choice, view

METRICS = [
    {"name": "BLEU-4", "direction": "higher"},
    {"name": "Self-BLEU-4", "direction": "lower"},
    {"name": "Other", "direction": "unknown"},
]


def value(number: float | None, tier: str, seeds: int = 0) -> dict[str, Any]:
    return {"raw": str(number), "number": number, "tier": tier, "seeds": [{"seed": n} for n in range(seeds)]}


def row(model: str, *tags: str, **values: dict[str, float | None]) -> dict[str, Any]:
    """Return a row; values are metric (with _ for -) -> tier -> number."""
    return {
        "model": model, "variant": "", "permalink": model, "position": 0, "date": "2020-01-01", "tags": list(tags),
        "code": None, "extra_data": None, "parameters_millions": None,
        "values": {n.replace("_", "-"): {t: value(x, t) for t, x in v.items()} for n, v in values.items()},
    }  # fmt: skip


ROWS = [
    row("A", BLEU_4={"claimed": 0.9, "computed": 0.5}, Self_BLEU_4={"computed": 0.4}),
    row("B", BLEU_4={"computed": 0.6}, Self_BLEU_4={"computed": 0.6}),
    row("C", BLEU_4={"archive": 0.7}),
    row("D", "reference", BLEU_4={"computed": 0.8}),
    row("E", Other={"computed": 1.0}),
]


def shown(**choice: Any) -> dict[str, Any]:
    return view(ROWS, METRICS, Choice(**choice))


def order(found: dict[str, Any]) -> list[tuple[Any, str]]:
    return [(row["rank"], row["model"]) for row in found["rows"]]


def test_the_strongest_usual_tier_comes_first_and_tiers_never_mix() -> None:
    found = shown()
    assert found["tier"] == "computed"
    assert order(found) == [(None, "D"), (1, "B"), (2, "A")]
    assert {v["tier"] for row in found["rows"] for v in row["values"].values()} == {"computed"}
    assert order(shown(tier="claimed")) == [(1, "A")]
    assert order(shown(tier="archive")) == [(1, "C")]
    assert [(one["name"], one["count"]) for one in found["tiers"]] == [("computed", 4), ("claimed", 1), ("archive", 1)]


def test_only_who_asks_sees_a_mixed_ranking() -> None:
    found = shown(tier="all")
    assert found["mixed"]
    assert order(found) == [(None, "D"), (1, "C"), (2, "B"), (3, "A")]
    assert found["rows"][-1]["values"]["BLEU-4"]["tier"] == "computed"


def test_one_measured_seed_counts_as_one() -> None:
    rows = [row("One", BLEU_4={"computed": 0.5}), row("Quoted", BLEU_4={"claimed": 0.6})]
    assert [one["model"] for one in view(rows, METRICS, Choice(tier="all", seeds=1))["rows"]] == ["One"]
    assert len(view(rows, METRICS, Choice(tier="all"))["rows"]) == 2


def test_controls_are_shown_and_never_ranked() -> None:
    control = row("K", "control", BLEU_4={"computed": 0.95}, Self_BLEU_4={"computed": 0.1})
    found = view([*ROWS, control], METRICS, Choice())
    assert order(found) == [(None, "K"), (None, "D"), (1, "B"), (2, "A")]
    assert [one["model"] for one in found["rows"] if one["record"]] == ["B"]
    plane = {point["model"]: (point["front"], point["ranked"]) for point in found["plane"]["points"]}
    assert plane == {"A": (True, True), "B": (True, True), "K": (False, False)}


def test_a_metric_of_unknown_direction_ranks_nothing_and_keeps_the_order_of_the_source() -> None:
    small, large = row("Small", Other={"archive": 1.0}), row("Large", Other={"archive": 928.0})
    for place, one in enumerate((small, large)):
        one["position"] = place
    found = view([large, small], METRICS, Choice(tier="archive", metric="Other"))
    assert order(found) == [(None, "Small"), (None, "Large")]
    assert not any(one["record"] for one in found["rows"])


def test_an_unknown_tier_or_metric_falls_back() -> None:
    assert shown(tier="x")["tier"] == "computed"
    assert shown(metric="x")["metric"] == "BLEU-4"


def test_columns_belong_to_the_ranking_metric_and_other_rows_are_counted() -> None:
    found = shown()
    assert [metric["name"] for metric in found["metrics"]] == ["BLEU-4", "Self-BLEU-4"]
    assert found["choices"] == ["BLEU-4", "Self-BLEU-4", "Other"]
    assert found["elsewhere"] == 1
    assert order(shown(metric="Other")) == [(None, "E")]


def test_lower_is_better_where_the_metric_says_so() -> None:
    assert order(shown(metric="Self-BLEU-4"))[0] == (1, "A")


def test_references_set_no_record() -> None:
    assert [point["model"] for point in shown()["history"] if point["record"]] == ["B"]


def test_the_plane_shows_quality_and_diversity_or_what_the_reader_names() -> None:
    plane = shown()["plane"]
    assert (plane["x"]["name"], plane["y"]["name"]) == ("BLEU-4", "Self-BLEU-4")
    assert {point["model"]: point["front"] for point in plane["points"]} == {"A": True, "B": True}
    assert shown(x="Self-BLEU-4", y="BLEU-4")["plane"]["x"]["name"] == "Self-BLEU-4"
    assert shown(tier="archive")["plane"] is None


@pytest.mark.parametrize(
    ("change", "choice"),
    [
        ({"tags": ["small"]}, {"tags": ("small",)}),
        ({"code": {"url": "x"}}, {"code": True}),
        ({"parameters_millions": 5.0}, {"largest": 10}),
        ({"values": {"BLEU-4": {"computed": value(0.1, "computed", seeds=3)}}}, {"seeds": 3}),
    ],
)
def test_filters(change: dict[str, Any], choice: dict[str, Any]) -> None:
    rows = [*ROWS, {**row("F", BLEU_4={"computed": 0.1}), **change}]
    assert order(view(rows, METRICS, Choice(**choice))) == [(1, "F")]


def test_rows_with_extra_data_can_be_left_out() -> None:
    rows = [{**row("F", BLEU_4={"computed": 0.1}), "extra_data": 1}, ROWS[1]]
    assert order(view(rows, METRICS, Choice(no_extra=True))) == [(1, "B")]


def test_an_empty_board() -> None:
    found = view([], [], Choice())
    assert found["rows"] == []
    assert found["plane"] is None


def test_picking_prefers_the_stronger_evidence() -> None:
    values = {tier: value(1.0, tier) for tier in ("archive", "claimed", "computed")}
    assert (pick(values, ("archive", "claimed")) or {})["tier"] == "claimed"
    assert pick(values, ("regenerated",)) is None
    assert tiers_of([]) == []
