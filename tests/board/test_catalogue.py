"""Single additions: found again, never doubled, papers known by any of their names."""

from __future__ import annotations

from seqgan.board import catalogue
from seqgan.board.columns import column, definition, title
from seqgan.board.search import papers, things
from seqgan.board.session import Session
from seqgan.board.store import Store

SIGNATURE = "bleu_2|definition:texygen|references:10:aa|hypotheses:5000|temperature:1.0|task:coco|data:ff|version:0.1.0"


def board_of(session: Session) -> int:
    task = catalogue.ensure_task(session, "Writing", "own", "Language")
    dataset = catalogue.ensure_dataset(session, "Poems", "own", homepage="https://example.org")
    return catalogue.ensure_board(session, task, dataset, "own")


def test_ensuring_twice_adds_once(store: Store) -> None:
    with store.write() as session:
        assert board_of(session) == board_of(session)
        board = board_of(session)
        first = catalogue.ensure_metric(session, board, "BLEU-2", direction="higher")
        assert catalogue.ensure_metric(session, board, "BLEU-2", direction="lower") == first
        catalogue.ensure_metric(session, board, "BLEU-3")
        rows = session.rows("SELECT name, position, direction FROM board_metric ORDER BY position")
        assert [tuple(row.values()) for row in rows] == [("BLEU-2", 0, "higher"), ("BLEU-3", 1, "unknown")]
        assert session.value("SELECT slug FROM board") == "writing-on-poems"
        assert catalogue.ensure_model(session, "A b") != catalogue.ensure_model(session, "A  b")
        assert sorted(session.column("SELECT slug FROM model")) == ["a-b", "a-b-2"]


def test_a_paper_is_found_by_number_address_or_title_and_found_in_search(store: Store) -> None:
    with store.write() as session:
        made = catalogue.ensure_paper(session, "Learning to Sing Songs", "own", arxiv="2001.00001", authors=["Ann"])
        again = [
            catalogue.ensure_paper(session, "", "own", arxiv="2001.00001v3"),
            catalogue.ensure_paper(session, "x", "own", url="http://arxiv.org/abs/2001.00001"),
            catalogue.ensure_paper(session, "Learning to sing songs!", "own"),
        ]
        assert again == [made] * 3
        other = catalogue.ensure_paper(session, "Learning to Dance Well", "own", url="https://example.org/p")
        assert other != made
        assert [row["title"] for row in papers(session, "sing")] == ["Learning to Sing Songs"]


def test_notes_are_put_once(store: Store) -> None:
    with store.write() as session:
        for _ in range(2):
            catalogue.add_note(session, "board", 1, "remark", "Careful.")
        assert session.value("SELECT count(*) FROM note") == 1


def test_refreshing_brings_counts_and_search_up_to_date(store: Store) -> None:
    with store.write() as session:
        board = board_of(session)
        entry = {"board_id": board, "model_id": catalogue.ensure_model(session, "M"), "source": "own"}
        session.insert("entry", permalink="one", evaluated_on="2020-01-01", **entry)
        session.insert("entry", permalink="two", state="rejected", **entry)
        catalogue.refresh(session)
        assert session.row("SELECT entry_count, latest FROM board") == {"entry_count": 1, "latest": "2020-01-01"}
        assert session.value("SELECT board_count FROM task") == 1
        assert [one["name"] for one in things(session, "poe")] == ["Poems"]


def test_other_held_out_rows_are_another_definition_unless_an_oracle_draws_them() -> None:
    real = "nll_gen|rows:9|tokens:{}|temperature:1.0|task:coco|split:test|data:{}|version:0.1.0"
    assert definition(real.format(1, "A")) != definition(real.format(2, "B"))
    drawn = real.replace("coco", "oracle_lstm")
    assert definition(drawn.format(1, "A")) == definition(drawn.format(2, "B"))


def test_a_column_is_named_by_its_definition() -> None:
    assert title(SIGNATURE) == "BLEU-2 (Texygen, n 5,000)"
    assert title("nll_oracle|rows:10") == "NLL_oracle"
    assert title("self_bleu_3|hypotheses:7") == "Self-BLEU-3 (n 7)"
    assert definition(SIGNATURE) == "bleu_2|definition:texygen|references:10:aa|hypotheses:5000|task:coco"


def test_two_definitions_never_share_a_column(store: Store) -> None:
    other_references = SIGNATURE.replace("10:aa", "20:bb")
    other_run = SIGNATURE.replace("temperature:1.0", "temperature:0.7").replace("data:ff", "data:00")
    with store.write() as session:
        board = board_of(session)
        first = column(session, board, SIGNATURE, direction="higher")
        entry = session.insert(
            "entry", permalink="e", board_id=board, model_id=catalogue.ensure_model(session, "M"), source="own"
        )
        session.insert(
            "value", entry_id=entry, metric_id=first, tier="computed", raw="1", number=1.0, signature=SIGNATURE
        )
        assert column(session, board, other_run) == first
        second = column(session, board, other_references)
        assert second != first
        assert session.value("SELECT name FROM board_metric WHERE id = :id", id=second).endswith("#2")


def test_a_benchmarks_own_column_is_never_taken(store: Store) -> None:
    with store.write() as session:
        board = board_of(session)
        fixed = catalogue.ensure_metric(session, board, title(SIGNATURE), direction_from="contract")
        assert column(session, board, SIGNATURE) != fixed
