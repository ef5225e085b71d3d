"""The demonstration: the SeqGAN paper page with its nine quoted rows, claimed figures, this software's own results."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from board.submitting import Visitor
from board.world import fill as fill_archive
from seqgan.board.columns import left_out
from seqgan.board.demo import fill as demo_fill
from seqgan.board.demo import packaged
from seqgan.board.demo.fill import fill
from seqgan.board.demo.measured import PAPERS, add_records
from seqgan.board.store import Store
from seqgan.results.record import Record, RecordedScore, path_of, read_all, write

PAGE = "/paper/seqgan-sequence-generative-adversarial-nets-with-policy-gradient"
QUOTED = {
    "COCO Captions": {"BLEU-2": "0.831", "BLEU-3": "0.642", "BLEU-4": "0.521", "BLEU-5": "0.427"},
    "EMNLP2017 WMT": {"BLEU-2": "0.859", "BLEU-3": "0.6015", "BLEU-4": "0.4541", "BLEU-5": "0.4498"},
    "Chinese Poems": {"BLEU-2": "0.738"},
}
DATA = Path(demo_fill.__file__).parent.parent / "data"


@pytest.fixture(scope="module")
def page(demo: Store) -> dict[str, Any]:
    found: dict[str, Any] = Visitor(demo).get(f"{PAGE}.json").json()
    return found


def test_the_page_has_the_facts_that_its_users_know(page: dict[str, Any]) -> None:
    paper = page["paper"]
    assert paper["title"] == "SeqGAN: Sequence Generative Adversarial Nets with Policy Gradient"
    assert paper["authors"] == ["Lantao Yu", "Wei-Nan Zhang", "Jun Wang", "Yong Yu"]
    assert paper["date"] == "2016-09-18"
    assert {task["name"] for task in page["tasks"]} == {"Text Generation", "Reinforcement Learning"}
    assert page["pdf"] == "https://arxiv.org/pdf/1609.05473"
    official = [code["url"] for code in page["code"] if code["official"]]
    assert official == ["https://github.com/LantaoYu/SeqGAN"]
    assert "@inproceedings{yu2016seqgan" in page["bibtex"]
    assert {paper["title"][:7] for paper in page["related"]} >= {"Long Te", "RelGAN:"}


def test_the_nine_quoted_rows_stand_there_with_the_note_where_they_come_from(page: dict[str, Any]) -> None:
    quoted = [row for row in page["results"] if row["tier"] == "archive"]
    found: dict[str, dict[str, str]] = {}
    for row in quoted:
        found.setdefault(row["dataset"]["name"], {})[row["metric"]] = row["raw"]
        assert row["model"] == "SeqGAN"
        assert row["task"]["name"] == "Text Generation"
        assert "LeakGAN" in row["notes"][0]["text"]
        assert row["rank"] >= 1
    assert found == QUOTED
    assert len(quoted) == 9


def test_beside_them_stands_what_this_software_measured(page: dict[str, Any]) -> None:
    computed = [row for row in page["results"] if row["tier"] == "computed"]
    assert computed
    assert all(row["signature"] for row in computed)
    assert {row["dataset"]["name"] for row in computed} >= {"COCO Captions"}


def test_claims_carry_paper_and_table(demo: Store) -> None:
    with demo.read() as session:
        claims = session.rows("SELECT citation, paper_id FROM entry WHERE source = 'published'")
        papers = session.column("SELECT title FROM paper WHERE title GLOB '[0-9]*'")
    assert len(claims) >= 50
    assert all(row["paper_id"] and row["citation"] for row in claims)
    assert papers == []


def test_a_second_time_changes_nothing(store: Store) -> None:
    tables = ("entry", "value", "paper", "note", "board_metric", "method", "paper_task")
    first = fill(store)
    with store.read() as session:
        before = [session.value(f"SELECT count(*) FROM {table}") for table in tables]
    assert fill(store) == first
    with store.read() as session:
        assert [session.value(f"SELECT count(*) FROM {table}") for table in tables] == before


def test_an_imported_archive_stays_as_it_is(store: Store, tmp_path: Path) -> None:
    fill_archive(store, tmp_path)
    fill(store)
    with store.read() as session:
        assert session.value("SELECT count(*) FROM entry WHERE source = 'archive'") == 41
        assert session.value("SELECT count(*) FROM entry WHERE source = 'published'") >= 50


def score(value: float, rows: int = 500) -> RecordedScore:
    signature = f"bleu_2|definition:texygen|references:9:ab|hypotheses:{rows}|temperature:1.0|task:coco|version:0.1.0"
    return RecordedScore(name="bleu_2", value=value, signature=signature, direction="higher", unit="0-1", n=rows)


def test_records_become_means_over_seeds_with_each_seed_below(store: Store, tmp_path: Path) -> None:
    for seed, value in ((1, 0.5), (2, 0.6), (3, 0.7)):
        record = Record(
            experiment="made-up", seed=seed, status="finished",
            config={"task": {"name": "coco"}, "algorithm": {"name": "seqgan"}}, date=f"2026-11-0{seed}",
            scores={"mle_last": [score(value)], "adversarial_last": [score(value + 0.1)]}, cost={"seconds": 3600},
            samples={"adversarial_last": [f"text {seed}"]},
        )  # fmt: skip
        write(path_of(tmp_path, "made-up", seed), record)
    with store.write() as session:
        assert add_records(session, packaged.measured(tmp_path)) == 2
        assert add_records(session, packaged.measured(tmp_path)) == 2
        assert session.column("SELECT DISTINCT evaluated_on FROM entry") == ["2026-11-03"]
        rows = session.rows(
            "SELECT model.name, value.number, value.low, value.high, seed, tier, citation, entry.details FROM value "
            "JOIN entry ON entry.id = entry_id JOIN model ON model.id = model_id "
            "ORDER BY model.name, seed IS NOT NULL, seed"
        )
        assert session.column("SELECT text FROM entry_sample ORDER BY place") == ["text 1", "text 2", "text 3"]
    mle = [row for row in rows if row["name"] == "MLE"]
    assert [row["number"] for row in mle] == pytest.approx([0.6, 0.5, 0.6, 0.7])
    assert mle[0]["low"] < 0.5 < 0.7 < mle[0]["high"]
    assert {row["tier"] for row in rows} == {"computed"}
    assert json.loads(rows[0]["details"])["hours"] == "3"


def test_impossible_rows_of_records_are_counted_over_all_seeds(store: Store) -> None:
    found = [
        Record(
            experiment="made-up", seed=seed, status="finished",
            config={"task": {"name": "oracle_grammar"}, "algorithm": {"name": "mle"}},
            scores={"last": [RecordedScore(
                name="nll_oracle", value=2.0 + seed, direction="lower", unit="nats", n=500 - left,
                signature=f"nll_oracle|samples:500|probability_zero:{left}|data:{seed}|task:oracle_grammar",
            )]},
        )
        for seed, left in ((1, 5), (2, 5), (3, 10))
    ]  # fmt: skip
    with store.write() as session:
        assert add_records(session, found) == 1
        mean = session.value("SELECT signature FROM value WHERE seed IS NULL")
    assert left_out(mean) == 20


OWN = (
    "SELECT entry.permalink, model.name, entry.tags, entry.evaluated_on, board_metric.name AS metric, value.seed, "
    "value.raw, value.n, value.signature FROM value JOIN entry ON entry.id = entry_id "
    "JOIN model ON model.id = model_id JOIN board_metric ON board_metric.id = metric_id WHERE entry.source = 'own' "
    "ORDER BY permalink, metric, seed"
)


def test_an_installed_package_without_the_folder_of_results_shows_the_same_own_results(
    demo: Store, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo_fill, "own_results", lambda: None)
    assert "results of its own runs" in fill(store)
    with store.read() as mine, demo.read() as other:
        rows = mine.rows(OWN)
        assert rows == other.rows(OWN)
        assert {row["name"] for row in rows} >= {"MLE", "SeqGAN"}
        assert mine.value("SELECT count(*) FROM entry_sample") > 0


def test_what_is_packaged_of_the_results_is_small() -> None:
    assert packaged.FILE.stat().st_size < 400_000


def test_what_is_packaged_has_the_values_of_the_records_and_bounds_of_six_digits() -> None:
    results = Path(__file__).parents[3] / "results"
    brought = {(found.experiment, found.seed): found.scores for found in packaged.measured()}
    finished = [found for found in read_all(results) if found.status == "finished"]
    assert len(brought) == len(finished) > 100
    for found in finished:
        for place, scores in found.scores.items():
            for score, small in zip(scores, brought[found.experiment, found.seed][place], strict=True):
                assert (small.name, small.value, small.n) == (score.name, score.value, score.n)
                assert (small.interval or ()) == pytest.approx(score.interval or (), rel=1e-5)


def test_own_rows_have_a_day_and_controls_lead_nothing(demo: Store) -> None:
    visitor = Visitor(demo)
    with demo.read() as session:
        assert session.value("SELECT count(*) FROM entry WHERE source = 'own' AND evaluated_on IS NULL") == 0
        controls = session.column(
            "SELECT model.name FROM entry JOIN model ON model.id = model_id WHERE tags LIKE '%control%'"
        )
    assert {"SeqGAN, constant reward", "SeqGAN, shuffled rewards"} <= set(controls)
    best = [card["best"] for card in visitor.get("/index.json").json()["boards"]]
    assert best
    assert not set(best) & set(controls)
    assert "1970" not in visitor.get("/sota/sequence-generation-on-oracle-lstm/feed.atom").text


def test_the_excerpt_is_small_licensed_and_facts_only() -> None:
    excerpt = DATA / "excerpt.json"
    size = sum(path.stat().st_size for path in DATA.glob("*") if path != packaged.FILE)
    assert excerpt.stat().st_size < 200_000
    assert size < 200_000
    assert "CC BY-SA 4.0" in (DATA / "excerpt.NOTICE.txt").read_text(encoding="utf-8")
    for task in json.loads(excerpt.read_text(encoding="utf-8")):
        assert len(task["description"]) < 300
        for dataset in task["datasets"]:
            assert "description" not in dataset
            for row in dataset["sota"]["rows"]:
                assert set(row) <= {"model_name", "metrics", "paper_title", "paper_url", "paper_date", "code_links"}


def test_every_note_and_figure_is_told_with_its_source() -> None:
    notes = tomllib.loads((DATA / "notes.toml").read_text(encoding="utf-8"))["note"]
    assert all(note["citation"] and note["kind"] in ("origin", "contradiction", "remark") for note in notes)
    for table in tomllib.loads((DATA / "published.toml").read_text(encoding="utf-8"))["table"]:
        assert table["citation"]
        assert {len(row) for row in table["rows"].values()} == {len(table["metrics"])}


def test_every_method_of_own_results_has_its_paper_with_title() -> None:
    papers = tomllib.loads((DATA / "papers.toml").read_text(encoding="utf-8"))["paper"]
    titled = {paper.get("arxiv") for paper in papers if paper["title"]}
    assert set(PAPERS.values()) <= titled


def test_no_paper_is_without_title(demo: Store) -> None:
    with demo.read() as session:
        assert session.value("SELECT count(*) FROM paper WHERE title = ''") == 0
