"""Samples as a page shows them: real lines of the stored file, nothing that hides or reverses text."""

from __future__ import annotations

import gzip
import json

from seqgan.board import samples
from seqgan.board.catalogue import ensure_board, ensure_dataset, ensure_model, ensure_task
from seqgan.board.store import Store


def test_what_hides_or_reverses_text_is_written_out() -> None:
    assert samples.visible("a\u202eb\u200bc\x07") == "a\\u202eb\\u200bc\\u0007"
    assert samples.visible("e\u0301") == "é"
    assert len(samples.visible("x" * 10_000)) == samples.LINE_LIMIT


def test_pages_of_a_stored_file(store: Store) -> None:
    lines = [json.dumps({"i": n, "text": f"line {n}"}) for n in range(25)] + [json.dumps({"i": 25, "ids": [4, 2]})]
    content = gzip.compress("\n".join(lines).encode())
    with store.write() as session:
        board = ensure_board(session, ensure_task(session, "T", "own"), ensure_dataset(session, "D", "own"), "own")
        benchmark = session.insert(
            "benchmark", name="b", version=1, board_id=board, contract="{}", sha256="x", created_at="now"
        )
        account = session.insert("account", name="ann", created_at="now")
        submission = session.insert(
            "submission", permalink="s", benchmark_id=benchmark, submitter_id=account, state="published", manifest="{}",
            manifest_sha256="x", created_at="now", changed_at="now",
        )  # fmt: skip
        for seed in (3, 1):
            session.insert(
                "sample_file", submission_id=submission, seed=seed, name="samples.jsonl", sha256=str(seed), lines=26,
                bytes=9, content=content,
            )  # fmt: skip
        entry = session.insert(
            "entry", permalink="e", board_id=board, model_id=ensure_model(session, "M"), source="own"
        )
        session.bulk("entry_sample", ("entry_id", "place", "text"), [(entry, n, f"kept {n}") for n in range(12)])
    with store.read() as session:
        last = samples.of_entry(session, 0, submission, None, 3, 10)
        assert (last["seeds"], last["seed"], last["total"]) == ([1, 3], 1, 26)
        assert [row["text"] for row in last["rows"]][-2:] == ["line 24", "4 2"]
        assert samples.of_entry(session, 0, submission, 3, 1, 2)["seed"] == 3
        kept = samples.of_entry(session, entry, None, None, 2, 5)
        assert [row["text"] for row in kept["rows"]] == [f"kept {n}" for n in range(5, 10)]
        assert samples.of_entry(session, 0, 99, None, 1, 5)["rows"] == []
