"""Taking submissions in: whole or not at all, within quotas, nothing lost when many come at once."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from board.submitting import N, Place, manifest, samples, state, submit, uploads
from seqgan.board import events
from seqgan.board.submissions.quota import Quota, QuotaError
from seqgan.board.submissions.receive import Upload, receive
from seqgan.board.verify import verify
from seqgan.errors import BoardError

TESTS = Path(__file__).parents[2]


def test_a_submission_is_parsed_and_waits(place: Place) -> None:
    permalink = submit(place, rows={3: samples(1), 4: samples(2)})
    assert state(place, permalink) == "parsed"
    with place.store.read() as session:
        log = events.of(session, "submission", 1)
        assert [event["after"] for event in log] == ["received", "parsed"]
        assert log[0]["actor"] == "ann"
        assert set(log[0]["details"]["files"]) == {"3", "4"}
        assert session.value("SELECT count(*) FROM job WHERE state = 'waiting'") == 1
        assert session.value("SELECT sum(lines) FROM sample_file") == 2 * N


@pytest.mark.parametrize(
    ("names", "seeds", "words"),
    [
        (["samples.1.jsonl"], [1, 2], "missing: \\[2\\]"),
        (["samples.1.jsonl", "samples.2.jsonl"], [1], "not in the manifest: \\[2\\]"),
        (["samples.1.jsonl", "samples.1.jsonl.gz"], [1], "two files for seed 1"),
        (["model.pt"], [1], "no file of samples"),
    ],
)
def test_files_and_seeds_must_agree(place: Place, names: list[str], seeds: list[int], words: str) -> None:
    files = [Upload(name, io.BytesIO(b"")) for name in names]
    with pytest.raises(BoardError, match=words):
        receive(place.store, place.people["ann"], manifest(seeds=seeds), files)


def test_what_is_wrong_leaves_nothing_behind(place: Place) -> None:
    files = [*uploads({1: samples()}), Upload("samples.2.jsonl", io.BytesIO(b'{"i":0,"text":"only one"}\n'))]
    with pytest.raises(BoardError, match="has 1 lines"):
        receive(place.store, place.people["ann"], manifest(seeds=[1, 2]), files)
    for change, words in (({"benchmark": "none@1"}, "no benchmark"), ({"benchmark": "tiny@2"}, "no benchmark")):
        with pytest.raises(BoardError, match=words):
            submit(place, **change)
    with pytest.raises(BoardError, match="no score"):
        submit(place, claimed={"rouge": 0.5}, claimed_from="Table 1")
    with place.store.read() as session:
        for table in ("submission", "sample_file", "job"):
            assert session.value(f"SELECT count(*) FROM {table}") == 0


def test_a_token_without_the_scope_may_not_submit(place: Place) -> None:
    from dataclasses import replace

    reader = replace(place.people["ann"], scopes=frozenset({"review"}))
    with pytest.raises(BoardError, match="may not submit"):
        receive(place.store, reader, manifest(), uploads({1: samples()}))


def test_quotas_hold(place: Place) -> None:
    for quota, words in (
        (Quota(minute=1), "within a minute"),
        (Quota(day=1), "within a day"),
        (Quota(waiting=1), "wait to be scored"),
        (Quota(stored=10), "has stored"),
    ):
        if quota.minute == 1:
            submit(place)
        with pytest.raises(QuotaError, match=words):
            receive(place.store, place.people["ann"], manifest(), uploads({1: samples()}), quota)
    receive(place.store, place.people["rob"], manifest(), uploads({1: samples()}), Quota(minute=1))


def test_threads_lose_nothing(place: Place) -> None:
    roomy = Quota(minute=100, day=100, waiting=100)

    def send(number: int) -> str:
        return receive(place.store, place.people["ann"], manifest(), uploads({1: samples(number)}), roomy)

    with ThreadPoolExecutor(8) as pool:
        links = list(pool.map(send, range(1, 25)))
    assert len(set(links)) == 24
    with place.store.read() as session:
        assert session.value("SELECT count(*) FROM submission") == 24
        assert session.value("SELECT count(*) FROM job") == 24
        verdict = verify(session)
    assert not verdict.faults


SEND = """
import sys
from board.submitting import manifest, samples, uploads
from seqgan.board import tokens
from seqgan.board.store import open_store
from seqgan.board.submissions.quota import Quota
from seqgan.board.submissions.receive import receive
store = open_store(sys.argv[1], create=False)
with store.read() as session:
    caller = tokens.caller(session, sys.argv[2])
for number in range(6):
    rows = samples(int(sys.argv[3]) * 10 + number)
    receive(store, caller, manifest(), uploads({1: rows}), Quota(minute=100, waiting=100))
"""


@pytest.mark.thorough
def test_processes_lose_nothing(place: Place) -> None:
    environment = {**os.environ, "PYTHONPATH": f"{TESTS.parent / 'src'}{os.pathsep}{TESTS}"}
    command = [sys.executable, "-c", SEND, str(place.path), place.secrets["ann"]]
    running = [subprocess.Popen([*command, str(one)], env=environment) for one in range(3)]
    assert [process.wait(timeout=120) for process in running] == [0, 0, 0]
    with place.store.read() as session:
        assert session.value("SELECT count(*) FROM submission WHERE state = 'parsed'") == 18
        assert session.value("SELECT count(DISTINCT sha256) FROM sample_file") == 18
        assert not verify(session).faults
