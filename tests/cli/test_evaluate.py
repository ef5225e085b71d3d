"""``seqgan evaluate`` on files of samples: the published numbers, JSON, comparison, and every kind of bad input."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli import files
from cli.command import seqgan
from seqgan.metrics import bleu

CAPTIONS = files.captions()
SAMPLES, REFERENCES, TRAIN = CAPTIONS[:30], CAPTIONS[30:80], CAPTIONS[80:]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with samples, references and training text, in which the command is run."""
    for name, rows in (("s.txt", SAMPLES), ("r.txt", REFERENCES), ("t.txt", TRAIN), ("s2.txt", SAMPLES[:20])):
        files.write(tmp_path / name, rows)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def scores(name: str) -> dict[str, float]:
    return {r["name"]: r["value"] for r in json.loads(Path(name).read_text()) if r["role"] == "sample"}


@pytest.mark.usefixtures("place")
def test_a_table_beside_reference_rows_and_a_file_for_machines() -> None:
    said = seqgan("evaluate", "s.txt", "--references", "r.txt", "--train", "t.txt", "--json", "out.json")
    assert said.code == 0, said.err
    for words in ("bleu_2", "self_bleu_5", "novelty", "real text", "training copy", "4-gram model", "word,lower"):
        assert words in said.out
    tokens = [[[*row.rstrip(".").split(), "."] for row in rows] for rows in (SAMPLES, REFERENCES)]
    assert scores("out.json")["bleu_3"] == pytest.approx(bleu.bleu(*tokens)["bleu_3"])
    records = json.loads(Path("out.json").read_text())
    assert all(record["signature"].startswith(record["name"] + "|") for record in records)
    assert {record["file"] for record in records} == {"s.txt", None}
    again = seqgan("evaluate", "s.txt", "--references", "r.txt", "--train", "t.txt", "--json=out.json")
    assert again.code == 0
    assert json.loads(Path("out.json").read_text()) == records


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize("flags", [["--json"], ["--json", "-"], ["--json=-"]])
def test_json_alone_is_printed_and_nothing_else(flags: list[str]) -> None:
    said = seqgan("evaluate", "s.txt", "--references", "r.txt", "--metrics", "bleu", *flags)
    assert [record["name"] for record in json.loads(said.out)] == ["bleu_2", "bleu_3", "bleu_4", "bleu_5"]
    before = seqgan("evaluate", *flags, "--metrics", "bleu", "--references", "r.txt", "s.txt")
    assert before.out == said.out


def test_samples_after_a_lone_json_are_read_and_never_written_over(place: Path) -> None:
    said = seqgan("evaluate", "--json", "s.txt", "--references", "r.txt", "--metrics", "bleu")
    assert json.loads(said.out)[0]["file"] == "s.txt"
    refused = seqgan("evaluate", "s.txt", "--references", "r.txt", "--json=r.txt")
    assert refused.code == 2
    assert "not overwritten" in refused.err
    assert (place / "r.txt").read_text().splitlines() == REFERENCES


@pytest.mark.usefixtures("place")
def test_several_files_are_compared() -> None:
    said = seqgan("evaluate", "s.txt", "s2.txt", "--references", "r.txt", "--no-reference-rows", "--json", "out.json")
    assert said.code == 0, said.err
    assert "permutation test" in said.out
    assert "not comparable with s.txt" in said.out
    assert "real text" not in said.out
    assert [r["file"] for r in json.loads(Path("out.json").read_text()) if r["name"] == "bleu_2"] == ["s.txt", "s2.txt"]
    equal = seqgan("evaluate", "s.txt", "s2.txt", "--references", "r.txt", "-n", 20)
    assert "not comparable" not in equal.out
    seeds = seqgan("evaluate", "mine=s.txt,s2.txt", "yours=t.txt,r.txt", "--references", "r.txt", "--n", 20)
    assert "mine (2 files)" in seeds.out
    assert "no p below" in seeds.out


@pytest.mark.usefixtures("place")
def test_signatures_are_printed_on_request() -> None:
    plain = seqgan("evaluate", "s.txt", "--references", "r.txt", "--metrics", "bleu")
    full = seqgan("evaluate", "s.txt", "--references", "r.txt", "--metrics", "bleu", "--signatures")
    assert "smoothing:" not in plain.out
    assert full.out.count("smoothing:method1(0.1)") == 4


@pytest.mark.usefixtures("place")
def test_tables_and_json_lines_are_read_by_column_and_field(place: Path) -> None:
    table, lines = files.csv(place / "s.csv"), files.jsonl(place / "s.jsonl")
    for flags in ((table, "--column", "text"), (lines, "--field", "body")):
        said = seqgan("evaluate", *flags, "-n", 30, "--references", "r.txt", "--metrics", "bleu", "--json", "o.json")
        assert said.code == 0, said.err
        found = scores("o.json")
        seqgan("evaluate", "s.txt", "--references", "r.txt", "--metrics", "bleu", "--json", "p.json")
        assert found == scores("p.json")


@pytest.mark.usefixtures("place")
def test_the_definition_the_check_and_the_tokeniser_are_taken() -> None:
    said = seqgan("evaluate", "s.txt", "--references", "r.txt", "--definition", "strict", "--check", "parentheses",
                  "--tokenizer", "whitespace", "--lower", "--signatures")  # fmt: skip
    assert "definition:strict" in said.out
    assert "check:parentheses" in said.out
    assert "tokenizer:whitespace,lower" in said.out


