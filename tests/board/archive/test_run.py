"""The import: every leaderboard once, the same again after a second time, whole after a kill."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from board import world
from board.world import HOSTILE, fill
from house.source import SRC
from seqgan.board.archive import run, tables
from seqgan.board.archive.run import import_archive
from seqgan.board.session import Session
from seqgan.board.store import Store, open_store
from seqgan.errors import DataError
from seqgan.progress import Progress

QUIET = Progress(quiet=True)
CONTENT = (
    "SELECT permalink, state, position FROM entry ORDER BY permalink",
    "SELECT entry_id, metric_id, raw, number FROM value ORDER BY entry_id, metric_id",
    "SELECT slug, title, stub, published FROM paper ORDER BY id",
    "SELECT paper_id, url, official FROM repository ORDER BY paper_id, url",
    "SELECT board_id, name, direction, conflict FROM board_metric ORDER BY id",
    "SELECT method_id, collection_id FROM method_collection ORDER BY method_id",
    "SELECT task_id, parent_id FROM task_parent",
)


def content(store: Store) -> list[list[dict[str, Any]]]:
    with store.read() as session:
        return [session.rows(sql) for sql in CONTENT]


def one(store: Store, sql: str, **parameters: Any) -> Any:
    with store.read() as session:
        return session.value(sql, **parameters)


def test_a_board_that_stands_twice_in_the_file_is_taken_once(archive: Store) -> None:
    assert one(archive, "SELECT count(*) FROM board") == 11
    assert one(archive, "SELECT count(*) FROM entry") == 4 + 7 * 5 + 2
    assert one(archive, "SELECT count(*) FROM task WHERE name IN ('DNA Writing', 'dna writing')") == 2
    parents = "SELECT count(*) FROM task_parent JOIN task ON task.id = task_id WHERE task.name = 'DNA Writing'"
    assert one(archive, parents) == 1


def test_values_keep_their_text(archive: Store) -> None:
    with archive.read() as session:
        rows = session.pairs("SELECT raw, number FROM value")
    assert rows["O.88"] is None
    assert rows["96.95%"] == 96.95
    assert rows["=1+1"] is None


def test_directions_follow_the_order_and_a_conflict_is_flagged(archive: Store) -> None:
    sql = (
        "SELECT dataset.name, board_metric.direction, order_direction, conflict FROM board_metric JOIN board "
        "ON board.id = board_id JOIN dataset ON dataset.id = dataset_id WHERE board_metric.name = 'Perplexity'"
    )
    with archive.read() as session:
        rows = {row["name"]: row for row in session.rows(sql)}
    assert {row["direction"] for row in rows.values()} == {"lower"}
    assert rows["Text 1"]["conflict"] is None
    assert rows["Upside Down"]["order_direction"] == "higher"
    assert "6 other boards" in rows["Upside Down"]["conflict"]


def test_rows_find_the_papers_of_the_archive(archive: Store) -> None:
    with archive.read() as session:
        rows = session.rows("SELECT slug, stub FROM paper WHERE id IN (SELECT paper_id FROM entry) ORDER BY id")
    assert len(rows) == 7
    assert {row["stub"] for row in rows} == {0}
    assert one(archive, "SELECT count(*) FROM paper WHERE stub = 1") == 1


def test_code_is_marked_official_once_known(archive: Store) -> None:
    sql = "SELECT url FROM repository WHERE official = 1 ORDER BY url"
    with archive.read() as session:
        assert session.column(sql) == ["https://github.com/a/paper1", "https://github.com/c/unknown"]


def test_advertisements_are_hidden_and_kept(archive: Store) -> None:
    with archive.read() as session:
        assert session.pairs("SELECT name, hidden FROM method")["How do I call Airline +1-800-555-0199?"] == 1
        assert session.value("SELECT count(*) FROM thing WHERE name LIKE 'How do I call%'") == 0


def test_dates_that_cannot_be_are_unknown(archive: Store) -> None:
    assert one(archive, "SELECT published FROM paper WHERE title = 'A paper numbered 7'") is None


def test_the_total_says_what_the_board_holds(store: Store, tmp_path: Path) -> None:
    total = fill(store, tmp_path)
    assert (total.boards, total.rows, total.stubs, total.hidden_methods) == (11, 41, 1, 1)


@pytest.mark.parametrize("again", [False, True])
def test_a_second_import_changes_nothing(store: Store, tmp_path: Path, again: bool) -> None:
    paths = world.files(tmp_path)
    import_archive(store, paths, QUIET)
    before = content(store)
    import_archive(store, paths, QUIET, again=again)
    assert content(store) == before


def test_the_order_of_imports_does_not_matter(store: Store, archive: Store, tmp_path: Path) -> None:
    for kind in ("evaluation-tables", "links", "papers", "datasets", "methods"):
        fill(store, tmp_path, kind)
    for sql in (
        "SELECT permalink, state FROM entry ORDER BY permalink",
        "SELECT title, stub FROM paper ORDER BY title",
    ):
        with store.read() as mine, archive.read() as other:
            assert mine.rows(sql) == other.rows(sql)


def test_a_newer_file_supersedes_rows_and_deletes_none(store: Store, tmp_path: Path) -> None:
    fill(store, tmp_path)
    newer = world.tables()
    newer[0]["subtasks"] = []
    newer[1]["datasets"][0]["sota"]["rows"].pop()
    import_archive(store, {"evaluation-tables": world.write(tmp_path / "newer.json.gz", newer)}, QUIET)
    with store.read() as session:
        states = session.pairs("SELECT state, count(*) FROM entry GROUP BY state")
    assert states == {"published": 40, "superseded": 1}


@pytest.mark.parametrize("kind", ["evaluation-tables", "papers"])
def test_a_kill_leaves_the_board_as_before_the_file(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    paths = world.files(tmp_path)
    import_archive(store, {"methods": paths["methods"]}, QUIET)
    before = content(store)

    class Killed(BaseException):
        pass

    real = Session.bulk
    calls = []

    def dying(self: Session, *arguments: Any, **more: Any) -> None:
        calls.append(arguments)
        if len(calls) > 5:
            raise Killed
        real(self, *arguments, **more)

    with monkeypatch.context() as patch:
        patch.setattr(Session, "bulk", dying)
        with pytest.raises(Killed):
            import_archive(store, {kind: paths[kind]}, QUIET)
    assert content(store) == before
    import_archive(store, paths, QUIET)
    assert one(store, "SELECT count(*) FROM entry WHERE state = 'published'") == 41


KILLED = """
import os, signal, sys
from pathlib import Path
from seqgan.board.archive.run import import_archive
from seqgan.board.session import Session
from seqgan.board.store import open_store

