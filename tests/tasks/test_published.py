"""Published data sets: sizes, tokens, splits, references with real words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from seqgan.data.source import Source, fetch, git_blob
from seqgan.data.tokenizers import make
from seqgan.errors import DataError
from seqgan.tasks import coco, coco_leakgan, emnlp, emnlp_10k, obama, poems

COMMA = "\uff0c"


@pytest.fixture(scope="module")
def captions(mirror):
    return coco.load(coco.Settings(), 1, Source(mirror, mirror))


def test_coco_has_texygens_split_and_words(captions):
    assert (len(captions.train), len(captions.valid), len(captions.test)) == (9_500, 500, 10_000)
    rows = captions.references("train", 3)
    assert rows[0] == "a bicycle replica with a clock as the front wheel .".split()
    assert captions.facts["overlap_with_train"]["test"] < 0.002
    assert captions.facts["overlap_with_train"]["valid"] == 0
    assert captions.facts["sources"].keys() == {"coco/image_coco.txt", "coco/test_coco.txt"}


def test_coco_references_keep_words_that_training_has_not(captions, mirror):
    tokenizer = make({"kind": "word", "lower": True})
    lines = (mirror / "coco/test_coco.txt").read_text(encoding="utf-8").splitlines()[:300]
    assert captions.references("test", 300) == [tokenizer.tokenize(line.strip()) for line in lines]
    assert (captions.test.samples(slice(0, 300)).ids == captions.vocab.unknown).any()


def test_coco_tokens_survive_the_way_through_strings(captions):
    tokens = captions.references("train", 2_000)
    strings = [captions.tokenizer.detokenize(row) for row in tokens]
    assert strings[0].endswith("wheel.")
    assert [captions.tokenizer.tokenize(text) for text in strings] == tokens


def test_emnlp_needs_the_training_file_and_says_so(mirror, tmp_path):
    with pytest.raises(DataError, match=r"emnlp/emnlp_news\.txt is not on this machine.*seqgan fetch emnlp"):
        emnlp.load(emnlp.Settings(), 1, Source(None, tmp_path))


def test_emnlp_10k_learns_from_the_validation_file(mirror):
    task = emnlp_10k.load(emnlp_10k.Settings(), 1, Source(mirror, mirror))
    assert task.name == "emnlp_10k"
    assert (len(task.train), len(task.valid), len(task.test)) == (9_500, 500, 10_000)
    assert "validation file" in task.facts["training_data"]


def test_poems_are_twenty_characters_without_end_symbol(mirror):
    task = poems.load(poems.Settings(), 1, Source(mirror, mirror))
    assert len(task.train) + len(task.valid) + len(task.test) == 16_394
    assert (task.max_len, task.vocab.end) == (20, None)
    rows = task.train.samples()
    assert rows.mask.all()
    every = {task.tokenizer.detokenize(row) for part in ("train", "valid", "test") for row in task.references(part)}
    assert "秦川雄帝宅函谷壮皇居绮殿千寻起离宫百雉余" in every
    assert COMMA not in task.vocab.ids
    assert task.facts["overlap_with_train"] == {"valid": 0.0, "test": 0.0}
    marked = poems.load(poems.Settings(punctuation=True), 1, Source(mirror, mirror))
    assert (marked.max_len, COMMA in marked.vocab.ids) == (24, True)


def test_files_are_verified_when_a_task_loads(tmp_path):
    (tmp_path / "poems").mkdir()
    (tmp_path / "poems" / "shi.txt").write_text("not the poems\n")
    with pytest.raises(DataError, match="not the genuine"):
        poems.load(poems.Settings(), 1, Source(tmp_path, tmp_path))


def test_leakgans_captions_are_lower_cased_and_share_none_with_training(mirror, captions):
    task = coco_leakgan.load(coco_leakgan.Settings(), 1, Source(mirror, mirror))
    assert (len(task.train), len(task.test)) == (9_500, 4_994)
    assert task.facts["dropped_test_captions"] == 6
    assert task.facts["overlap_with_train"]["test"] == 0
    assert task.references("test", 1) == ["a cat stuck in a car with a slightly opened window .".split()]
    assert task.references("train") == captions.references("train")
    assert (task.details, captions.details) == ({"definition": "legacy"}, {"definition": "texygen"})


def test_a_file_that_nobody_serves_says_so(tmp_path):
    with pytest.raises(DataError, match="No address serves"):
        fetch([coco_leakgan.TEST], Source(None, tmp_path))


@pytest.fixture
def speeches(tmp_path, monkeypatch):
    """A file of 40 invented paragraphs with an empty line between any two, in place of the speeches."""
    path = tmp_path / "obama" / "input.txt"
    path.parent.mkdir()
    lines = [f"Paragraph {'number ' * (n % 9)}{n} is here." for n in range(40)]
    path.write_text("\n\n".join(lines) + "\n", encoding="utf-8")
    monkeypatch.setattr(obama, "SPEECHES", replace(obama.SPEECHES, git_blob=git_blob(path)))
    return Source(tmp_path, tmp_path)


def test_speeches_are_paragraphs_of_words(speeches):
    settings = obama.Settings(max_len=8, min_count=1, valid_rows=5, test_rows=10)
    task = obama.load(settings, 1, speeches)
    assert (len(task.train), len(task.valid), len(task.test)) == (25, 5, 10)
    assert (task.max_len, task.facts["paragraphs"]) == (9, 40)
    assert "paragraph" in task.vocab.ids
    assert "Paragraph" not in task.vocab.ids
    assert any("11,092" in text for text in task.facts["warnings"])
    assert any("longer than 8 tokens" in text for text in task.facts["warnings"])
    dropped = obama.load(settings.model_copy(update={"long": "drop"}), 1, speeches)
    assert len(dropped.train) < 25


def test_speeches_that_are_missing_say_how_to_get_them(tmp_path):
    with pytest.raises(DataError, match=r"seqgan fetch obama"):
        obama.load(obama.Settings(), 1, Source(None, tmp_path))