@pytest.mark.usefixtures("place")
def test_metrics_of_samples_alone_need_no_references() -> None:
    assert seqgan("evaluate", "s.txt", "--metrics", "self_bleu").code == 0
    said = seqgan("evaluate", "s.txt")
    assert said.code == 2
    assert "--references" in said.err


@pytest.mark.usefixtures("place")
def test_what_is_odd_is_said_beside_the_results() -> None:
    files.write(Path("odd.txt"), ["a cat sits here", "", "xyzzy plugh quux frobs"])
    said = seqgan("evaluate", "odd.txt", "--references", "r.txt")
    assert said.code == 0
    assert "one is blank" in said.err
    assert "never occur in the references" in said.err
    assert "nan" not in said.out.lower()
    same = seqgan("evaluate", "r.txt", "--references", "r.txt")
    assert "one of the references" in same.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["empty.txt", "--references", "r.txt"], "empty.txt is empty"),
        (["s.txt", "--references", "empty.txt"], "empty.txt is empty"),
        (["latin.txt", "--references", "r.txt"], "Line 2 of latin.txt is not UTF-8"),
        (["missing.txt", "--references", "r.txt"], "no file missing.txt"),
        (["s.txt", "--references", "."], "is a folder"),
        ([".", "--references", "r.txt"], "seqgan sample"),
        (["model.safetensors", "s.txt", "--references", "r.txt"], "it is a model"),
        (["s.txt", "--references", "r.txt", "-n", "31"], "30 rows, and 31 are asked for"),
        (["s.txt", "s.txt", "--references", "r.txt"], "named twice"),
        (["S=s.txt,", "--references", "r.txt"], "a file without a name"),
        (["s.txt", "--references", "r.txt", "--metrics", "novelty"], "Give --train"),
        (["s.txt", "--references", "r.txt", "--metrics", "nll_gen"], "seqgan evaluate RUN"),
        (["s.txt", "--references", "r.txt", "--metrics", "blue"], "Did you mean 'bleu'"),
        (["s.txt", "--references", "r.txt", "--definition", "legaci"], "Did you mean 'legacy'"),
        (["s.txt", "--references", "r.txt", "--column", "text"], "--column"),
        (["s.txt", "--references", "r.txt", "--split", "valid"], "--split has no effect"),
        (["s.txt", "--references", "r.txt", "--json", "no/o.json"], "no folder no"),
        (["nan.jsonl", "--references", "r.txt"], "Line 1 of nan.jsonl"),
        (["s.ids", "--references", "r.txt"], "Decode the ids"),
    ],
)
def test_bad_input_is_one_message_and_exit_code_two(place: Path, arguments: list[str], words: str) -> None:
    (place / "empty.txt").write_bytes(b"")
    (place / "latin.txt").write_bytes("a\nfa\u00e7ade\n".encode("latin1"))
    files.write(place / "nan.jsonl", ['{"text": NaN}'])
    files.ids(place / "s.ids")
    said = seqgan("evaluate", *arguments)
    assert said.code == 2
    assert words in said.err
    assert said.out == ""


def test_flags_of_files_are_refused_for_a_model(run_folder: Path) -> None:
    said = seqgan("evaluate", run_folder, "--tokenizer", "char")
    assert said.code == 2
    assert "--tokenizer has no effect" in said.err
    assert "at least 10" in seqgan("evaluate", run_folder, "-n", 5).err


def test_a_run_is_measured_by_the_metrics_that_are_named(run_folder: Path) -> None:
    said = seqgan("evaluate", run_folder, "-n", 20, "--metrics", "bleu,uniqueness", "--definition", "legacy", "--json")
    assert said.code == 0, said.err
    found = {score["name"]: score["signature"] for score in json.loads(said.out)}
    assert set(found) == {"bleu_2", "bleu_3", "bleu_4", "bleu_5", "uniqueness"}
    assert "definition:legacy" in found["bleu_2"]
    assert "Did you mean 'bleu'" in seqgan("evaluate", run_folder, "--metrics", "blue").err


def test_the_scores_of_a_run_are_written_to_a_file_as_well(run_folder: Path, tmp_path: Path) -> None:
    said = seqgan("evaluate", run_folder, "-n", 20, "--json", tmp_path / "o.json")
    assert said.code == 0, said.err
    assert json.loads((tmp_path / "o.json").read_text()) == json.loads(
        seqgan("evaluate", run_folder, "-n", 20, "--json").out
    )


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        ("texygen", (0.740, 0.520, 0.337, 0.218)),
        ("legacy", (0.743, 0.604, 0.570, 0.597)),
        ("strict", (0.740, 0.496, 0.259, 0.106)),
    ],
)
def test_real_captions_score_what_was_published(
    mirror: Path, tmp_path: Path, definition: str, expected: tuple[float, ...]
) -> None:
    train, test = mirror / "coco" / "image_coco.txt", mirror / "coco" / "test_coco.txt"
    said = seqgan("evaluate", train, "--references", test, "--definition", definition, "--metrics", "bleu",
                  "--no-reference-rows", "--json", tmp_path / "o.json")  # fmt: skip
    assert said.code == 0, said.err
    assert list(scores(str(tmp_path / "o.json")).values()) == pytest.approx(expected, abs=0.001)


@pytest.mark.thorough
def test_the_diversity_of_real_captions_is_what_was_published(mirror: Path, tmp_path: Path) -> None:
    test = mirror / "coco" / "test_coco.txt"
    said = seqgan("evaluate", test, "--metrics", "self_bleu", "--json", tmp_path / "o.json")
    assert said.code == 0, said.err
    expected = (0.906, 0.774, 0.609, 0.452)
    assert list(scores(str(tmp_path / "o.json")).values()) == pytest.approx(expected, abs=0.001)
