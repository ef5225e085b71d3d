"""docs/results.md and its figures are what the committed records say; every row of the tables can be carried out."""

from __future__ import annotations

from pathlib import Path

import pytest

from house.source import ROOT
from seqgan.bench import report, tables
from seqgan.results.record import read_all

RESULTS = ROOT / "results"
PAGE = ROOT / "docs" / "results.md"


@pytest.fixture(scope="module")
def rebuilt(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The page and its figures, made anew from the committed files."""
    return report.write(RESULTS, tmp_path_factory.mktemp("results") / "results.md")


def test_the_page_is_made_from_the_records(rebuilt: list[Path]) -> None:
    assert PAGE.read_text(encoding="utf-8") == rebuilt[0].read_text(encoding="utf-8"), "run: seqgan bench report"


def test_every_figure_is_made_from_the_records(rebuilt: list[Path]) -> None:
    committed = {path.name for path in (PAGE.parent / "figures").glob("results-*.svg")}
    assert {path.name for path in rebuilt[1:]} == committed
    for path in rebuilt[1:]:
        drawn, kept = (file.read_text(encoding="utf-8") for file in (path, PAGE.parent / "figures" / path.name))
        if _painter(drawn) == _painter(kept):  # another version of matplotlib places things otherwise
            assert drawn == kept, f"run: seqgan bench report ({path.name})"


def _painter(svg: str) -> str:
    return next(line for line in svg.splitlines() if "Matplotlib v" in line)


def test_every_row_of_a_table_has_its_experiment() -> None:
    named = [row.experiment for table in tables.tables(RESULTS) for row in table.rows]
    assert len(named) > 20
    patterns = [name for name in named if "*" in name]
    assert [
        name for name in named if name not in patterns and not (ROOT / "experiments" / f"{name}.toml").is_file()
    ] == []


def test_every_published_figure_and_every_control_stands_in_a_table() -> None:
    listed = tables.tables(RESULTS)
    named = {row.experiment for table in listed for row in table.rows}
    assert set(tables.published(RESULTS)) <= named
    assert {table.control for table in listed} <= named


def test_every_record_is_of_an_experiment_that_a_table_shows() -> None:
    recorded = {found.experiment for found in read_all(RESULTS)}
    shown = {row.experiment for table in tables.tables(RESULTS) for row in tables.expand(table, recorded)}
    assert recorded - shown <= {"first-run"}


def test_every_experiment_stands_on_the_page_run_or_not() -> None:
    page = PAGE.read_text(encoding="utf-8")
    files = sorted((ROOT / "experiments").glob("*.toml"))
    assert len(files) > 50
    assert not [path.name for path in files if f"`seqgan bench run experiments/{path.name}" not in page]
