"""Which page a reader gets at a server that keeps pages: never that of somebody signed in, never another one's."""

from __future__ import annotations

import pytest

from board.submitting import Place, Visitor, samples, score, submit
from seqgan.board.submissions import review


def test_what_somebody_signed_in_sees_is_kept_for_nobody(place: Place) -> None:
    link = f"/submission/{submit(place)}"
    score(place)
    reviewer = Visitor(place.store)
    reviewer.sign_in(place.secrets["rob"])
    stranger = Visitor(place.store, reviewer)
    for _ in range(2):  # each of them after the other
        assert "Publish" in reviewer.get(link).text
        assert reviewer.get(f"{link}.json").json()["may"]["accept"]
        assert "Publish" not in stranger.get(link).text
        assert not stranger.get(f"{link}.json").json()["may"]["accept"]


@pytest.mark.parametrize("tiers", [("computed", "claimed"), ("claimed", "computed")])
def test_every_query_and_every_address_has_its_own_page(place: Place, tiers: tuple[str, str]) -> None:
    first = submit(place, claimed={"bleu_2": 0.9}, claimed_from="Table 1")
    second = submit(place, "rob", rows={1: samples(4)}, model="Model B")
    score(place)
    with place.store.write() as session:
        review.accept(session, first, place.people["rob"])
    visitor = Visitor(place.store)
    board = "/sota/text-generation-on-tiny.json"
    for _ in range(2):  # made, then kept
        for tier in tiers:
            found = visitor.get(f"{board}?tier={tier}").json()
            assert found["tier"] == tier
            (row,) = found["rows"]
            assert (row["values"]["BLEU-2 (tiny)"]["raw"] == "0.9") == (tier == "claimed")
        for link, model in ((first, "Model A"), (second, "Model B")):
            assert visitor.get(f"/submission/{link}.json").json()["manifest"]["model"] == model
