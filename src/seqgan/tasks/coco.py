"""Image captions of COCO, 10,000 for training and 10,000 for the test, the split of Texygen (Zhu et al. 2018)."""

from __future__ import annotations

from pydantic import Field

from seqgan import config
from seqgan.data.build import Plan
from seqgan.data.corpus import TokenTable
from seqgan.data.published import carve, publish, read_published
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


class Settings(config.Settings):
    """Captions are lower-cased and tokenised as words."""

    max_len: int | None = Field(None, ge=1, le=200, description="most tokens; unset: the longest training caption")
    min_count: int = Field(1, ge=1, description="a word seen less often in training becomes the unknown symbol")
    valid_rows: int = Field(500, ge=1, le=5_000, description="training captions set aside for validation")
    split_seed: int = Field(1, ge=0, description="chooses the captions set aside; not the run's seed")


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
    plan = Plan("coco", tokenizer, max_len=settings.max_len, min_count=settings.min_count)
    return publish(parts, table, plan, FILES)
