"""News sentences of WMT 2017, 278,686 for training, 10,000 for validation and 10,000 for the test (Texygen's split)."""

from __future__ import annotations

from seqgan.data.corpus import TokenTable
from seqgan.data.published import TextSettings, publish, read_published, text_plan
from seqgan.data.source import RemoteFile, Source
from seqgan.data.task import Task
from seqgan.data.tokenizers import Word

_TEXYGEN = "https://raw.githubusercontent.com/geek-ai/Texygen/3104e22ac75f3cc2070da2bf5e2da6d2bef149ad/data/"
_LICENCE = "WMT 2017 news, for research use; the split is Texygen's (MIT)"

TRAIN = RemoteFile(
    name="emnlp/emnlp_news.txt",
    task="emnlp",
    address=_TEXYGEN + "emnlp_news.txt",
    licence=_LICENCE,
    git_blob="538653e5f946b6f76e2b729c5aaa7507152354a3",
)
VALID = RemoteFile(
    name="emnlp/valid.txt",
    task="emnlp",
    address="https://raw.githubusercontent.com/pclucas14/GansFallingShort/"
    "e6be915b1aed7843d83f7d543bfb8de9f3d3461f/real_data_experiments/data/news/valid.txt",
    licence=_LICENCE,
    sha256="e66a6fdd1f6cb15cb8f851051e5c49062270e0de1e69213289ce50b88a1d7281",
)
TEST = RemoteFile(
    name="emnlp/test_emnlp.txt",
    task="emnlp",
    address=_TEXYGEN + "testdata/test_emnlp.txt",
    licence=_LICENCE,
    sha256="03c646d08f766f4140443db4419b1f0ee292bc0db514208873e9f2e166b95bd2",
)
FILES = (TRAIN, VALID, TEST)


class Settings(TextSettings):
    """Sentences are lower-cased and tokenised as words."""


def load(settings: Settings, seed: int, source: Source | None = None, files: tuple[RemoteFile, ...] = FILES) -> Task:
    """Return the task; raises DataError where a file is missing (``emnlp_10k`` needs no large one) or damaged.

    ``files`` are those of training, validation and test.
    """
    place = source or Source.default()
    tokenizer, table = Word(lower=True), TokenTable()
    parts = {
        part: read_published(file, place, tokenizer.tokenize, table)
        for part, file in zip(("train", "valid", "test"), files, strict=True)
    }
    return publish(parts, table, text_plan("emnlp", tokenizer, settings), files)
