"""How long a grid takes: from like records, else from a trial; what is done already is taken off."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bench.grids import MLE, QUIET, job, places, record, write
from seqgan.bench import hours, queue
from seqgan.bench.hours import RECORDS, TRIAL, Expected
from seqgan.results.record import write as write_record

HERE = {"device_name": "A", "threads": 1, "commit": "abc"}


def test_finished_seeds_on_a_like_machine_tell_the_time(tmp_path: Path) -> None:
    one = job(write(tmp_path, tiny_mle=MLE)["tiny_mle"])
    records = [record("tiny_mle", n, cost={"seconds": 100.0 * n}, environment=HERE) for n in (1, 3)]
    assert hours.expected(one, records, HERE, QUIET) == Expected(200.0, RECORDS)
    other = hours.expected(one, records, {**HERE, "device_name": "B"}, QUIET)
    assert other.source == TRIAL
    assert other.seconds is not None
    assert 0 < other.seconds < 60


def test_what_a_run_has_done_already_is_taken_off(tmp_path: Path) -> None:
    where = places(tmp_path)
    jobs = [job(write(tmp_path, tiny_mle=MLE)["tiny_mle"], seed) for seed in (1, 2)]
    folder = where.folder(jobs[0])
    folder.mkdir(parents=True)
    lines = [json.dumps({"event": "a", "seconds": seconds}) for seconds in (3.0, 40.5)]
    (folder / "journal.jsonl").write_text("\n".join(lines) + '\n{"event": "cut')
    assert hours.spent(folder) == 40.5
    assert hours.spent(where.folder(jobs[1])) == 0
    left = hours.left(jobs, where, {"tiny_mle": Expected(100.0, TRIAL)})
    assert left == {jobs[0].key: 59.5, jobs[1].key: 100.0}


def test_an_expected_time_is_kept_for_rows_not_run_yet(tmp_path: Path) -> None:
    one = job(write(tmp_path, tiny_mle=MLE)["tiny_mle"])
    found = hours.keep(one, tmp_path / "results", HERE, QUIET)
    kept = json.loads((tmp_path / "results" / "estimates.json").read_text())
    assert kept["tiny_mle"]["seconds"] == pytest.approx(found.seconds, abs=0.5)
    assert (kept["tiny_mle"]["machine"], kept["tiny_mle"]["commit"]) == ("A, 1 thread(s)", "abc")


def test_a_failed_seed_is_left_again_once_it_was_granted_new_attempts(tmp_path: Path) -> None:
    where, file = places(tmp_path), write(tmp_path, tiny_mle=MLE)["tiny_mle"]
    jobs = [job(file, seed) for seed in (1, 2)]
    for one, status in zip(jobs, ("finished", "failed"), strict=True):
        write_record(where.record_path(one), record("tiny_mle", one.seed, status=status))
    for _ in range(queue.ATTEMPTS):
        queue.note(where.queue, "failed", jobs[1].key, error="x")
    times = {"tiny_mle": Expected(100.0, TRIAL)}
    assert hours.left(jobs, where, times) == {}
    queue.note(where.queue, "retry", jobs[1].key)
    assert hours.left(jobs, where, times) == {jobs[1].key: 100.0}


def test_two_estimates_at_once_are_both_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = hours.estimates

    def slowly(results: Path) -> dict:
        found = read(results)
        time.sleep(0.2)
        return found

    monkeypatch.setattr(hours, "estimates", slowly)
    monkeypatch.setattr(hours, "expected", lambda *_: Expected(1.0, TRIAL))
    jobs = [job(file) for file in write(tmp_path, one=MLE, other=MLE).values()]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda each: hours.keep(each, tmp_path, HERE, QUIET), jobs))
    assert set(read(tmp_path)) == {"one", "other"}
