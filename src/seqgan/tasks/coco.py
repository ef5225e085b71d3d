"""Image captions of COCO, 10,000 for training and 10,000 for the test, the split of Texygen (Zhu et al. 2018)."""

from __future__ import annotations

from seqgan.data.corpus import TokenTable
from seqgan.data.published import CarvedSettings, carve, publish, read_published, text_plan
from seqgan.data.source import RemoteFile, Source
from seqgan.data.task import Task
from seqgan.data.tokenizers import Word

_BASE = "https://raw.githubusercontent.com/geek-ai/Texygen/3104e22ac75f3cc2070da2bf5e2da6d2bef149ad/data/"
_LICENCE = "captions CC BY 4.0 (COCO); the split is Texygen's (MIT)"

TRAIN = RemoteFile(
    name="coco/image_coco.txt",
    task="coco",
    address=_BASE + "image_coco.txt",
    licence=_LICENCE,
    sha256="2c0fd1f0f43aac6a9dc3926a535516ccf395de535e15ac1fd17cd569420736f5",
)
TEST = RemoteFile(
    name="coco/test_coco.txt",
    task="coco",
    address=_BASE + "testdata/test_coco.txt",
    licence=_LICENCE,
    sha256="72e25c9fb4d2cd43182ac602c92f6ffc377762147f9709572943b0b09174bcae",
)
FILES = (TRAIN, TEST)


class Settings(CarvedSettings):
    """Captions are lower-cased and tokenised as words."""


def load(settings: Settings, seed: int, source: Source | None = None) -> Task:
    """Return the task: 9,500 captions to learn from, 500 of the training file for validation, the test file whole.

    The validation captions come from the training file, so that the test captions are seen at the end only.
    Raises DataError where a file is missing or damaged.
    """
    place = source or Source.default()
    tokenizer, table = Word(lower=True), TokenTable()
    train, valid = carve(
        read_published(TRAIN, place, tokenizer.tokenize, table), settings.valid_rows, settings.split_seed
    )
    parts = {"train": train, "valid": valid, "test": read_published(TEST, place, tokenizer.tokenize, table)}
    return publish(parts, table, text_plan("coco", tokenizer, settings), FILES)
