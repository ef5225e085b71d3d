"""A new version of a benchmark scores the stored samples again; the old version never changes."""

from __future__ import annotations

import pytest

from board.submitting import Place, contract, samples, score, state, submit
from seqgan.board import benchmarks
from seqgan.board.submissions import review, states
from seqgan.board.submissions.rescore import install_and_rescore
from seqgan.board.verify import verify
from seqgan.errors import BoardError

SECOND = [
    {"name": "bleu_2", "title": "BLEU-2 (tiny, strict)", "direction": "higher", "low": 0, "high": 1},
    {"name": "uniqueness", "title": "Uniqueness (tiny, v2)", "direction": "higher", "low": 0, "high": 1},
]


def test_published_samples_are_scored_again_and_replace_their_row(place: Place) -> None:
    old = submit(place, claimed={"bleu_2": 0.9}, claimed_from="x")
    waiting = submit(place, "rob", rows={1: samples(4)}, model="Model B")
    score(place)
    with place.store.write() as session:
        review.accept(session, old, place.people["rob"])
        assert install_and_rescore(session, [contract(version=2, definition="strict", scores=SECOND)]) == 2
    assert score(place) == 2
    with place.store.read() as session:
        rows = states.listed(session)
        new = {row["rescored_from"]: row for row in rows if row["rescored_from"]}
        old_row, waiting_row = states.get(session, old), states.get(session, waiting)
        assert new[old_row["id"]]["state"] == "published"
        assert new[old_row["id"]]["reviewer_id"] == place.people["rob"].account
        assert new[waiting_row["id"]]["state"] == "checked"
        assert old_row["state"] == "superseded"
        assert not verify(session).faults
        names = session.column(
            "SELECT DISTINCT board_metric.name FROM value JOIN board_metric ON board_metric.id = metric_id"
        )
        assert set(names) == {"BLEU-2 (tiny)", "Uniqueness (tiny)", "BLEU-2 (tiny, strict)", "Uniqueness (tiny, v2)"}
    assert state(place, waiting) == "checked"
    with place.store.write() as session:
        assert install_and_rescore(session, [contract(version=2, definition="strict", scores=SECOND)]) == 0


def test_what_is_under_way_when_a_new_version_comes_follows_once_it_is_checked(place: Place) -> None:
    old = submit(place)
    with place.store.write() as session:
        assert install_and_rescore(session, [contract(version=2, definition="strict", scores=SECOND)]) == 0
    assert score(place) == 2
    with place.store.read() as session:
        rows = {row["benchmark"]: row for row in states.listed(session)}
        assert rows["tiny@2"]["rescored_from"] == states.get(session, old)["id"]
        assert {row["state"] for row in rows.values()} == {"checked"}


def test_samples_that_do_not_fit_the_new_version_stay(place: Place) -> None:
    submit(place)
    score(place)
    with place.store.write() as session:
        assert install_and_rescore(session, [contract(version=2, samples=6, scores=SECOND)]) == 0


def test_a_version_is_frozen_and_a_title_has_one_meaning(place: Place) -> None:
    with pytest.raises(BoardError, match="frozen"), place.store.write() as session:
        benchmarks.install(session, [contract(definition="strict")])
    with pytest.raises(BoardError, match="another title"), place.store.write() as session:
        benchmarks.install(session, [contract(version=2, definition="strict")])
    with place.store.write() as session:
        assert benchmarks.install(session, [contract(about="Other words about the same.")]) == []
        assert [one.contract.id for one in benchmarks.listed(session)] == ["tiny@1"]
