"""``seqgan submit`` and the commands of the board's keepers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from board.submitting import REFERENCES, N, Place, make_place, samples, score, state, write_data
from cli.command import seqgan
from house.source import ROOT
from seqgan import api
from seqgan.board.benchmarks import packaged
from seqgan.board.submissions import review, states

pytestmark = pytest.mark.usefixtures("place")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    write_data(tmp_path / "mirror")
    monkeypatch.setenv("SEQGAN_MIRROR", str(tmp_path / "mirror"))
    monkeypatch.delenv("SEQGAN_BOARD_TOKEN", raising=False)
    made = make_place(tmp_path)
    yield made
    made.store.close()


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "mine.txt"
    path.write_text("".join(f"{row}\n" for row in samples()))
    return path


def test_a_file_of_texts_is_sent_into_a_database(place: Place, text: Path) -> None:
    said = seqgan(
        "submit",
        text,
        "--benchmark",
        "tiny@1",
        "--database",
        place.path,
        "--token",
        place.secrets["ann"],
        "--model",
        "Mine",
        "--paper",
        "https://arxiv.org/abs/1609.05473",
        "--claim",
        "bleu_2=0.5",
        "--claimed-from",
        "Table 2",
    )
    assert said.code == 0, said.err
    permalink = said.out.strip()
    assert state(place, permalink) == "parsed"
    with place.store.read() as session:
        manifest = json.loads(states.get(session, permalink)["manifest"])
    assert manifest["paper"] == {"arxiv": "1609.05473", "title": None, "url": None}
    assert manifest["claimed"] == {"bleu_2": 0.5}
    assert manifest["decoding"] is None


@pytest.mark.thorough
def test_a_run_on_the_grammar_has_the_numbers_of_evaluate_signature_for_signature(tmp_path: Path) -> None:
    settings = ["algorithm.epochs=4", "generator.hidden=32", "generator.embedding=32", "task.train_rows=2000"]
    made = api.train("oracle_grammar", algorithm="mle", seed=1, out=tmp_path / "run", quiet=True, settings=settings)
    board = seqgan("submit", made, "--benchmark", "oracle-grammar@1", "--dry-run", "--json")
    assert board.code == 0, board.err
    metrics = ",".join(packaged()["oracle-grammar@1"].metrics)
    alone = seqgan("evaluate", made, "-n", 2000, "--metrics", metrics, "--json")
    assert alone.code == 0, alone.err
    theirs = {one["signature"]: one for one in json.loads(alone.out)}
    ours = json.loads(board.out)
    assert len(ours) == 9
    for one in ours:
        other = theirs[one["signature"]]
        assert one["n"] == other["n"]
        assert one["number"] == pytest.approx(other["value"], rel=1e-6)
        if other["interval"] is None:
            assert one["low"] is one["high"] is None
        else:
            assert [one["low"], one["high"]] == pytest.approx(other["interval"], rel=1e-6)
    assert metrics in (ROOT / "docs" / "submitting.md").read_text(encoding="utf-8")


@pytest.mark.thorough
def test_waiting_shows_values_and_findings(place: Place, text: Path) -> None:
    said = seqgan(
        "submit",
        text,
        "--benchmark",
        "tiny@1",
        "--database",
        place.path,
        "--token",
        place.secrets["ann"],
        "--model",
        "Mine",
        "--wait",
        "--json",
    )
    assert said.code == 0, said.err
    names = {one["metric"] for one in json.loads(said.out)}
    assert names == {"BLEU-2 (tiny)", "Uniqueness (tiny)"}
    assert "1 of the 2 seeds" in said.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--model", "x"], "needs a token"),
        (["--model", "x", "--token", "nonsense"], "does not know this token"),
        (["--token", "{ann}"], "has no name"),
        (["--token", "{ann}", "--model", "x", "--benchmark", "tini@1"], "Did you mean 'tiny@1'"),
        (["--token", "{ann}", "--model", "x", "--claim", "bleu"], "no claim"),
        (["--token", "{ann}", "--model", "x", "--temperature", "0"], "above 0"),
    ],
)
def test_what_is_missing_is_said(place: Place, text: Path, arguments: list[str], words: str) -> None:
    filled = [one.format(ann=place.secrets["ann"]) for one in arguments]
    said = seqgan("submit", text, "--benchmark", "tiny@1", "--database", place.path, *filled)
    assert said.code == 2
    assert words in said.err


def test_longer_and_shorter_files(place: Place, tmp_path: Path) -> None:
    path = tmp_path / "long.txt"
    path.write_text("".join(f"{row}\n" for row in samples(n=N + 3)))
    usual = ["--benchmark", "tiny@1", "--database", place.path, "--token", place.secrets["ann"], "--model", "x"]
    said = seqgan("submit", path, *usual)
    assert (said.code, "--first" in said.err) == (2, True)
    assert seqgan("submit", path, *usual, "--first").code == 0
    path.write_text("one\n")
    assert "has 1 lines" in seqgan("submit", path, *usual).err


def test_no_board_at_the_address(text: Path) -> None:
    said = seqgan(
        "submit", text, "--benchmark", "tiny@1", "--url", "http://127.0.0.1:9", "--token", "x", "--model", "x"
    )
    assert said.code == 2
    assert "No board answers" in said.err


@pytest.mark.thorough
def test_a_dry_run_needs_no_board(tmp_path: Path) -> None:
    path = tmp_path / "grammar.txt"
    path.write_text("two dogs sleep next to an open door\n" * 2000)
    said = seqgan("submit", path, "--benchmark", "oracle-grammar@1", "--model", "x", "--dry-run", "--json")
    assert said.code == 0, said.err
    found = {one["metric"]: one["number"] for one in json.loads(said.out)}
    assert found["Grammatical"] == 1.0
    assert found["Uniqueness"] == pytest.approx(1 / 2000)


def test_the_keepers_commands(place: Place, text: Path, tmp_path: Path) -> None:
    made = seqgan("board", "token", "create", "kim", "--scope", "review", "--database", place.path)
    assert made.code == 0, made.err
    assert made.out.startswith("sgb_4_")
    listed = seqgan("board", "token", "list", "--database", place.path).out
    assert "kim" in listed
    assert made.out.strip().rpartition("_")[2] not in listed
    assert seqgan("board", "token", "revoke", "4", "--database", place.path).code == 0
    assert seqgan("board", "token", "revoke", "4", "--database", place.path).code == 2
    verified = seqgan("board", "verify", "--database", place.path)
    assert verified.code == 0
    assert seqgan("board", "verify", "--database", place.path, "--expect", verified.out.strip()).code == 0
    assert seqgan("board", "verify", "--database", place.path, "--expect", "f" * 64).code == 2
    assert seqgan("board", "backup", tmp_path / "copy", "--database", place.path).code == 0
    restored = seqgan("board", "restore", tmp_path / "copy", "--database", tmp_path / "again.sqlite")
    assert restored.code == 0, restored.err
    assert "tiny@1" in seqgan("board", "benchmark", "--database", place.path).out


def test_a_new_version_of_a_benchmark_from_a_file(place: Place, text: Path, tmp_path: Path) -> None:
    import tomli_w

    from board.submitting import contract

    usual = ["--benchmark", "tiny@1", "--database", place.path, "--token", place.secrets["ann"], "--model", "Mine"]
    permalink = seqgan("submit", text, *usual).out.strip()
    score(place)
    with place.store.write() as session:
        review.accept(session, permalink, place.people["rob"])
    plain = contract(version=2, definition="strict").model_dump(mode="json", exclude_none=True)
    for row in plain["scores"]:
        row["title"] += " v2"
    path = tmp_path / "tiny-2.toml"
    path.write_bytes(tomli_w.dumps(plain).encode())
    said = seqgan("board", "benchmark", path, "--database", place.path)
    assert said.code == 0, said.err
    assert "1 submission will be scored again" in said.err
    score(place)
    assert state(place, permalink) == "superseded"


def test_references_are_not_samples() -> None:
    assert set(REFERENCES).isdisjoint(samples())
