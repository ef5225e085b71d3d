"""From parsed to published: who may decide, what follows, what stays."""

from __future__ import annotations

import json

import pytest

from board.submitting import Place, samples, score, state, submit
from seqgan.board import events
from seqgan.board.leaderboard import load
from seqgan.board.submissions import review, states
from seqgan.errors import BoardError


def decide(place: Place, permalink: str, who: str, action: str, reason: str = "") -> None:
    with place.store.write() as session:
        if action == "accept":
            review.accept(session, permalink, place.people[who], reason)
        else:
            getattr(review, action)(session, permalink, place.people[who], reason)


def published_rows(place: Place) -> list[str]:
    with place.store.read() as session:
        board = load.find(session, "text-generation-on-tiny")
        assert board is not None
        return [row["model"] for row in load.entries(session, board["id"])]


def test_the_way_to_the_leaderboard(place: Place) -> None:
    permalink = submit(place, rows={1: samples(1), 2: samples(2)}, claimed={"bleu_2": 0.99}, claimed_from="Table 9")
    assert score(place) == 1
    assert state(place, permalink) == "checked"
    assert published_rows(place) == []
    decide(place, permalink, "rob", "accept")
    assert state(place, permalink) == "published"
    assert published_rows(place) == ["Model A"]
    with place.store.read() as session:
        number = states.get(session, permalink)["id"]
        after = [event["after"] for event in events.of(session, "submission", number)]
        board = load.find(session, "text-generation-on-tiny")
        assert board is not None
        values = load.entries(session, board["id"])[0]["values"]["BLEU-2 (tiny)"]
        assert board["entry_count"] == 1
    assert after == ["received", "parsed", "scored", "checked", "reviewed", "published"]
    assert values["claimed"]["number"] == 0.99
    numbers = [one["number"] for one in values["computed"]["seeds"]]
    assert values["computed"]["number"] == pytest.approx(sum(numbers) / 2)
    assert values["computed"]["low"] < values["computed"]["number"] < values["computed"]["high"]
    assert values["computed"]["signature"].startswith("bleu_2|definition:texygen|")


def test_nobody_reviews_a_submission_of_their_own(place: Place) -> None:
    for who in ("rob", "eve"):
        permalink = submit(place, who, rows={1: samples(5 if who == "rob" else 6)})
        score(place)
        with pytest.raises(BoardError, match="of their own"):
            decide(place, permalink, who, "accept")
        with pytest.raises(BoardError, match="of their own"):
            decide(place, permalink, who, "reject", "no")
        assert state(place, permalink) == "checked"


def test_only_a_reviewer_decides_and_only_on_what_is_checked(place: Place) -> None:
    permalink = submit(place, "rob")
    with pytest.raises(BoardError, match="may not review"):
        decide(place, permalink, "ann", "accept")
    with pytest.raises(BoardError, match="is parsed"):
        decide(place, permalink, "eve", "accept")


def test_rejecting_needs_a_reason_and_ends_it(place: Place) -> None:
    permalink = submit(place)
    score(place)
    with pytest.raises(BoardError, match="reason"):
        decide(place, permalink, "rob", "reject", "  ")
    decide(place, permalink, "rob", "reject", "the training file")
    assert state(place, permalink) == "rejected"
    for action in ("accept", "reject"):
        with pytest.raises(BoardError, match="is rejected"):
            decide(place, permalink, "rob", action, "again")
    with place.store.read() as session:
        assert session.value("SELECT state FROM entry") == "rejected"
        assert session.value("SELECT count(*) FROM sample_file") == 1


def test_a_fault_is_published_only_with_a_reason(place: Place) -> None:
    first = submit(place)
    second = submit(place, "rob", model="Model B")
    score(place)
    decide(place, first, "rob", "accept")
    with place.store.read() as session:
        checks = json.loads(states.get(session, second)["checks"])
    assert any(one["state"] == "fault" and "another model's name, Model A" in one["text"] for one in checks)
    with pytest.raises(BoardError, match="fault"):
        decide(place, second, "eve", "accept")
    decide(place, second, "eve", "accept", "a known copy, kept as a warning")
    assert state(place, second) == "published"


def test_retracting_takes_the_row_off_and_keeps_everything(place: Place) -> None:
    permalink = submit(place)
    score(place)
    decide(place, permalink, "rob", "accept")
    with pytest.raises(BoardError, match="Only the submitter"):
        decide(place, permalink, "rob", "retract", "I do not like it")
    decide(place, permalink, "ann", "retract", "a mistake in the decoder")
    assert published_rows(place) == []
    with place.store.read() as session:
        row = states.get(session, permalink)
        assert (row["state"], row["reason"]) == ("retracted", "a mistake in the decoder")
        assert session.value("SELECT count(*) FROM value") > 0
    with pytest.raises(BoardError, match="is retracted"):
        decide(place, permalink, "rob", "accept", "back")


def test_a_successor_replaces_only_once_it_is_published(place: Place) -> None:
    old = submit(place)
    score(place)
    decide(place, old, "rob", "accept")
    with pytest.raises(BoardError, match="Only who sent"):
        submit(place, "rob", rows={1: samples(2)}, supersedes=old)
    new = submit(place, rows={1: samples(2)}, supersedes=old)
    score(place)
    assert state(place, old) == "published"
    decide(place, new, "rob", "accept")
    assert state(place, old) == "superseded"
    with place.store.read() as session:
        assert states.get(session, old)["superseded_by"] == states.get(session, new)["id"]
    assert published_rows(place) == ["Model A"]
    with pytest.raises(BoardError, match="superseded"):
        submit(place, rows={1: samples(3)}, supersedes=old)


def test_nothing_is_deleted_or_changed_behind_the_back(place: Place) -> None:
    submit(place)
    for statement in (
        "DELETE FROM submission",
        "DELETE FROM sample_file",
        "UPDATE sample_file SET sha256 = 'x'",
        "DELETE FROM event",
        "UPDATE event SET actor = 'nobody'",
        "UPDATE benchmark SET contract = '{}'",
        "DELETE FROM benchmark",
    ):
        with pytest.raises(Exception, match=r"append-only|never|frozen"), place.store.write() as session:
            session.run(statement)


def test_states_follow_their_order(place: Place) -> None:
    submit(place)
    for wrong in ("published", "reviewed", "received", "checked", "nonsense"):
        with pytest.raises(BoardError, match="cannot become"), place.store.write() as session:
            states.move(session, 1, wrong, "test")
    assert set(states.NEXT) == set(states.STATES)
    assert all(set(following) <= set(states.STATES) for following in states.NEXT.values())
