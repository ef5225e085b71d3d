"""Lists of papers, related ones, BibTeX that no title can break."""

from __future__ import annotations

import pytest

from seqgan.board.papers import bibtex, of_tag, per_year, related
from seqgan.board.store import Store

PAPER = {
    "title": "SeqGAN: Sequences",
    "authors": ["Lantao Yu", "Jun Wang"],
    "date": "2016-09-18",
    "venue": None,
    "arxiv_id": "1609.05473",
    "url_abs": "https://arxiv.org/abs/1609.05473",
}


def test_bibtex_has_the_facts() -> None:
    text = bibtex(PAPER)
    assert text.startswith("@article{yu2016seqgan,\n  title = {{SeqGAN: Sequences}},")
    assert "author = {Lantao Yu and Jun Wang}" in text
    assert "booktitle" not in text
    assert bibtex({**PAPER, "venue": "AAAI 2017"}).startswith("@inproceedings")


@pytest.mark.parametrize("title", ["}, evil = {", "{", "\\write18{x}", "a\nb}", "{}" * 20])
def test_no_title_ends_its_field(title: str) -> None:
    text = bibtex({**PAPER, "title": title, "authors": [], "date": None})
    depth = 0
    for letter in text.rstrip()[:-1]:
        depth += (letter == "{") - (letter == "}")
        assert depth >= 1 or letter in "@article"
    assert "\\write" not in text


def test_papers_of_a_tag_are_newest_first_and_counted_by_year(archive: Store) -> None:
    with archive.read() as session:
        number = session.value("SELECT id FROM task WHERE name = 'Writing'")
        found = of_tag(session, "task", number, 1)
        dates = [row["date"] for row in found["rows"] if row["date"]]
        assert dates == sorted(dates, reverse=True)
        assert found["total"] == 12
        assert per_year(session, "task", number) == [{"year": 2019, "papers": 11}]
        assert of_tag(session, "task", number, 2)["rows"] == []


def test_related_papers_share_tasks_methods_boards_and_leave_out_itself(archive: Store) -> None:
    with archive.read() as session:
        paper = session.value("SELECT id FROM paper WHERE title = 'A paper numbered 1'")
        task = session.value("SELECT id FROM task WHERE name = 'DNA Writing'")
        found = related(session, paper, "A paper numbered 1", [task], [])
    titles = [row["title"] for row in found]
    assert "A paper numbered 1" not in titles
    assert titles[0] == "A paper numbered 3"
