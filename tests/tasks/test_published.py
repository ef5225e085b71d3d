"""Published data sets: sizes, tokens, splits, references with real words."""

from __future__ import annotations

import pytest

from seqgan.data.source import Source
from seqgan.data.tokenizers import make
from seqgan.errors import DataError
from seqgan.tasks import coco, emnlp, emnlp_10k, poems

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
