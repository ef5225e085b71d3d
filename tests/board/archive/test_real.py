"""The real evaluation tables of 2020: counts equal an independent count, ten boards equal the file row by row."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from seqgan.board.archive.run import Total, import_archive
from seqgan.board.leaderboard import load
from seqgan.board.store import Store, open_store
from seqgan.progress import Progress

pytestmark = pytest.mark.thorough
TABLES = "pwc/evaluation-tables-2020-08-28.json.gz"
TEN = (
    ("Text Generation", "COCO Captions"),
    ("Text Generation", "EMNLP2017 WMT"),
    ("Text Generation", "Chinese Poems"),
    ("Image Classification", "ImageNet"),
    ("Question Answering", "SQuAD2.0"),
    ("Language Modelling", "WikiText-103"),
    ("Machine Translation", "WMT2014 English-German"),
    ("Link Prediction", " FB15k"),
    ("Image Generation", "CIFAR-10"),
    ("Atari Games", "Atari 2600 Breakout"),
)


@cache
def independent(path: Path) -> dict[tuple[str, str], dict[str, Any]]:
    """Return (task, dataset) -> its table, read in the plainest way."""
    found: dict[tuple[str, str], dict[str, Any]] = {}

    def walk(tasks: list[dict[str, Any]]) -> None:
        for task in tasks:
            for dataset in task["datasets"]:
                assert not dataset["subdatasets"]
                found[task["task"], dataset["dataset"]] = dataset["sota"]
            walk(task["subtasks"])

    with gzip.open(path, "rt", encoding="utf-8") as file:
        walk(json.load(file))
    return found


@pytest.fixture(scope="module")
def real(mirror: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, Total]]:
    store = open_store(tmp_path_factory.mktemp("real") / "board.sqlite")
    files = {"evaluation-tables": mirror / TABLES, "methods": mirror / "pwc/methods-2022-05-20.json.gz"}
    yield store, import_archive(store, files, Progress(quiet=True))
    store.close()


def test_counts_equal_an_independent_count(real: tuple[Store, Total], mirror: Path) -> None:
    file = independent(mirror / TABLES)
    assert real[1].boards == len(file) == 2738
    assert real[1].rows == sum(len(sota.get("rows", [])) for sota in file.values()) == 15519
    values = sum(len(row["metrics"]) for sota in file.values() for row in sota.get("rows", []))
    with real[0].read() as session:
        assert session.value("SELECT count(*) FROM value") == values == 24174
        assert session.value("SELECT count(*) FROM method") == 1924
        assert session.value("SELECT count(*) FROM method WHERE hidden = 1") == 0


@pytest.mark.parametrize(("task", "dataset"), TEN)
def test_ten_boards_equal_the_file(real: tuple[Store, Total], mirror: Path, task: str, dataset: str) -> None:
    file = independent(mirror / TABLES)[task, dataset]
    with real[0].read() as session:
        number = session.value(
            "SELECT board.id FROM board JOIN task ON task.id = task_id JOIN dataset ON dataset.id = dataset_id "
            "WHERE task.name = :task AND dataset.name = :dataset",
            task=task,
            dataset=dataset,
        )
        rows = load.entries(session, number)
        metrics = load.metrics(session, number)
    assert [metric["name"] for metric in metrics] == file["metrics"]
    assert [row["model"] for row in rows] == [row["model_name"].strip() for row in file["rows"]]
    shown = [{name: tiers["archive"]["raw"] for name, tiers in row["values"].items()} for row in rows]
    assert shown == [row["metrics"] for row in file["rows"]]
    dates = [row["paper_date"] for row in file["rows"]]
    assert [row["date"] for row, date in zip(rows, dates, strict=True) if date] == [date for date in dates if date]


def test_directions_agree_with_the_file_and_the_six_reversed_boards_are_flagged(real: tuple[Store, Total]) -> None:
    sql = (
        "SELECT board.slug, board_metric.name, direction, order_direction, conflict FROM board_metric "
        "JOIN board ON board.id = board_id WHERE board_metric.position = 0"
    )
    with real[0].read() as session:
        rows = session.rows(sql)
    flagged = {row["slug"]: row for row in rows if row["order_direction"] not in (None, row["direction"])}
    assert flagged["data-to-text-generation-on-agenda"]["direction"] == "higher"
    assert any(slug.startswith("unsupervised-machine-translation-on-wmt2016") for slug in flagged)
    assert len(flagged) < 12
    assert all(row["conflict"] for row in flagged.values())
    bleu = {row["direction"] for row in rows if row["name"] == "BLEU" and row["order_direction"]}
    assert bleu == {"higher"}
    assert {row["direction"] for row in rows if row["name"] == "FID" and row["order_direction"]} == {"lower"}


def test_the_quoted_rows_are_there_with_the_notes_where_they_come_from(real: tuple[Store, Total]) -> None:
    with real[0].read() as session:
        slug = session.value("SELECT slug FROM paper WHERE arxiv_id = '1609.05473'")
        assert slug.startswith("seqgan")
        board = load.find(session, "text-generation-on-chinese-poems")
        assert board is not None
        rows = {row["model"]: row for row in load.entries(session, board["id"])}
    assert rows["SeqGAN"]["values"]["BLEU-2"]["archive"]["raw"] == "0.738"
    assert rows["LeakGAN"]["values"]["BLEU-2"]["archive"]["raw"] == "0.456"
    assert rows["LeakGAN"]["notes"][0]["kind"] == "contradiction"
    assert "0.881" in rows["LeakGAN"]["notes"][0]["text"]
