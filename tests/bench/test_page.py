"""The page of results: published beside measured, every seed, labels, what was not run."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.grids import record, score, swept
from seqgan.bench import report, tables
from seqgan.bench.tables import Row, Table, checkpoint_of, expand
from seqgan.errors import ConfigError
from seqgan.results import record as records
from seqgan.results.record import Failure, Point, Record

TABLES = """
[[table]]
name = "small"
title = "Small: two systems"
text = "Words."
metrics = ["nll_oracle", "nll_gen"]
quality = "nll_oracle"
diversity = "nll_gen"
control = "x-mle"
rows = [
  { experiment = "x-mle", label = "MLE", checkpoint = "mle_best" },
  { experiment = "x-gan", label = "GAN", data = "other rows" },
  { experiment = "x-lost", label = "Lost" },
  { experiment = "x-stopped", label = "Stopped" },
  { experiment = "x-later", label = "Later", why = "No time." },
  { experiment = "peak-*" },
]
"""
PUBLISHED = """
[[x-mle]]
metric = "nll_oracle"
value = 9.038
source = "A paper, Table 1"
definition = "nats a token"
[[x-later]]
metric = "nll_oracle"
value = 8.5
source = "B"
"""


def both(oracle: float, test: float) -> list:
    return [score("nll_oracle", oracle), score("nll_gen", test)]


def made() -> list[Record]:
    curve = swept("mle_best", (0.5, 7.0, 9.0), (1.0, 9.0, 7.0))
    facts = {"environment": {"commit": "abcdef1234567", "device_name": "A", "threads": 2}, "cost": {"seconds": 90.0}}
    mle = [
        record("x-mle", n, scores={"mle_best": both(9.0 + n / 10, 7.0)}, temperatures=curve, **facts) for n in (1, 2)
    ]
    stages = {"mle_last": both(9.0, 7.0), "adversarial_last": both(8.5, 8.0)}
    gan = [record("x-gan", 1, scores=stages, **facts)]
    lost = record("x-lost", 1, status="failed", failures=[Failure(attempt=n, error="e") for n in (1, 2)])
    luckier = swept("mle_best", (0.5, 7.0, 8.0), (1.0, 9.0, 6.0))
    way = [Point(phase="adversarial", step=n, seconds=n, scores={"nll_oracle": 9.5 - n / 10}) for n in (5, 10)]
    stopped = record("x-stopped", 3, status="unfinished", curve=way, **facts | {"cost": {"seconds": 60.0}})
    peak = record("peak-a", 1, scores={"adversarial_last": both(7.5, 8.0)}, temperatures=luckier, **facts)
    return [*mle, *gan, lost, stopped, peak]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    results = tmp_path / "results"
    for one in made():
        records.write(records.path_of(results, one.experiment, one.seed), one)
    (results / "tables.toml").write_text(TABLES)
    (results / "published.toml").write_text(PUBLISHED)
    (results / "estimates.json").write_text('{"x-later": {"seconds": 7200, "machine": "A, 2 thread(s)"}}')
    return results


def page_of(results: Path) -> str:
    report.write(results, results.parent / "docs" / "results.md")
    return (results.parent / "docs" / "results.md").read_text(encoding="utf-8")


def line(text: str, *words: str) -> str:
    """Return the one line that holds all the words."""
    found = [row for row in text.splitlines() if all(word in row for word in words)]
    assert len(found) == 1, (words, found)
    return found[0]


def test_published_stands_beside_measured_with_spread_and_seeds(folder: Path) -> None:
    text = page_of(folder)
    row = line(text, "| MLE |", "| 9.038 |", "2 of 2")
    assert "| 9.150 | 0.071 | 8.515 to 9.785 |" in row
    assert "1: 9.100, 2: 9.200" in line(text, "MLE, best on validation", "| nll_oracle |")
    assert "A paper, Table 1" in line(text, "| 9.038 | A paper")
    assert "abcdef1234" in line(text, "| MLE | 1, 2 |")
    assert "`seqgan bench run experiments/x-mle.toml --seeds 2 --threads 2 --temperatures 0.5,1`" in text
    assert "1:30" in line(text, "| MLE | 1, 2 |")


def test_the_change_over_its_mle_and_the_label_stand_there(folder: Path) -> None:
    text = page_of(folder)
    assert "last -0.500" in line(text, "| GAN", "nll_oracle", "8.500 |  |")
    assert "sharpening only" in line(text, "| GAN", "seed 1: -0.500")
    assert line(text, "| peak-a | the table's |", "seed 1: +0.500").endswith(
        "| sharpening only; not better than its own MLE in seed 1 |"
    )
    assert line(text, "| peak-a | its own |", "seed 1: -0.500").endswith("| sharpening only |")


def test_the_true_reward_stands_against_its_controls_seed_by_seed(folder: Path) -> None:
    control = [record("x-control", n, scores={"adversarial_last": both(8.0 + n, 9.0)}) for n in (1, 2)]
    for one in control:
        records.write(records.path_of(folder, one.experiment, one.seed), one)
    listed = TABLES.replace('control = "x-mle"', 'control = "x-mle"\ntrue = "x-gan"')
    (folder / "tables.toml").write_text(listed.replace('"peak-*"', '"x-control", label = "Constant"'))
    text = page_of(folder)
    assert "| Constant | nll_oracle | -0.500 | 1 |" in text  # seed 1 alone has both: 8.5 - 9.0
    assert "| Constant | nll_gen | -1.000 | 1 |" in text


def test_a_published_point_stands_beside_ours_and_at_its_own_diversity(folder: Path) -> None:
    """The curve of the MLE has 8.0 at a diversity of 8.0: 0.6 better than the point."""
    listed = TABLES.replace('control = "x-mle"', 'control = "x-mle"\npairs = [["nll_oracle", "nll_gen"]]')
    (folder / "tables.toml").write_text(listed)
    pair = 'metric = "{}"\nvalue = {}\nsource = "C"\n'
    two = "".join("[[x-mle]]\n" + pair.format(*each) for each in (("nll_oracle", 8.6), ("nll_gen", 8.0)))
    (folder / "published.toml").write_text(PUBLISHED + two)
    shown = line(page_of(folder), "| MLE | nll_oracle, nll_gen |")
    assert "| 8.600, 8.000 | 9.150, 7.000 | 0 of 2 seeds | +0.600 (+0.600 to +0.600), 2 of 2 seeds |" in shown


def test_a_published_mark_in_a_figure_has_both_numbers_from_one_source(folder: Path) -> None:
    """ "A paper" has one number of MLE; C first the other one alone, then both."""
    pair = '[[x-mle]]\nmetric = "{}"\nvalue = {}\nsource = "C"\n'
    for quoted, is_marked in ((pair.format("nll_gen", 8.0), False), (pair.format("nll_oracle", 8.6), True)):
        before = (folder / "published.toml").read_text(encoding="utf-8")
        (folder / "published.toml").write_text(before + quoted, encoding="utf-8")
        page_of(folder)
        figure = (folder.parent / "docs" / "figures" / "results-small.svg").read_text(encoding="utf-8")
        assert ("MLE, published" in figure) == is_marked


def test_a_system_without_an_mle_of_its_own_takes_its_change_over_another(folder: Path) -> None:
    mle = record("y-mle", 1, scores={"mle_last": both(9.0, 8.0)})
    records.write(records.path_of(folder, "y-mle", 1), mle)
    (folder / "tables.toml").write_text(TABLES.replace('"peak-*"', '"peak-a", over = "y-mle"'))
    assert "| last -1.500 |" in line(page_of(folder), "| peak-a | nll_oracle")


def test_seeds_that_a_table_wants_and_nobody_ran_are_listed_with_what_the_others_took(folder: Path) -> None:
    (folder / "tables.toml").write_text(TABLES.replace('text = "Words."', 'text = "Words."\nseeds = 3'))
    text = page_of(folder)
    assert line(text, "| MLE | 3 | waits").endswith(
        "| waits for its turn | 1:30 a seed on A, 2 thread(s) | `seqgan bench run experiments/x-mle.toml --seeds 3-3` |"
    )
    assert "--seeds 2,3`" in line(text, "| GAN (trained", "| 2, 3 |", "bench run")
    assert "bench run experiments/x-later.toml` |" in line(text, "| Later | all | No time. |")


def test_other_data_failures_and_what_was_not_run_are_said(folder: Path) -> None:
    text = page_of(folder)
    assert "GAN (trained on other data than the quoted row: other rows)" in text
    assert line(text, "| Lost |", "bench run").startswith("| Lost | 1 | given up; failures: 2 | none |  |  | not")
    assert line(text, "| Lost |", "given up |  |  | 0") == "| Lost |  |  | given up |  |  | 0 |  |"
    assert "| No time. | 2:00:00 a seed on A, 2 thread(s) |" in line(text, "| Later |", "bench run")
    assert "not run" in line(text, "| Later | nll_oracle | 8.500 |", "not run")


def test_a_run_that_was_stopped_is_called_unfinished_and_shows_how_far_it_got(folder: Path) -> None:
    text = page_of(folder)
    assert line(text, "| Stopped |", "unfinished") == "| Stopped |  |  | unfinished |  |  | 0 |  |"
    stands = "| Stopped | 3 | stopped | adversarial, step 10 | nll_oracle 8.500 | 1:00 | not estimated |"
    assert line(text, stands).endswith("| `seqgan bench run experiments/x-stopped.toml --seeds 3-3 --threads 2` |")
    assert len([row for row in text.splitlines() if row.startswith("| Stopped")]) == 2, "it is not called not run"


def test_a_system_with_a_finished_seed_names_its_stopped_and_failed_ones_and_has_the_mean_of_the_first(
    folder: Path,
) -> None:
    way = [Point(phase="pretrain_generator", step=4, seconds=9.0, scores={"nll_oracle": 1.0, "nll_gen": 1.0})]
    stopped = record("x-gan", 2, status="unfinished", curve=way, cost={"seconds": 9.0})
    lost = record(
        "x-gan", 3, status="failed", curve=way, cost={"seconds": 9.0}, failures=[Failure(attempt=1, error="")]
    )
    for one in (stopped, lost):
        records.write(records.path_of(folder, "x-gan", one.seed), one)
    text = page_of(folder)
    assert "| 8.500 |  |  | 1 of 1 |" in line(text, "| GAN", "| nll_oracle", "last -0.500")
    for seed, why in ((2, "stopped"), (3, "given up; failures: 1")):
        shown = f" | {seed} | {why} | MLE, step 4 | nll_oracle 1.000, nll_gen 1.000 | 0:09 |"
        assert f"--seeds {seed}-{seed}" in line(text, "| GAN", shown)
        assert ("--retry-failed`" in line(text, "| GAN", shown)) == (seed == 3)


def test_the_same_files_give_the_same_bytes(folder: Path) -> None:
    first = [path.read_bytes() for path in report.write(folder, folder.parent / "a" / "results.md")]
    assert [path.read_bytes() for path in report.write(folder, folder.parent / "a" / "results.md")] == first
    assert len(first) == 2
    assert b"MLE over temperatures" in first[1]


def test_a_pattern_stands_for_every_other_experiment_of_that_name() -> None:
    table = Table(name="t", title="T", metrics=["a"], rows=[Row(experiment="peak-b"), Row(experiment="peak-*")])
    every = ("peak-a", "peak-b", "peak-c", "other")
    assert [row.experiment for row in expand(table, every)] == ["peak-b", "peak-a", "peak-c"]
    assert [row.experiment for row in expand(table, [])] == ["peak-b", "peak-*"]


def test_the_last_stage_is_shown_unless_the_row_says_otherwise() -> None:
    gan = record("x", 1, scores={"mle_best": [], "adversarial_last": []})
    assert checkpoint_of(Row(experiment="x"), [gan]) == "adversarial_last"
    assert checkpoint_of(Row(experiment="x", checkpoint="mle_last"), [gan]) == "mle_last"
    assert checkpoint_of(Row(experiment="x"), [record("x", 1, scores={"real": [], "last": []})]) == "last"


def test_a_faulty_list_of_tables_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "tables.toml").write_text(
        '[[table]]\nname = "x"\ntitle = "X"\nmetrics = []\nrows = [{ lable = "a" }]\n'
    )
    with pytest.raises(ConfigError, match=r"tables\.toml: rows\.0"):
        tables.tables(tmp_path)
    (tmp_path / "published.toml").write_text('[[x]]\nmetric = "a"\nvalue = "b"\nsource = "c"\n')
    with pytest.raises(ConfigError, match=r"published\.toml: value"):
        tables.published(tmp_path)
    assert tables.estimates(tmp_path) == {}


def test_a_control_is_compared_where_each_stands_to_its_own_curve(folder: Path) -> None:
    """Both start from curves of their own: 8.0 and 7.0 where NLL_test is 8.0; at 7.5 they gain 0.5 and lose 0.5."""
    curves = {"x-gan": ((0.5, 7.0, 9.0), (1.0, 9.0, 7.0)), "x-control": ((0.5, 7.0, 8.0), (1.0, 9.0, 6.0))}
    for name, curve in curves.items():
        stages = {"mle_best": both(9.0, curve[1][2]), "adversarial_last": both(7.5, 8.0)}
        for seed in (1, 2):
            one = record(name, seed, scores=stages, temperatures=swept("mle_best", *curve))
            records.write(records.path_of(folder, name, seed), one)
    listed = TABLES.replace('control = "x-mle"', 'control = "x-mle"\ntrue = "x-gan"')
    (folder / "tables.toml").write_text(listed.replace('"peak-*"', '"x-control", label = "Constant"'))
    text = page_of(folder)
    assert "| Constant | nll_oracle | +0.000 (+0.000 to +0.000) | 2 |" in text
    assert "| Constant | advantage over its own MLE | +1.000 (+1.000 to +1.000) | 2 |" in text


def test_a_search_lists_every_configuration_by_idea_and_its_controls_apart(folder: Path) -> None:
    search = TABLES.replace(
        'name = "small"\ntitle = "Small: two systems"', 'name = "all"\ntitle = "All"\nsearch = true'
    )
    named = {"x-lost": "", "peak-*": "Peaks", "x-gan": "Games", "x-later": "Peaks"}
    rows = ", ".join(f'{{ experiment = "{name}", idea = "{idea}" }}' for name, idea in named.items())
    search = search[: search.index("rows = [")] + f"rows = [{rows}]\n"
    (folder / "tables.toml").write_text(TABLES + search)
    whole = page_of(folder)
    text = whole[whole.index("## All") :]
    assert "3 configurations of 2 ideas, 2 of them run, and 1 control." in text
    assert "- [All](#all)" in whole
    listed = [row.split(" | ")[:2] for row in text.splitlines() if row.startswith("| ")][1:]
    assert [tuple(cells) for cells in listed] == [
        ("| Peaks", "peak-a"),
        ("| Peaks", "x-later"),
        ("| Games", "x-gan"),
        ("| a control", "x-lost"),
    ]
    assert "| 1 | 7.500 | 8.000 | -0.500 |" in line(
        text, "| peak-a |"
    )  # its own MLE's curve has 7.0 at a diversity of 8
    assert line(text, "| x-later |").endswith("| 0 | not run |  |  |  |  |")
    assert line(text, "| x-lost |").endswith("| 0 | given up |  |  |  |  |")
    assert "###" not in text
    assert not (folder.parent / "docs" / "figures" / "results-all.svg").exists()