real, calls = Session.bulk, []

def dying(self, *arguments, **more):
    real(self, *arguments, **more)
    calls.append(arguments)
    if len(calls) == 6:
        os.kill(os.getpid(), signal.SIGKILL)

Session.bulk = dying
import_archive(open_store(sys.argv[1]), {sys.argv[2]: Path(sys.argv[3])})
"""


@pytest.mark.thorough
@pytest.mark.parametrize("kind", ["evaluation-tables", "papers"])
def test_a_killed_process_leaves_the_file_whole(tmp_path: Path, kind: str) -> None:
    database = tmp_path / "board.sqlite"
    paths = world.files(tmp_path)
    store = open_store(database)
    import_archive(store, {"methods": paths["methods"]}, QUIET)
    before = content(store)
    store.close()
    command = [sys.executable, "-c", KILLED, str(database), kind, str(paths[kind])]
    done = subprocess.run(command, env={**os.environ, "PYTHONPATH": str(SRC)}, capture_output=True, timeout=120)
    assert done.returncode == -signal.SIGKILL
    store = open_store(database)
    assert content(store) == before
    assert one(store, "PRAGMA integrity_check") == "ok"
    assert import_archive(store, paths, QUIET).rows == 41
    store.close()


def test_a_damaged_file_changes_nothing(store: Store, tmp_path: Path) -> None:
    path = world.files(tmp_path, "evaluation-tables")["evaluation-tables"]
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(DataError):
        import_archive(store, {"evaluation-tables": path}, QUIET)
    assert one(store, "SELECT count(*) FROM board") == 0


@pytest.mark.parametrize("wanted", world.FILES)
def test_a_file_of_another_kind_is_refused_and_changes_nothing(archive: Store, tmp_path: Path, wanted: str) -> None:
    before = content(archive)
    for given, path in world.files(tmp_path).items():
        if given != wanted:
            with pytest.raises(DataError, match=f"It looks like --{given}"):
                import_archive(archive, {wanted: path}, QUIET)
    assert content(archive) == before


def test_an_empty_file_is_refused_and_changes_nothing(archive: Store, tmp_path: Path) -> None:
    before = content(archive)
    with pytest.raises(DataError, match="no record"):
        import_archive(archive, {"evaluation-tables": world.write(tmp_path / "x.json.gz", [])}, QUIET)
    assert content(archive) == before


def test_an_older_file_after_a_newer_one_brings_its_rows_back(store: Store, tmp_path: Path) -> None:
    fill(store, tmp_path)
    before = content(store)
    newer = {"evaluation-tables": world.write(tmp_path / "newer.json.gz", world.tables()[1:2])}
    import_archive(store, newer, QUIET)
    assert one(store, "SELECT count(*) FROM entry WHERE state = 'superseded'") == 37
    assert content(store)[1] == before[1]  # superseded rows keep their values
    fill(store, tmp_path, "evaluation-tables")
    assert content(store)[:3] == before[:3]


def test_progress_is_told(store: Store, tmp_path: Path) -> None:
    said: list[str] = []

    class Listener(Progress):
        def say(self, text: str) -> None:
            said.append(text)

    fill_paths = world.files(tmp_path, "methods")
    import_archive(store, fill_paths, Listener())
    import_archive(store, fill_paths, Listener())
    assert said == [
        "methods: 2 records of methods.json.gz",
        "methods: methods.json.gz was imported before, nothing to do",
    ]


def test_every_kind_has_an_importer_and_text_of_strangers_is_stored_as_it_came(archive: Store) -> None:
    assert set(run.KINDS) == set(world.FILES)
    assert one(archive, "SELECT count(*) FROM model WHERE name = :name", name=HOSTILE) == 1
    assert tables.ENTRY[0] == "id"
